// The client of CURVE (RFC 26) against a server written by hand: its commands, and every way a server can get them wrong.

import { describe, expect, it } from 'vitest';
import { CurveClient } from '../../src/security/curve-client.js';
import { type Setup, type Subject, sent, verdict } from '../support/connections.js';
import {
  answerTo,
  CLIENT_KEYS,
  clientGreeting,
  commandsOf,
  curveClient,
  curveServer,
  keys,
  SERVER_KEYS,
  serverGreeting,
  sodium,
  TwinServer,
} from '../support/curve.js';
import { eachDelivery } from '../support/deliveries.js';
import { command, error, greeting, message, property } from '../support/wire.js';

/** A client that has sent HELLO to the server. */
function calling(server: TwinServer, setup: Setup = {}): Subject {
  const subject = curveClient(server.long.publicKey, setup);
  subject.connection.output.take();
  server.helloed(answerTo(subject, serverGreeting));
  subject.recorder.log.length = 0;
  return subject;
}

/** One that has sent INITIATE. */
function initiating(server: TwinServer, setup: Setup = {}): Subject {
  const subject = calling(server, setup);
  server.initiated(answerTo(subject, command('WELCOME', server.welcome())));
  return subject;
}

function goodServerWorks(): void {
  const server = new TwinServer();
  const subject = initiating(server);
  subject.connection.receive(command('READY', server.ready()), 0);
  subject.connection.receive(server.traffic.frame(0, 'first'), 0);
  expect(subject.recorder.log.slice(-2)).toEqual(['ready PUSH', 'message first']);
}

describe('CurveClient', () => {
  it('says HELLO: version 1.0, 72 zeros, a key of its own, nonce 1, and 64 zeros in a box for the server', () => {
    const server = new TwinServer();
    const subject = curveClient(server.long.publicKey);
    subject.connection.output.take();
    const hello = answerTo(subject, serverGreeting);
    server.helloed(hello);
    expect(hello).toHaveLength(194);
    expect(hello.subarray(0, 74)).toEqual(Buffer.concat([Buffer.of(1, 0), Buffer.alloc(72)]));
    expect(hello.readBigUInt64BE(106)).toBe(1n);
    expect(server.client.equals(CLIENT_KEYS.publicKey)).toBe(false);
  });

  it('says INITIATE: the cookie as it came, nonce 2, its key, and a vouch for C′ and S; then it is let in', () => {
    const server = new TwinServer();
    const subject = calling(server);
    const said = server.initiated(answerTo(subject, command('WELCOME', server.welcome())));
    expect(said).toEqual({
      cookie: server.cookie,
      client: CLIENT_KEYS.publicKey,
      vouched: Buffer.concat([server.client, server.long.publicKey]),
      metadata: property('Socket-Type', 'PULL'),
      nonce: 2n,
    });
    subject.connection.receive(command('READY', server.ready()), 0);
    expect(subject.recorder.log).toEqual(['work', 'ready PUSH']);
    subject.connection.send([Buffer.from('a')]);
    expect(server.traffic.open(commandsOf(subject)[0]![1])).toEqual({ flags: 0, body: 'a', nonce: 3n });
  });

  it('reads what comes in every delivery', () => {
    const server = new TwinServer();
    calling(server);
    const welcome = command('WELCOME', server.welcome());
    eachDelivery(welcome, (chunks) => {
      // Another client each time: the box is not for it, which it can only know when all of it is there.
      expect(verdict(calling(server), chunks)).toMatchObject({ violation: 'box-closed', log: ['work'] });
    });
    for (let at = 1; at < 90; at++) {
      const subject = initiating(server);
      const ready = command('READY', server.ready());
      const chunks = [ready.subarray(0, at), ready.subarray(at)];
      expect(verdict(subject, chunks)).toMatchObject({ violation: undefined, state: 'traffic' });
    }
  });

  it('has other keys for each connection', () => {
    const server = new TwinServer();
    const seen = Array.from({ length: 5 }, () => {
      calling(server);
      return server.client.toString('hex');
    });
    expect(new Set(seen).size).toBe(5);
  });

  const BAD_WELCOMES: [what: string, make: (server: TwinServer) => Buffer, violation: string][] = [
    ['V6 nothing in it', () => Buffer.alloc(0), 'welcome-malformed'],
    ['V6 an octet too few', (server) => server.welcome().subarray(1), 'welcome-malformed'],
    ['V6 an octet too many', (server) => Buffer.concat([server.welcome(), Buffer.of(0)]), 'welcome-malformed'],
    ['V6 a box by somebody else', (server) => server.welcome({ from: keys() }), 'box-closed'],
    ['V6 zeros', () => Buffer.alloc(160), 'box-closed'],
    ['a short-term key of low order', (server) => server.welcome({ key: Buffer.alloc(32) }), 'box-closed'],
  ];

  it.each(BAD_WELCOMES)('closes on a WELCOME with %s', (_, make, violation) => {
    for (const piece of [1000, 1]) {
      const server = new TwinServer();
      const subject = calling(server);
      const bytes = command('WELCOME', make(server));
      const chunks = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
        Buffer.from(bytes.subarray(i * piece, (i + 1) * piece)),
      );
      expect(verdict(subject, chunks)).toMatchObject({ violation, state: 'closed', sent: [] });
    }
    goodServerWorks();
  });

  const BAD_READIES: [what: string, make: (server: TwinServer) => Buffer, violation: string][] = [
    ['29 octets in all', (server) => server.ready().subarray(0, 23), 'ready-malformed'],
    ['a box by somebody else', (server) => server.ready({ from: keys() }), 'box-closed'],
    ['a box by the server’s long-term key', (server) => server.ready({ from: server.long }), 'box-closed'],
    ['no Socket-Type', (server) => server.ready({ metadata: Buffer.alloc(0) }), 'metadata-malformed'],
    ['metadata that is cut off', (server) => server.ready({ metadata: property('X', 'x', 2) }), 'metadata-malformed'],
    ['a type it cannot talk to', (server) => server.ready({ metadata: property('Socket-Type', 'SUB') }), 'socket-type'],
  ];

  it.each(BAD_READIES)('closes on a READY with %s, without a word', (_, make, violation) => {
    const server = new TwinServer();
    const subject = initiating(server);
    expect(verdict(subject, [command('READY', make(server))])).toMatchObject({ violation, state: 'closed', sent: [] });
    goodServerWorks();
  });

  it('takes any first nonce from a server', () => {
    for (const nonce of [0n, 1n, 7n, 2n ** 64n - 1n]) {
      const server = new TwinServer();
      const subject = initiating(server);
      subject.connection.receive(command('READY', server.ready({ nonce })), 0);
      expect(subject.connection.state).toBe('traffic');
    }
  });

  it('V13 closes when any octet of a WELCOME is changed', () => {
    for (let at = 0; at < 170; at++) {
      const server = new TwinServer();
      const subject = calling(server);
      const changed = command('WELCOME', server.welcome());
      expect(changed).toHaveLength(170);
      changed[at]! ^= 1 << (at % 8);
      const { violation } = verdict(subject, [changed, Buffer.alloc(70_000)]);
      expect([at, violation !== undefined]).toEqual([at, true]);
    }
    goodServerWorks();
  });

  it('V13 closes when any octet of a READY is changed', () => {
    const server = new TwinServer();
    calling(server);
    const { length } = command('READY', server.ready());
    for (let at = 0; at < length; at++) {
      const subject = initiating(server);
      const changed = command('READY', server.ready());
      changed[at]! ^= 1 << (at % 8);
      const { violation } = verdict(subject, [changed, Buffer.alloc(70_000)]);
      expect([at, violation !== undefined, subject.recorder.peers.length]).toEqual([at, true, 0]);
    }
    goodServerWorks();
  });

  it('V10 closes on a MESSAGE before READY', () => {
    const server = new TwinServer();
    expect(verdict(initiating(server), [server.traffic.frame(0, 'x')]).violation).toBe('message-early');
    const bytes = command('MESSAGE', server.traffic.seal(0).subarray(8));
    expect(verdict(initiating(server), [bytes]).violation).toBe('command-unexpected');
  });

  it.each(['READY', 'HELLO', 'INITIATE', 'MESSAGE', 'welcome', 'PING'])('closes on %s in place of WELCOME', (name) => {
    const server = new TwinServer();
    expect(verdict(calling(server), [command(name, server.welcome())]).violation).toBe('command-unexpected');
  });

  it.each(['WELCOME', 'HELLO', 'ready', 'PONG'])('closes on %s in place of READY', (name) => {
    const server = new TwinServer();
    expect(verdict(initiating(server), [command(name, server.ready())]).violation).toBe('command-unexpected');
  });

  it('G14 L5 closes when the other is a client, too', () => {
    const other = curveClient(keys().publicKey);
    other.connection.receive(serverGreeting, 0);
    const bytes = Buffer.concat(other.connection.output.take());
    eachDelivery(bytes, (chunks) => {
      expect(verdict(curveClient(), chunks)).toMatchObject({ violation: 'command-unexpected', state: 'closed' });
    });
  });

  it.each(['before', 'after'])('N13 is refused by an ERROR %s WELCOME, as it says', (when) => {
    for (const [bytes, outcome] of [
      [error('400'), { status: 400 }],
      [error('500'), { status: 500 }],
      [error('no'), { violation: 'peer-error' }],
      [command('ERROR', '\x09no'), { violation: 'error-malformed' }],
    ] as const) {
      const server = new TwinServer();
      const subject = when === 'before' ? calling(server) : initiating(server);
      expect(() => subject.connection.receive(bytes, 0)).toThrow(expect.objectContaining(outcome));
    }
    goodServerWorks();
  });

  it('waits for its own work, and reads nothing before it is done', () => {
    const server = new TwinServer();
    const subject = curveClient(server.long.publicKey);
    subject.recorder.onWork = () => {};
    expect(subject.connection.receive(Buffer.concat([serverGreeting, error('400')]), 0)).toBe(false);
    expect([subject.connection.state, subject.connection.resume(0), sent(subject.connection)]).toEqual([
      'work',
      false,
      ['greeting'],
    ]);
    expect(() => subject.connection.work(0)).toThrow('Authentication failure');
    expect(subject.connection.work(0)).toBe(false);
  });

  it('has the time of the handshake for its work, too', () => {
    const subject = curveClient(keys().publicKey, { handshakeInterval: 10 });
    subject.recorder.onWork = () => {};
    subject.connection.receive(serverGreeting, 0);
    expect(() => subject.connection.timeout(10)).toThrow('ZMTP protocol error');
    expect(subject.connection.work(11)).toBe(false);
  });

  it('closes when the mechanism of the server is another', () => {
    for (const mechanism of ['NULL', 'PLAIN']) {
      expect(verdict(curveClient(), [greeting({ mechanism, asServer: 1 })]).violation).toBe('greeting-mechanism');
    }
  });

  it('refuses a server key of low order, as far as it is asked to use one', () => {
    const subject = curveClient(Buffer.alloc(32));
    expect(verdict(subject, [serverGreeting])).toMatchObject({ violation: 'box-closed', sent: ['greeting'] });
  });

  it('meets our own server, in either direction, and libzmq’s greeting, which never has as-server', () => {
    for (const serverHello of [serverGreeting, clientGreeting]) {
      const client = curveClient();
      const server = curveServer({ socketType: 'PUSH' });
      server.connection.output.take();
      server.connection.receive(Buffer.concat(client.connection.output.take()), 0);
      client.connection.receive(serverHello, 0);
      for (let turn = 0; turn < 3; turn++) {
        for (const [from, to] of [
          [client, server],
          [server, client],
        ] as const) {
          const bytes = Buffer.concat(from.connection.output.take());
          if (bytes.length > 0) to.connection.receive(bytes, 0);
        }
      }
      server.connection.send([Buffer.from('hi')]);
      client.connection.receive(Buffer.concat(server.connection.output.take()), 0);
      expect(client.recorder.log.slice(-2)).toEqual(['ready PUSH', 'message hi']);
      expect(server.recorder.log.at(-1)).toBe('ready PULL');
    }
  });

  it('C12 closes on a message before the handshake is done', () => {
    expect(verdict(curveClient(), [serverGreeting, message('x')]).violation).toBe('message-early');
  });

  it('asks nobody', () => {
    const { publicKey: serverKey } = SERVER_KEYS;
    const { secretKey } = CLIENT_KEYS;
    const client = new CurveClient({ metadata: Buffer.alloc(0), secretKey, serverKey, sodium: () => sodium });
    expect(client.zapReply()).toEqual({ next: 'wait' });
    client.erase();
  });
});
