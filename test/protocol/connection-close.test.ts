// close(): from outside in every state, and from inside every event. Afterwards nothing is decoded, nothing is due, and
// nothing throws.

import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/protocol/connection.js';
import { inTraffic, introduction, PEER, sent, started } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { alive } from '../support/gc.js';
import { frame, greeting, longFrame, MORE, message, subscribe } from '../support/wire.js';

const TIMED = { handshakeInterval: 1000, heartbeat: { interval: 100, timeToLive: 0, timeout: 100 } };

function expectClosed(connection: Connection): void {
  expect(connection.state).toBe('closed');
  expect(connection.deadline).toBe(Number.POSITIVE_INFINITY);
  expect(connection.receive(Buffer.from('anything'), 5000)).toBe(false);
  expect(connection.resume(5000)).toBe(false);
  connection.timeout(1e9);
  expect(connection.state).toBe('closed');
}

describe('close from outside', () => {
  it.each([
    ['before a byte came', Buffer.alloc(0), 'greeting'],
    ['in the greeting', greeting().subarray(0, 20), 'greeting'],
    ['in the handshake', introduction('PUSH').subarray(0, 70), 'handshake'],
    ['in traffic', introduction('PUSH'), 'traffic'],
    ['in mid-frame', Buffer.concat([introduction('PUSH'), message('half').subarray(0, 4)]), 'traffic'],
    ['in mid-message', Buffer.concat([introduction('PUSH'), frame(MORE, 'half')]), 'traffic'],
  ])('%s', (_, bytes, state) => {
    const { connection, recorder } = started(TIMED);
    connection.receive(bytes, 0);
    expect(connection.state).toBe(state);
    expect(connection.deadline).toBeLessThan(Number.POSITIVE_INFINITY);
    const before = [...recorder.log];
    connection.close();
    expectClosed(connection);
    expect(recorder.log).toEqual(before);
  });

  it('while paused drops what was kept', () => {
    const { connection, recorder } = inTraffic(TIMED);
    recorder.accepts = () => false;
    connection.receive(Buffer.concat([message('a'), message('b')]), 0);
    connection.receive(message('c'), 0);
    connection.close();
    expectClosed(connection);
    expect(recorder.log).toEqual(['message a']);
  });

  it('twice is once', () => {
    const { connection } = inTraffic();
    connection.close();
    connection.close();
    expectClosed(connection);
  });

  it('leaves what was to be sent where it can be taken', () => {
    const { connection } = inTraffic({ socketType: 'PUSH' });
    connection.send([Buffer.from('last')]);
    connection.close();
    expect(sent(connection)).toEqual(['message last']);
  });
});

describe('close from inside an event', () => {
  it.each([true, false])('a message, answered with %s', (answer) => {
    eachDelivery(Buffer.concat([message('a'), message('b')]), (chunks) => {
      const { connection, recorder } = inTraffic(TIMED);
      recorder.accepts = () => {
        connection.close();
        return answer;
      };
      const verdicts = chunks.map((chunk) => connection.receive(chunk, 0));
      expect(verdicts.at(-1)).toBe(false);
      expect(recorder.log).toEqual(['message a']);
      expectClosed(connection);
    });
  });

  it('a message of several parts', () => {
    const { connection, recorder } = inTraffic(TIMED);
    recorder.accepts = () => {
      connection.close();
      return true;
    };
    expect(connection.receive(Buffer.concat([message('a', 'b'), message('c'), Buffer.of(0x80)]), 0)).toBe(false);
    expect(recorder.log).toEqual(['message a|b']);
    expectClosed(connection);
  });

  it.each([
    ['as a command', subscribe('a')],
    ['as a message', message('\x01a')],
  ])('a subscription %s', (_, bytes) => {
    const { connection, recorder } = inTraffic({ ...TIMED, socketType: 'PUB' });
    recorder.accepts = () => {
      connection.close();
      return true;
    };
    expect(connection.receive(Buffer.concat([bytes, bytes]), 0)).toBe(false);
    expect(recorder.log).toEqual(['+a']);
    expectClosed(connection);
  });

  it('ready, with messages behind it in the chunk', () => {
    const { connection, recorder } = started(TIMED);
    recorder.onReady = () => connection.close();
    expect(connection.receive(Buffer.concat([introduction('PUSH'), message('a')]), 0)).toBe(false);
    expect(recorder.log).toEqual(['ready PUSH']);
    expectClosed(connection);
  });

  it('a message that a resume brought', () => {
    const { connection, recorder } = inTraffic(TIMED);
    recorder.accepts = () => false;
    for (const name of ['a', 'b', 'c']) connection.receive(message(name), 0);
    recorder.accepts = () => {
      connection.close();
      return true;
    };
    expect(connection.resume(0)).toBe(false);
    expect(recorder.log).toEqual(['message a', 'message b']);
    expectClosed(connection);
  });

  it('followed by resume inside the same event stays closed', () => {
    const { connection, recorder } = inTraffic(TIMED);
    const resumed: boolean[] = [];
    recorder.accepts = () => {
      connection.close();
      resumed.push(connection.resume(0));
      return true;
    };
    connection.receive(Buffer.concat([message('a'), message('b')]), 0);
    expect([recorder.log, resumed]).toEqual([['message a'], [false]]);
    expectClosed(connection);
  });
});

describe('an event that throws', () => {
  it.each(['PULL', 'PUB'] as const)('closes a %s, and its own error comes out', (socketType) => {
    const { connection, recorder } = inTraffic({ ...TIMED, socketType, peerType: PEER[socketType] });
    const broken = new Error('a bug in the receiver');
    recorder.accepts = () => {
      throw broken;
    };
    expect(() => connection.receive(Buffer.concat([message('a'), message('b')]), 0)).toThrow(broken);
    expect(recorder.log).toEqual(['message a']);
    expectClosed(connection);
  });

  it('in ready closes as well', () => {
    const { connection, recorder } = started(TIMED);
    recorder.onReady = () => {
      throw new Error('a bug in the receiver');
    };
    expect(() => connection.receive(introduction('PUSH'), 0)).toThrow('a bug');
    expectClosed(connection);
  });
});

describe('a closed connection', () => {
  /** Gives the bytes in memory of their own, and says how to see whether somebody still holds it. */
  function receiveOwned(connection: Connection, bytes: Buffer): WeakRef<object> {
    const chunk = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(chunk);
    connection.receive(chunk, 0);
    return new WeakRef(chunk.buffer);
  }

  it('holds on to no parts of a message, no chunks kept while paused, none that still come', async () => {
    const { connection, recorder } = inTraffic({ socketType: 'PUB' });
    recorder.accepts = () => false;
    const part = receiveOwned(connection, frame(MORE, 'part'));
    connection.receive(subscribe('pause'), 0);
    const kept = receiveOwned(connection, message('kept'));
    expect(await alive([part, kept])).toEqual([true, true]);
    connection.close();
    const late = receiveOwned(connection, message('late'));
    expect(await alive([part, kept, late])).toEqual([false, false, false]);
    expect(connection.state).toBe('closed');
  });

  it('holds on to nothing of a frame that was cut off', async () => {
    const { connection } = inTraffic();
    const cut = receiveOwned(connection, longFrame(0, Buffer.alloc(9000), 2n ** 30n));
    connection.close();
    expect(await alive([cut])).toEqual([false]);
    expect(connection.state).toBe('closed');
  });
});
