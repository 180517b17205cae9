// What a Connection does with each step a mechanism asks for, shown with a mechanism that follows a script: one that
// waits, one that answers, one that is done with a last command and a user id (the shape of PLAIN and CURVE).

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/errors.js';
import type { Command } from '../../src/protocol/command.js';
import { encodeCommand } from '../../src/protocol/command.js';
import { Connection } from '../../src/protocol/connection.js';
import { type Mechanism, type Step, type ZapReply, zapRequest } from '../../src/protocol/mechanism.js';
import { decodeMetadata } from '../../src/protocol/metadata.js';
import { sent, started, verdict, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { Recorder } from '../support/recorder.js';
import { command, greeting, message, property } from '../support/wire.js';

const NOTHING = Buffer.alloc(0);
const properties = decodeMetadata(property('Socket-Type', 'PUSH'));
const send = (name: string): Step => ({ next: 'send', command: encodeCommand(name, NOTHING) });

/** Gives one step of the script for start and each command, and notes what it was given. */
class Scripted implements Mechanism {
  readonly name = 'TEST';
  readonly asServer: boolean;
  readonly seen: string[] = [];
  readonly #steps: Step[];

  constructor(steps: Step[], asServer = false) {
    this.#steps = [...steps];
    this.asServer = asServer;
  }

  start(): Step {
    return this.#next('start');
  }

  receive({ name, data }: Command): Step {
    return this.#next(`${name} ${data}`);
  }

  zapReply({ status, userId }: ZapReply): Step {
    return this.#next(`reply ${status} ${userId}`);
  }

  #next(what: string): Step {
    this.seen.push(what);
    return this.#steps.shift()!;
  }
}

const testGreeting = greeting({ mechanism: 'TEST' });

describe('a mechanism', () => {
  it('has the limits that are said, or else the usual ones', () => {
    const mechanism = new Scripted([{ next: 'ready', properties }]);
    const heartbeat = { interval: 0, timeout: 0, timeToLive: 0 };
    const options = { socketType: 'PULL', mechanism, handshakeInterval: 0, maxMessageSize: 100, heartbeat } as const;
    const recorder = new Recorder();
    const connection = new Connection(options, recorder);
    connection.start(0);
    connection.receive(Buffer.concat([testGreeting, message('a', 'b')]), 0);
    expect(recorder.log).toEqual(['ready PUSH', 'message a|b']);
    expect(violationOf(() => connection.receive(Buffer.of(0x80), 0))).toBe('frame-flags');
  });

  it('stands in our greeting, with its role', () => {
    const { connection } = started({ mechanism: new Scripted([], true) });
    expect(Buffer.concat(connection.output.take())).toEqual(greeting({ mechanism: 'TEST', asServer: 1 }));
  });

  it('that waits sends nothing and leaves the state as it is', () => {
    const mechanism = new Scripted([{ next: 'wait' }, { next: 'wait' }]);
    const { connection } = started({ mechanism });
    sent(connection);
    connection.receive(Buffer.concat([testGreeting, command('HELLO', 'you')]), 0);
    expect([connection.state, sent(connection)]).toEqual(['handshake', []]);
    expect(mechanism.seen).toEqual(['start', 'HELLO you']);
  });

  it('may answer with a command and need another, in every delivery', () => {
    const bytes = Buffer.concat([testGreeting, command('HELLO'), command('INITIATE', 'x'), message('first')]);
    eachDelivery(bytes, (chunks) => {
      const done: Step = { next: 'ready', command: encodeCommand('READY', NOTHING), properties };
      const mechanism = new Scripted([{ next: 'wait' }, send('WELCOME'), done]);
      const subject = started({ mechanism });
      expect(verdict(subject, chunks)).toEqual({
        log: ['ready PUSH', 'message first'],
        violation: undefined,
        state: 'traffic',
        sent: ['greeting', 'WELCOME', 'READY'],
      });
      expect(mechanism.seen).toEqual(['start', 'HELLO ', 'INITIATE x']);
      expect(subject.recorder.peer).toMatchObject({ userId: undefined, properties });
    });
  });

  it('sends its last command before anything that `ready` makes us send', () => {
    const done: Step = { next: 'ready', command: encodeCommand('READY', NOTHING), properties };
    const { connection, recorder } = started({ mechanism: new Scripted([done]) });
    recorder.onReady = () => connection.send([Buffer.from('first')]);
    connection.receive(testGreeting, 0);
    expect(sent(connection)).toEqual(['greeting', 'READY', 'message first']);
  });

  it('may be ready at once', () => {
    const { connection, recorder } = started({ mechanism: new Scripted([{ next: 'ready', properties }]) });
    connection.receive(testGreeting, 0);
    expect(recorder.peer.userId).toBeUndefined();
    expect(connection.state).toBe('traffic');
  });

  it('is never shown a command of traffic', () => {
    const mechanism = new Scripted([{ next: 'ready', properties }]);
    const { connection } = started({ mechanism });
    connection.receive(Buffer.concat([testGreeting, command('LATER')]), 0);
    expect(mechanism.seen).toEqual(['start']);
    expect(connection.ignoredCommands).toBe(1);
  });

  it('other than the peer’s closes before it starts', () => {
    const mechanism = new Scripted([]);
    const { connection } = started({ mechanism });
    expect(violationOf(() => connection.receive(greeting(), 0))).toBe('greeting-mechanism');
    expect(mechanism.seen).toEqual([]);
  });

  it('that fails in a way of its own closes the connection, and its error comes out', () => {
    const { connection } = started({ mechanism: new Scripted([]) });
    expect(() => connection.receive(testGreeting, 0)).toThrow(TypeError);
    expect(connection.state).toBe('closed');
  });
});

const ask: Step = {
  next: 'zap',
  request: { mechanism: 'TEST', credentials: [Buffer.from('joe'), Buffer.from('secret')] },
};
const allowed = (userId = '', more: readonly (readonly [string, Buffer])[] = []): ZapReply => ({
  status: 200,
  userId,
  properties: new Map(more),
});

describe('a mechanism that asks who may come in', () => {
  const bytes = Buffer.concat([testGreeting, command('HELLO'), command('INITIATE'), message('first')]);
  const script = (): Step[] => [{ next: 'wait' }, ask, send('WELCOME'), { next: 'ready', properties }];

  it.each(['from within', 'later'])('goes on with an answer %s, in every delivery', (when) => {
    eachDelivery(bytes, (chunks) => {
      const mechanism = new Scripted(script());
      const subject = started({ mechanism });
      const answer = () => subject.connection.zapReply(allowed('joe'), 0);
      if (when === 'from within') subject.recorder.onZap = answer;
      const before = verdict(subject, chunks).sent;
      if (when === 'later') {
        expect([subject.connection.state, subject.recorder.log]).toEqual(['zap', ['zap TEST|joe|secret']]);
        expect(answer()).toBe(true);
      }
      expect(subject.recorder.log).toEqual(['zap TEST|joe|secret', 'ready PUSH', 'message first']);
      expect([...before, ...sent(subject.connection)]).toEqual(['greeting', 'WELCOME']);
      expect(mechanism.seen).toEqual(['start', 'HELLO ', 'reply 200 joe', 'INITIATE ']);
      expect(subject.recorder.peer.userId).toBe('joe');
    });
  });

  it('reads nothing before the answer, not even when told to go on', () => {
    const { connection, recorder } = started({ mechanism: new Scripted([ask]) });
    connection.receive(testGreeting, 0);
    expect(connection.receive(command('READY'), 0)).toBe(false);
    expect(connection.resume(0)).toBe(false);
    expect([connection.state, recorder.log]).toEqual(['zap', ['zap TEST|joe|secret']]);
  });

  it('takes properties of the answer before those that the peer claims, and an empty user id for none', () => {
    const { connection, recorder } = started({ mechanism: new Scripted([ask, { next: 'ready', properties }]) });
    connection.receive(testGreeting, 0);
    const [type, team] = [Buffer.from('?'), Buffer.from('red')];
    connection.zapReply(
      allowed('', [
        ['x-team', team],
        ['socket-type', type],
      ]),
      0,
    );
    expect(recorder.peer).toMatchObject({ socketType: 'PUSH', userId: undefined });
    expect(recorder.peer.properties).toEqual(
      new Map([
        ['socket-type', type],
        ['x-team', team],
      ]),
    );
  });

  it.each([300, 400, 500] as const)('that refuses with %i says its last word, and is at the end', (status) => {
    const refuse: Step = { next: 'refuse', status, command: encodeCommand('ERROR', NOTHING) };
    const { connection } = started({ mechanism: new Scripted([ask, refuse]) });
    connection.receive(testGreeting, 0);
    sent(connection);
    const answer = () => connection.zapReply({ ...allowed(), status }, 0);
    expect(answer).toThrow(AuthError);
    expect([connection.state, sent(connection), answer()]).toEqual(['closed', ['ERROR'], false]);
  });

  it('need not say a word', () => {
    const { connection } = started({ mechanism: new Scripted([ask, { next: 'refuse', status: 300 }]) });
    connection.receive(testGreeting, 0);
    sent(connection);
    const refusal = { message: 'Temporary error', detail: 'we did not let the peer in', status: 300 };
    expect(() => connection.zapReply({ ...allowed(), status: 300 }, 0)).toThrow(expect.objectContaining(refusal));
    expect(sent(connection)).toEqual([]);
  });

  it('tells of what had gone wrong on our side', () => {
    const { connection } = started({ mechanism: new Scripted([ask, { next: 'refuse', status: 500 }]) });
    connection.receive(testGreeting, 0);
    const cause = new Error('no such file');
    const answer = () => connection.zapReply({ ...allowed(), status: 500, cause }, 0);
    expect(answer).toThrow(expect.objectContaining({ status: 500, cause }));
  });

  it('is asked once: a second answer is nobody’s', () => {
    const mechanism = new Scripted([ask, { next: 'wait' }]);
    const { connection } = started({ mechanism });
    connection.receive(testGreeting, 0);
    connection.zapReply(allowed(), 0);
    expect(connection.zapReply(allowed(), 0)).toBe(false);
    expect(mechanism.seen).toEqual(['start', 'reply 200 ']);
  });

  it('has the time of the handshake', () => {
    const { connection } = started({ mechanism: new Scripted([ask]), handshakeInterval: 10 });
    connection.receive(testGreeting, 0);
    expect(violationOf(() => connection.timeout(10))).toBe('handshake-timeout');
  });
});

describe('a mechanism that has costly work to do', () => {
  const bytes = Buffer.concat([testGreeting, command('HELLO'), command('INITIATE'), message('first')]);

  it.each(['from within', 'later'])('has it done %s, and nothing is read before, in every delivery', (when) => {
    eachDelivery(bytes, (chunks) => {
      let runs = 0;
      const run = (): Step => {
        runs++;
        return send('WELCOME');
      };
      const mechanism = new Scripted([{ next: 'wait' }, { next: 'work', run }, { next: 'ready', properties }]);
      const subject = started({ mechanism });
      const { connection, recorder } = subject;
      if (when === 'from within') recorder.onWork = () => connection.work(0);
      const before = verdict(subject, chunks).sent;
      if (when === 'later') {
        expect([connection.state, recorder.log, connection.resume(0), runs]).toEqual(['work', ['work'], false, 0]);
        expect(connection.work(0)).toBe(true);
      }
      expect([runs, recorder.log]).toEqual([1, ['work', 'ready PUSH', 'message first']]);
      expect([...before, ...sent(connection)]).toEqual(['greeting', 'WELCOME']);
    });
  });

  it('has it done once, and only when it is due', () => {
    let runs = 0;
    const run = (): Step => {
      runs++;
      return { next: 'wait' };
    };
    const { connection } = started({ mechanism: new Scripted([{ next: 'work', run }]) });
    expect(connection.work(0)).toBe(false);
    connection.receive(testGreeting, 0);
    expect([connection.work(0), connection.work(0), runs]).toEqual([true, false, 1]);
  });

  it('need not do it for a connection that is closed', () => {
    const work: Step = { next: 'work', run: () => expect.unreachable() };
    const { connection } = started({ mechanism: new Scripted([work]) });
    connection.receive(testGreeting, 0);
    connection.close();
    expect([connection.work(0), connection.state]).toEqual([false, 'closed']);
  });
});

describe('a user id', () => {
  it('of the answer is a property of the peer, in place of one that it claims', () => {
    const claimed = decodeMetadata(Buffer.concat([property('Socket-Type', 'PUSH'), property('User-Id', 'root')]));
    const mechanism = new Scripted([ask, { next: 'ready', properties: claimed }]);
    const { connection, recorder } = started({ mechanism });
    connection.receive(testGreeting, 0);
    connection.zapReply(allowed('joe', [['user-id', Buffer.from('jim')]]), 0);
    expect(recorder.peer.properties.get('user-id')).toEqual(Buffer.from('joe'));
  });

  it('is nobody’s to claim', () => {
    const claimed = decodeMetadata(Buffer.concat([property('Socket-Type', 'PUSH'), property('User-Id', 'root')]));
    const { connection, recorder } = started({ mechanism: new Scripted([{ next: 'ready', properties: claimed }]) });
    connection.receive(testGreeting, 0);
    expect([recorder.peer.userId, recorder.peer.properties.has('user-id')]).toEqual([undefined, false]);
  });
});

describe('a request', () => {
  it('shows its mechanism to whoever prints it, and the credentials to whoever asks for them', () => {
    const request = zapRequest('PLAIN', [Buffer.from('joe'), Buffer.from('secret')]);
    expect(request.credentials.map(String)).toEqual(['joe', 'secret']);
    expect(inspect(request)).toBe("{ mechanism: 'PLAIN' }");
  });
});

describe('G14 two servers', () => {
  it('of a mechanism that has servers cannot meet', () => {
    const { connection } = started({ mechanism: new Scripted([], true) });
    const bytes = greeting({ mechanism: 'TEST', asServer: 1 });
    expect(violationOf(() => connection.receive(bytes, 0))).toBe('greeting-role');
  });
});
