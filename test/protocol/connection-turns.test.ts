// The budget of one turn: a connection that has decoded as much as it may rests until the next, inside the chunk where it came
// to that, loses nothing by it, keeps the order, and goes well with a receiver that refuses.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inTraffic,
  introduction,
  type Setup,
  type Subject,
  sent,
  started,
  violationOf,
} from '../support/connections.js';
import * as wire from '../support/wire.js';

const { COMMAND, frame, message, ping, subscribe } = wire;
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);
const flood = (count: number): Buffer => Buffer.concat(texts(count).map((text) => message(text)));
const lines = (count: number): string[] => texts(count).map((text) => `message ${text}`);

function limited(turnMessages: number, turnBytes = 1e9, setup: Setup = {}): Subject {
  return inTraffic({ ...setup, limits: { turnMessages, turnBytes } });
}

describe('a turn', () => {
  it('of as many messages as may be decoded ends inside the chunk', () => {
    const { connection, recorder } = limited(1000);
    expect(connection.receive(flood(2500), 0)).toBe(false);
    expect([recorder.log.length, connection.resting, connection.paused]).toEqual([1000, true, true]);
    expect([connection.nextTurn(0), recorder.log.length, connection.resting]).toEqual([false, 2000, true]);
    expect([connection.nextTurn(0), recorder.log.length, connection.resting]).toEqual([true, 2500, false]);
    expect(recorder.log).toEqual(lines(2500));
    expect(connection.nextTurn(0)).toBe(false);
  });

  it('of one message less goes on with the next chunk', () => {
    const { connection } = limited(1000);
    expect([connection.receive(flood(999), 0), connection.resting]).toEqual([true, false]);
    expect([connection.receive(flood(1), 0), connection.resting]).toEqual([false, true]);
    expect([connection.nextTurn(0), connection.paused]).toEqual([true, false]);
  });

  it('that has no time for what comes leaves it to the next, unless the handshake is on', () => {
    const { connection, recorder } = limited(1000);
    expect([connection.receive(flood(2), 0, true), recorder.log, connection.resting]).toEqual([false, [], true]);
    expect([connection.nextTurn(0), recorder.log]).toEqual([true, lines(2)]);
    const early = started({});
    early.connection.receive(introduction('PUSH'), 0, true);
    expect([early.connection.state, early.connection.resting]).toEqual(['traffic', false]);
  });

  it('may have several budgets', () => {
    const { connection, recorder } = limited(10);
    connection.receive(flood(100), 0);
    connection.nextTurn(0, 8);
    expect([recorder.log.length, connection.resting]).toEqual([90, true]);
  });

  it('counts commands and the parts of messages', () => {
    const { connection, recorder } = limited(5);
    connection.receive(Buffer.concat([message('a', 'b', 'c'), ping(0, 'p'), ping(0, 'q'), message('d')]), 0);
    expect([recorder.log, connection.resting, sent(connection)]).toEqual([
      ['message a|b|c'],
      true,
      ['PONG p', 'PONG q'],
    ]);
    connection.nextTurn(0);
    expect(recorder.log).toEqual(['message a|b|c', 'message d']);
  });

  it('counts subscriptions', () => {
    const { connection, recorder } = limited(2, 1e9, { socketType: 'XPUB' });
    connection.receive(Buffer.concat(['a', 'b', 'c'].map(subscribe)), 0);
    expect([recorder.log, connection.resting]).toEqual([['+a', '+b'], true]);
    connection.nextTurn(0);
    expect(recorder.log).toEqual(['+a', '+b', '+c']);
  });

  it('of as many bytes as may be decoded ends there, also inside a frame', () => {
    const { connection, recorder } = limited(1e9, 1024);
    const body = 'x'.repeat(3000);
    expect(connection.receive(Buffer.concat([message('first'), message(body)]), 0)).toBe(false);
    expect([recorder.log, connection.resting]).toEqual([['message first'], true]);
    expect([connection.nextTurn(0), connection.nextTurn(0)]).toEqual([false, true]);
    expect(recorder.log).toEqual(['message first', `message ${body}`]);
  });

  it('that is over because a chunk was as large as may be does not stop the peer that sends no more', () => {
    const { connection } = limited(1e9, 1024);
    const chunk = message('x'.repeat(1024 - 9));
    expect(chunk.length).toBe(1024);
    expect([connection.receive(chunk, 0), connection.resting]).toEqual([true, false]);
    expect([connection.receive(Buffer.of(0), 0), connection.resting]).toEqual([false, true]);
    expect(connection.nextTurn(0)).toBe(true);
  });

  it('is as long as it takes during the handshake: a peer that said all and left has said it', () => {
    const subject = started({ limits: { turnMessages: 1, turnBytes: 10 } });
    subject.connection.receive(introduction('PUSH'), 0);
    expect(subject.recorder.log).toEqual(['ready PUSH']);
  });

  it('goes on for a receiver that refuses only when both allow it, whichever comes first', () => {
    for (const first of ['resume', 'nextTurn'] as const) {
      const { connection, recorder } = limited(3);
      recorder.accepts = (line) => line !== 'message m2';
      connection.receive(flood(5), 0);
      expect([recorder.log.length, connection.resting]).toEqual([3, true]);
      expect([connection[first](0), connection.paused, recorder.log.length]).toEqual([false, true, 3]);
      expect(connection[first === 'resume' ? 'nextTurn' : 'resume'](0)).toBe(true);
      expect(recorder.log).toEqual(lines(5));
    }
  });

  it('ends with the connection', () => {
    const { connection, recorder } = limited(3);
    connection.receive(flood(5), 0);
    connection.close();
    expect([connection.resting, connection.nextTurn(0), recorder.log.length]).toEqual([false, false, 3]);
  });

  it('does not hide what is wrong behind it', () => {
    const { connection, recorder } = limited(2);
    connection.receive(Buffer.concat([flood(2), frame(COMMAND, '')]), 0);
    expect(violationOf(() => connection.nextTurn(0))).toBe('command-malformed');
    expect([recorder.log, connection.state]).toEqual([lines(2), 'closed']);
  });

  it('of any size, in any cut, with any refusals, gives the same as one without an end', () => {
    const said = fc.array(
      fc.oneof(
        fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 4 }).map((parts) => message(...parts)),
        fc.string({ maxLength: 5 }).map((context) => ping(0, context)),
      ),
      { maxLength: 30 },
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 });
    const budget = fc.record({
      turnMessages: fc.integer({ min: 1, max: 20 }),
      turnBytes: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(said, sizes, budget, fc.integer({ min: 1, max: 9 }), (frames, cuts, limits, nth) => {
        const bytes = Buffer.concat(frames);
        const plain = inTraffic();
        plain.connection.receive(bytes, 0);
        const subject = inTraffic({ limits });
        const { connection, recorder } = subject;
        let events = 0;
        recorder.accepts = () => ++events % nth !== 0;
        let turn = { frames: 0 };
        for (let at = 0, i = 0; at < bytes.length; at += cuts[i++ % cuts.length]!) {
          connection.receive(bytes.subarray(at, at + cuts[i % cuts.length]!), 0);
          while (connection.paused) {
            const before = recorder.log.length;
            if (connection.resting) {
              turn = { frames: 0 };
              connection.nextTurn(0);
            } else connection.resume(0);
            turn.frames += recorder.log.length - before;
            expect(turn.frames).toBeLessThanOrEqual(limits.turnMessages);
          }
        }
        expect(recorder.log).toEqual(plain.recorder.log);
        expect(sent(connection)).toEqual(sent(plain.connection));
      }),
      { numRuns: 300 },
    );
  });
});
