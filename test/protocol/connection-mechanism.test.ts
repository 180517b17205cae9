// What a Connection does with each step a mechanism asks for, shown with a mechanism that follows a script: one that
// waits, one that answers, one that is done with a last command and a user id (the shape of PLAIN and CURVE).

import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/protocol/command.js';
import { encodeCommand } from '../../src/protocol/command.js';
import type { Mechanism, Step } from '../../src/protocol/mechanism.js';
import { decodeMetadata } from '../../src/protocol/metadata.js';
import { sent, started, verdict, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
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

  #next(what: string): Step {
    this.seen.push(what);
    return this.#steps.shift()!;
  }
}

const testGreeting = greeting({ mechanism: 'TEST' });

describe('a mechanism', () => {
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
      const done: Step = { next: 'ready', command: encodeCommand('READY', NOTHING), properties, userId: 'joe' };
      const mechanism = new Scripted([{ next: 'wait' }, send('WELCOME'), done]);
      const subject = started({ mechanism });
      expect(verdict(subject, chunks)).toEqual({
        log: ['ready PUSH', 'message first'],
        violation: undefined,
        state: 'traffic',
        sent: ['greeting', 'WELCOME', 'READY'],
      });
      expect(mechanism.seen).toEqual(['start', 'HELLO ', 'INITIATE x']);
      expect(subject.recorder.peer).toMatchObject({ userId: 'joe', properties });
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
