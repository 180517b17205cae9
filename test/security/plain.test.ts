// PLAIN (RFC 24) alone and inside a Connection: its four commands, what else a peer may send in their place, and that neither
// user name nor password is seen by anybody but the one who is asked.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/errors.js';
import type { Step } from '../../src/protocol/mechanism.js';
import { PlainClient } from '../../src/security/plain-client.js';
import { PlainServer } from '../../src/security/plain-server.js';
import { type Subject, sent, started, verdict, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { saying } from '../support/errors.js';
import { command, commandBody, error, greeting, message, property } from '../support/wire.js';

const SECRET = 'hunter2-hunter2';
const data = (text: string): Buffer => Buffer.from(text, 'latin1');
const metadata = property('Socket-Type', 'PULL');
const peerMetadata = property('Socket-Type', 'PUSH');
const clientGreeting = greeting({ mechanism: 'PLAIN' });
const serverGreeting = greeting({ mechanism: 'PLAIN', asServer: 1 });
/** As RFC 24 has it. */
const hello = (username: string, password: string): Buffer =>
  data(`${String.fromCharCode(username.length)}${username}${String.fromCharCode(password.length)}${password}`);

const client = (username = 'joe', password = SECRET): PlainClient =>
  new PlainClient({ metadata, username: data(username), password: data(password) });

const answer = (status: 200 | 300 | 400 | 500 = 200) => ({ status, userId: '', properties: new Map() });

/** A connection whose peers are let in, or not, as soon as they ask. */
function server(status: 200 | 300 | 400 | 500 = 200): Subject {
  const subject = started({ mechanism: new PlainServer(metadata) });
  subject.recorder.onZap = () => subject.connection.zapReply(answer(status), 0);
  return subject;
}

/** The whole of an honest client. */
const conversation = Buffer.concat([
  clientGreeting,
  command('HELLO', hello('joe', SECRET)),
  command('INITIATE', peerMetadata),
  message('first'),
]);

/** After a case: the next client finds everything as it should be. */
function goodClientWorks(): void {
  const subject = server();
  expect(verdict(subject, [conversation])).toMatchObject({ violation: undefined, state: 'traffic' });
  expect(subject.recorder.log).toEqual([`zap PLAIN|joe|${SECRET}`, 'ready PUSH', 'message first']);
}

describe('PlainServer', () => {
  it('says which side it is', () => {
    expect([server().connection.output.take()[0]?.[32], client().asServer]).toEqual([1, false]);
  });

  it('lets a client in that was let in, in every delivery', () => {
    eachDelivery(conversation, (chunks) => {
      const subject = server();
      expect(verdict(subject, chunks)).toEqual({
        log: [`zap PLAIN|joe|${SECRET}`, 'ready PUSH', 'message first'],
        violation: undefined,
        state: 'traffic',
        sent: ['greeting', 'WELCOME', `READY ${metadata.toString('latin1')}`],
      });
    });
  });

  it.each([
    ['', ''],
    ['', 'x'],
    ['x', ''],
    ['u'.repeat(255), 'p'.repeat(255)],
  ])('L2 shows %o and %o to whoever decides, as they are', (username, password) => {
    const subject = server();
    subject.connection.receive(Buffer.concat([clientGreeting, command('HELLO', hello(username, password))]), 0);
    expect(subject.recorder.log).toEqual([`zap PLAIN|${username}|${password}`]);
    goodClientWorks();
  });

  const BAD_HELLOS: [what: string, data: Buffer][] = [
    ['nothing', data('')],
    ['a user name longer than the command', data('\x09joe')],
    ['no password', data('\x03joe')],
    ['a password longer than the command', data('\x03joe\x09secret')],
    ['a password of 255 bytes that is not there', data('\x03joe\xff')],
    ['something behind the password', Buffer.concat([hello('joe', SECRET), data('\0')])],
    ['only lengths', data('\xff\xff')],
  ];

  it.each(BAD_HELLOS)('L1 closes on a HELLO with %s, in every delivery, and quotes nothing of it', (_, bad) => {
    eachDelivery(Buffer.concat([clientGreeting, command('HELLO', bad)]), (chunks) => {
      expect(verdict(server(), chunks)).toEqual({
        log: [],
        violation: 'hello-malformed',
        state: 'closed',
        sent: ['greeting'],
      });
    });
    const receive = () => new PlainServer(metadata).receive({ name: 'HELLO', data: bad });
    expect(receive).toThrow(expect.objectContaining({ code: 'ERR_ZMTP_MALFORMED_COMMAND_HELLO' }));
    expect(receive).not.toThrow(saying('secret'));
    goodClientWorks();
  });

  it.each([
    'hello',
    'INITIATE',
    'WELCOME',
    'READY',
    'ERROR',
    'PING',
    'SUBSCRIBE',
    'X',
  ])('C7, C8, C11 closes on %s in place of HELLO', (name) => {
    const bytes = Buffer.concat([clientGreeting, command(name, hello('joe', SECRET))]);
    expect(verdict(server(), [bytes]).violation).toBe('command-unexpected');
    goodClientWorks();
  });

  it.each(['HELLO', 'READY', 'ERROR', 'PING'])('closes on %s in place of INITIATE', (name) => {
    const bytes = Buffer.concat([clientGreeting, command('HELLO', hello('joe', SECRET)), command(name, metadata)]);
    eachDelivery(bytes, (chunks) => expect(verdict(server(), chunks).violation).toBe('command-unexpected'));
    goodClientWorks();
  });

  it('C12 closes on a message before READY', () => {
    const bytes = Buffer.concat([clientGreeting, command('HELLO', hello('joe', SECRET)), message('early')]);
    expect(verdict(server(), [bytes]).violation).toBe('message-early');
    goodClientWorks();
  });

  it('N4, N5, N6 closes on malformed metadata, after the decision', () => {
    for (const bad of [property('', 'x'), property('X', 'x', 2), Buffer.concat([peerMetadata, Buffer.of(0)])]) {
      const bytes = Buffer.concat([clientGreeting, command('HELLO', hello('joe', SECRET)), command('INITIATE', bad)]);
      expect(verdict(server(), [bytes]).violation).toBe('metadata-malformed');
    }
    goodClientWorks();
  });

  it.each([400, 500] as const)('Z2 tells a client that %i kept out, and reads nothing more', (status) => {
    const subject = server(status);
    expect(() => subject.connection.receive(conversation, 0)).toThrow(AuthError);
    expect([subject.recorder.log, sent(subject.connection)]).toEqual([
      [`zap PLAIN|joe|${SECRET}`],
      ['greeting', `ERROR \x03${status}`],
    ]);
    goodClientWorks();
  });

  it('Z2 says nothing to a client that 300 kept out', () => {
    const subject = server(300);
    expect(() => subject.connection.receive(conversation, 0)).toThrow(AuthError);
    expect(sent(subject.connection)).toEqual(['greeting']);
  });

  it('N8 tells a client of another type that it cannot talk to it', () => {
    const bytes = Buffer.concat([clientGreeting, command('HELLO', hello('', '')), command('INITIATE', metadata)]);
    const { violation, sent: said } = verdict(server(), [bytes]);
    expect([violation, said.at(-1)]).toEqual(['socket-type', 'ERROR \x18Incompatible socket type']);
  });

  it('L6 compares nothing: a name that is known and one that is not are asked about in the same steps', () => {
    for (const [username, password] of [
      ['joe', SECRET],
      ['joe', 'wrong'],
      ['jim', SECRET],
    ] as const) {
      const subject = server(400);
      const bytes = Buffer.concat([clientGreeting, command('HELLO', hello(username, password))]);
      expect(() => subject.connection.receive(bytes, 0)).toThrow('Authentication failure');
      expect([subject.recorder.log, sent(subject.connection)]).toEqual([
        [`zap PLAIN|${username}|${password}`],
        ['greeting', 'ERROR \x03400'],
      ]);
    }
    goodClientWorks();
  });

  it('G14 does not meet another server', () => {
    expect(verdict(server(), [serverGreeting]).violation).toBe('greeting-role');
  });
});

describe('PlainClient', () => {
  const answers = Buffer.concat([serverGreeting, command('WELCOME'), command('READY', peerMetadata), message('first')]);
  const calling = (): Subject => started({ mechanism: client() });

  it('shows what it was given, and is let in, in every delivery', () => {
    eachDelivery(answers, (chunks) => {
      expect(verdict(calling(), chunks)).toEqual({
        log: ['ready PUSH', 'message first'],
        violation: undefined,
        state: 'traffic',
        sent: [
          'greeting',
          `HELLO ${hello('joe', SECRET).toString('latin1')}`,
          `INITIATE ${metadata.toString('latin1')}`,
        ],
      });
    });
  });

  it('L2 sends an empty name and an empty password', () => {
    expect(client('', '').start()).toEqual({ next: 'send', command: commandBody('HELLO', Buffer.alloc(2)) });
  });

  it('L3 closes on a WELCOME with a body', () => {
    const bytes = Buffer.concat([serverGreeting, command('WELCOME', 'x')]);
    eachDelivery(bytes, (chunks) => expect(verdict(calling(), chunks).violation).toBe('welcome-malformed'));
    goodClientWorks();
  });

  it.each(['welcome', 'READY', 'HELLO', 'INITIATE', 'PING', 'X'])('closes on %s in place of WELCOME', (name) => {
    expect(verdict(calling(), [serverGreeting, command(name, peerMetadata)]).violation).toBe('command-unexpected');
  });

  it.each(['WELCOME', 'ready', 'HELLO', 'PING', 'X'])('closes on %s in place of READY', (name) => {
    const bytes = Buffer.concat([serverGreeting, command('WELCOME'), command(name)]);
    expect(verdict(calling(), [bytes]).violation).toBe('command-unexpected');
  });

  it('L5 closes when the other is a client, too', () => {
    const bytes = Buffer.concat([clientGreeting, command('HELLO', hello('joe', 'x'))]);
    eachDelivery(bytes, (chunks) => expect(verdict(calling(), chunks).violation).toBe('command-unexpected'));
  });

  it.each(['before', 'after'])('N13 is refused by an ERROR %s WELCOME', (when) => {
    const { connection } = calling();
    connection.receive(serverGreeting, 0);
    if (when === 'after') connection.receive(command('WELCOME'), 0);
    expect(() => connection.receive(error('400'), 0)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('N13 is refused by an ERROR in other words', () => {
    expect(verdict(calling(), [serverGreeting, error('go away')]).violation).toBe('peer-error');
    expect(verdict(calling(), [serverGreeting, command('ERROR', '\x05no')]).violation).toBe('error-malformed');
  });

  it('is refused by an ERROR as the PLAIN server of libzmq spells it, of which E and the size of the name are lost', () => {
    const { connection } = calling();
    connection.receive(serverGreeting, 0);
    const bytes = Buffer.from('\x04\x09^RROR\x03400', 'latin1');
    expect(() => connection.receive(bytes, 0)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('says nothing to a server of a type it cannot talk to: only servers send ERROR', () => {
    const bytes = Buffer.concat([serverGreeting, command('WELCOME'), command('READY', metadata)]);
    const { violation, sent: said } = verdict(calling(), [bytes]);
    expect([violation, said.map((line) => line.split(' ')[0])]).toEqual([
      'socket-type',
      ['greeting', 'HELLO', 'INITIATE'],
    ]);
  });

  it('asks nobody', () => {
    expect(client().zapReply()).toEqual({ next: 'wait' });
  });
});

describe('L7 the password', () => {
  it('is in no picture of a mechanism, a request, or a connection', () => {
    const asked = new PlainServer(metadata);
    asked.start();
    const step: Step = asked.receive({ name: 'HELLO', data: hello('joe', SECRET) });
    const { connection } = started({ mechanism: client() });
    for (const one of [client(), asked, step, connection]) {
      expect(inspect(one, { depth: 9 })).not.toContain('hunter');
      expect(JSON.stringify(one)).not.toContain('hunter');
      expect(inspect(one, { depth: 9 })).not.toContain(inspect(data(SECRET)).slice(8, 30));
    }
    expect(step).toMatchObject({ next: 'zap', request: { mechanism: 'PLAIN' } });
  });

  it('is in no error', () => {
    expect(violationOf(() => new PlainServer(metadata).receive({ name: SECRET, data: data(SECRET) }))).toBe(
      'command-unexpected',
    );
    const receive = () => new PlainServer(metadata).receive({ name: 'HELLO', data: data(`\x03joe${SECRET}`) });
    expect(receive).not.toThrow(saying('hunter'));
  });
});
