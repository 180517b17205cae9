// Back-pressure inside a chunk: a refused message stops decoding on the spot, what comes meanwhile is kept, and resume
// goes on exactly there, in every delivery and however often the receiver refuses.

import { describe, expect, it } from 'vitest';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { inTraffic, introduction, PEER, type Subject, sent, started, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { cancel, frame, MORE, message, ping, subscribe } from '../support/wire.js';

const MESSAGES = Buffer.concat([
  message('a'),
  message('b', 'c'),
  ping(0, 'p'),
  message('d'),
  message(''),
  message('e'.repeat(260)),
  message('f'),
]);
const LOG = ['message a', 'message b|c', 'message d', 'message ', `message ${'e'.repeat(260)}`, 'message f'];

/** Gives each chunk and resumes until everything is decoded. Refuses every `nth` event. */
function feedRefusing({ connection, recorder }: Subject, chunks: readonly Buffer[], nth: number): void {
  let events = 0;
  recorder.accepts = () => ++events % nth !== 0;
  for (const chunk of chunks) {
    let decoded = connection.receive(chunk, 0);
    while (!decoded) decoded = connection.resume(0);
  }
}

/** Gives all chunks first, whatever receive says, and resumes afterwards. */
function feedDeaf({ connection, recorder }: Subject, chunks: readonly Buffer[]): void {
  recorder.accepts = () => false;
  for (const chunk of chunks) connection.receive(chunk, 0);
  while (!connection.resume(0));
}

describe('a refused message', () => {
  it('stops decoding inside the chunk, and receive says so', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = (line) => line !== 'message b|c';
    expect(connection.receive(MESSAGES, 0)).toBe(false);
    expect(connection.paused).toBe(true);
    expect(recorder.log).toEqual(LOG.slice(0, 2));
    expect(sent(connection)).toEqual([]);
  });

  it('is delivered all the same: refusing means no more', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = () => false;
    connection.receive(message('a'), 0);
    expect(recorder.log).toEqual(['message a']);
    expect(connection.resume(0)).toBe(true);
    expect(recorder.log).toEqual(['message a']);
  });

  it('at the very end of a chunk pauses too', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = (line) => line !== 'message b';
    expect(connection.receive(Buffer.concat([message('a'), message('b')]), 0)).toBe(false);
    expect(connection.paused).toBe(true);
    expect(connection.resume(0)).toBe(true);
    expect(connection.paused).toBe(false);
  });

  it('behind the handshake in the same chunk pauses as well', () => {
    const { connection, recorder } = started();
    recorder.accepts = () => false;
    const bytes = Buffer.concat([introduction('PUSH'), message('a'), message('b')]);
    expect(connection.receive(bytes, 0)).toBe(false);
    expect(recorder.log).toEqual(['ready PUSH', 'message a']);
    expect(connection.resume(0)).toBe(false);
    expect(connection.resume(0)).toBe(true);
    expect(recorder.log).toEqual(['ready PUSH', 'message a', 'message b']);
  });

  it.each([
    ['SUBSCRIBE', subscribe('a'), '+a'],
    ['CANCEL', cancel('a'), '-a'],
    ['subscription in the form of 3.0', message('\x01a'), '+a'],
    ['message of several parts', message('a', 'b'), 'message a|b'],
  ])('may be a %s', (_, bytes, line) => {
    const { connection, recorder } = inTraffic({ socketType: 'XPUB' });
    recorder.accepts = () => false;
    expect(connection.receive(Buffer.concat([bytes, message('next')]), 0)).toBe(false);
    expect([connection.paused, recorder.log]).toEqual([true, [line]]);
  });

  it('pauses no other connection', () => {
    const [one, other] = [inTraffic(), inTraffic()];
    one.recorder.accepts = () => false;
    one.connection.receive(message('a'), 0);
    expect(other.connection.receive(message('a'), 0)).toBe(true);
    expect(other.connection.paused).toBe(false);
  });
});

describe('while paused', () => {
  it('chunks are kept in order, and receive says false', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = (line) => line !== 'message a';
    connection.receive(Buffer.concat([message('a'), frame(MORE, 'b').subarray(0, 2)]), 0);
    for (const chunk of [Buffer.from('b'), Buffer.alloc(0), message('c'), message('d')]) {
      expect(connection.receive(chunk, 0)).toBe(false);
    }
    expect(recorder.log).toEqual(['message a']);
    expect(connection.resume(0)).toBe(true);
    expect(recorder.log).toEqual(['message a', 'message b|c', 'message d']);
  });

  it('PING is not answered', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = () => false;
    connection.receive(Buffer.concat([message('a'), ping(0, '1')]), 0);
    connection.receive(ping(0, '2'), 0);
    expect(sent(connection)).toEqual([]);
    connection.resume(0);
    expect(sent(connection)).toEqual(['PONG 1', 'PONG 2']);
  });

  it('messages can be sent', () => {
    const { connection, recorder } = inTraffic({ socketType: 'PAIR' });
    recorder.accepts = () => false;
    connection.receive(message('a'), 0);
    connection.send([Buffer.from('b')]);
    expect(sent(connection)).toEqual(['message b']);
  });
});

describe('resume', () => {
  it.each([1, 2, 3])('goes on exactly, refusing each event of %i, in every delivery', (nth) => {
    eachDelivery(MESSAGES, (chunks) => {
      const subject = inTraffic();
      feedRefusing(subject, chunks, nth);
      expect(subject.recorder.log).toEqual(LOG);
      expect(sent(subject.connection)).toEqual(['PONG p']);
    });
  });

  it('goes on exactly over many kept chunks, in every delivery', () => {
    eachDelivery(MESSAGES, (chunks) => {
      const subject = inTraffic();
      feedDeaf(subject, chunks);
      expect(subject.recorder.log).toEqual(LOG);
    });
  });

  it.each(['PUB', 'XPUB'] as const)('goes on after a refused subscription of either form to a %s', (socketType) => {
    const bytes = Buffer.concat([subscribe('a'), message('\x01b'), cancel('a'), message('\0b'), message('c')]);
    const log = ['+a', '+b', '-a', '-b', 'message c'];
    eachDelivery(bytes, (chunks) => {
      for (const feed of [feedRefusing, feedDeaf]) {
        const subject = inTraffic({ socketType });
        feed(subject, chunks, 1);
        expect(subject.recorder.log).toEqual(log);
      }
    });
  });

  it('stops again at the next refusal', () => {
    for (const socketType of ['PULL', 'PUB'] as SocketType[]) {
      const { connection, recorder } = inTraffic({ socketType, peerType: PEER[socketType] });
      recorder.accepts = () => false;
      connection.receive(Buffer.concat([message('a'), message('b'), message('c')]), 0);
      const states = [1, 2, 3].map(() => [connection.resume(0), recorder.log.length]);
      expect(states).toEqual([
        [false, 2],
        [false, 3],
        [true, 3],
      ]);
    }
  });

  it('when nothing is paused changes nothing, in any state', () => {
    const { connection, recorder } = started();
    expect(connection.resume(0)).toBe(true);
    connection.receive(introduction('PUSH').subarray(0, 70), 0);
    expect(connection.resume(0)).toBe(true);
    connection.receive(introduction('PUSH').subarray(70), 0);
    connection.receive(message('half').subarray(0, 3), 0);
    expect(connection.resume(0)).toBe(true);
    connection.receive(message('half').subarray(3), 0);
    expect(recorder.log).toEqual(['ready PUSH', 'message half']);
  });

  it('meets a violation in what was kept, and throws it', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = (line) => line !== 'message a';
    connection.receive(message('a'), 0);
    connection.receive(Buffer.concat([message('b'), Buffer.from([0x80]), message('c')]), 0);
    expect(violationOf(() => connection.resume(0))).toBe('frame-flags');
    expect(recorder.log).toEqual(['message a', 'message b']);
    expect(connection.state).toBe('closed');
  });
});

describe('resume from inside the message event', () => {
  it('says false, starts no second loop, and decoding goes on in order', () => {
    const { connection, recorder } = inTraffic();
    const depths: [boolean, number][] = [];
    recorder.accepts = () => {
      const before = recorder.log.length;
      depths.push([connection.resume(0), recorder.log.length - before]);
      return true;
    };
    expect(connection.receive(MESSAGES, 0)).toBe(true);
    expect(recorder.log).toEqual(LOG);
    expect(depths).toEqual(LOG.map(() => [false, 0]));
  });

  it('does not undo the refusal that follows it', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = () => {
      connection.resume(0);
      return false;
    };
    expect(connection.receive(Buffer.concat([message('a'), message('b')]), 0)).toBe(false);
    expect(recorder.log).toEqual(['message a']);
    expect(connection.resume(0)).toBe(false);
    expect(recorder.log).toEqual(['message a', 'message b']);
  });

  it('during a resume from outside is the same, over kept chunks', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = () => false;
    for (const name of ['a', 'b', 'c']) connection.receive(message(name), 0);
    recorder.accepts = () => {
      connection.resume(0);
      return true;
    };
    expect(connection.resume(0)).toBe(true);
    expect(recorder.log).toEqual(['message a', 'message b', 'message c']);
  });

  it('works on after an event that threw', () => {
    const { connection, recorder } = inTraffic();
    recorder.accepts = () => {
      throw new RangeError('the receiver is broken');
    };
    expect(() => connection.receive(message('a'), 0)).toThrow(RangeError);
    expect(connection.state).toBe('closed');
    expect(connection.resume(0)).toBe(false);
  });
});
