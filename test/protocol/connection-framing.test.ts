// Messages in traffic: whole at every level, bounded in bytes and in parts, refused when a frame breaks RFC 23.

import { describe, expect, it } from 'vitest';
import type { Violation } from '../../src/errors.js';
import { COMMAND_NAME_MAX } from '../../src/protocol/frame-limits.js';
import { LIMITS } from '../../src/protocol/limits.js';
import { inTraffic, type PeerSetup, sent, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import * as wire from '../support/wire.js';

const { frame, longFrame, message, MORE } = wire;

/** In traffic, these bytes in every delivery cause exactly these events. */
function delivers(bytes: Buffer, log: string[], setup: PeerSetup = {}): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(inTraffic(setup), chunks)).toEqual({ log, violation: undefined, state: 'traffic', sent: [] });
  });
}

function closes(bytes: Buffer, violation: Violation, setup: PeerSetup = {}, log: string[] = []): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(inTraffic(setup), chunks)).toEqual({ log, violation, state: 'closed', sent: [] });
  });
}

describe('messages', () => {
  it('are delivered whole: one part, many parts, empty parts', () => {
    const bytes = Buffer.concat([
      message('a'),
      message('b', 'c', 'd'),
      message(''),
      message('', '', 'e'),
      message('f'),
    ]);
    delivers(bytes, ['message a', 'message b|c|d', 'message ', 'message ||e', 'message f']);
  });

  it('F3 may come in the long form', () => {
    delivers(Buffer.concat([longFrame(MORE, 'a'), longFrame(0, 'b'), longFrame(0, '')]), ['message a|b', 'message ']);
  });

  it('F8 may have parts of no bytes, first and last', () => {
    delivers(Buffer.concat([message('', ''), message('', 'x', '')]), ['message |', 'message |x|']);
  });

  it.each([0, 1, 254, 255, 256, 257, 8192, 8193, 65_535, 65_536])('of %i bytes are themselves', (size) => {
    const body = Buffer.from(Array.from({ length: size }, (_, i) => i & 0xff));
    const { connection, recorder } = inTraffic();
    const bytes = message(body, body);
    for (let at = 0; at < bytes.length; at += 1000) connection.receive(bytes.subarray(at, at + 1000), 0);
    expect(recorder.messages).toHaveLength(1);
    expect(recorder.messages[0]!.map((part) => part.equals(body))).toEqual([true, true]);
  });

  it('keep their parts when a part and its command neighbours share a chunk', () => {
    const bytes = Buffer.concat([
      frame(MORE, 'a'),
      wire.pong('x'),
      frame(MORE, 'b'),
      wire.command('NEW'),
      frame(0, 'c'),
    ]);
    delivers(bytes, ['message a|b|c']);
  });

  it('F11 without their last part are dropped when the connection closes', () => {
    const { connection, recorder } = inTraffic();
    connection.receive(frame(MORE, 'half'), 0);
    connection.close();
    expect(connection.receive(frame(0, 'rest'), 0)).toBe(false);
    expect(recorder.log).toEqual([]);
  });

  it('F12 of one byte, a third of a million in one chunk, stop where the receiver says stop', () => {
    const count = 349_525;
    const { connection, recorder } = inTraffic();
    let delivered = 0;
    recorder.message = () => ++delivered % 1000 !== 0;
    const chunk = Buffer.concat(Array.from({ length: count }, () => message('x')));
    expect(connection.receive(chunk, 0)).toBe(false);
    expect(delivered).toBe(1000);
    let resumed = 1;
    while (!connection.resume(0)) resumed++;
    expect([delivered, resumed]).toEqual([count, Math.floor(count / 1000)]);
  });
});

describe('what we send', () => {
  it('marks all parts but the last with MORE', () => {
    const { connection } = inTraffic();
    connection.send([Buffer.from('a'), Buffer.from(''), Buffer.from('c')]);
    connection.send([Buffer.from('d')]);
    expect(Buffer.concat(connection.output.take())).toEqual(Buffer.concat([message('a', '', 'c'), message('d')]));
  });

  it('takes the short form up to 255 bytes', () => {
    for (const size of [255, 256]) {
      const { connection } = inTraffic();
      connection.send([Buffer.alloc(size)]);
      expect(Buffer.concat(connection.output.take()).subarray(0, 2)).toEqual(
        Buffer.from(size === 255 ? [0, 255] : [2, 0]),
      );
    }
  });
});

describe('frames that close', () => {
  it.each([0x08, 0x10, 0x20, 0x40, 0x80])('F1 reserved flag bit %i', (flag) => {
    closes(Buffer.from([flag, 0]), 'frame-flags');
    closes(Buffer.concat([message('good'), Buffer.from([flag | 1, 0])]), 'frame-flags', {}, ['message good']);
  });

  it.each([0x05, 0x07])('F2 MORE on a command: %i', (flags) => {
    closes(Buffer.concat([frame(MORE, 'a'), Buffer.from([flags, 0, 0, 0, 0, 0, 0, 0, 0])]), 'frame-flags');
  });

  it.each([2n ** 64n - 1n, 2n ** 63n, 2n ** 53n + 1n, 2n ** 53n])('F4 a size of %i', (size) => {
    closes(longFrame(0, '', size), 'frame-size');
    closes(longFrame(wire.COMMAND, '', size), 'frame-size');
  });

  it('F4 sizes of 2^31 and 2^32 above maxMessageSize, and not below it', () => {
    for (const size of [2 ** 31, 2 ** 32]) {
      closes(longFrame(0, '', BigInt(size)), 'frame-size', { maxMessageSize: size - 1 });
      delivers(longFrame(0, '', BigInt(size)), [], { maxMessageSize: size });
    }
  });

  const publisher: PeerSetup = { socketType: 'XPUB' };

  it('S2 a command above the limit, which has room for a SUBSCRIBE of 64 MiB', () => {
    const max = LIMITS.topicSize + COMMAND_NAME_MAX;
    delivers(longFrame(wire.COMMAND, '\x09SUBSCRIBE', BigInt(10 + 64 * 2 ** 20)), [], publisher);
    closes(longFrame(wire.COMMAND, '', BigInt(max + 1)), 'frame-size', publisher);
    delivers(longFrame(wire.COMMAND, '', BigInt(max)), [], publisher);
    closes(longFrame(wire.COMMAND, '', 65_537n), 'frame-size');
    delivers(longFrame(wire.COMMAND, '', 65_536n), []);
  });
});

describe('maxMessageSize', () => {
  it.each([0, 1, 5, 255, 256])('F5 of %i takes that many bytes and not one more', (maxMessageSize) => {
    const fits = 'x'.repeat(maxMessageSize);
    delivers(message(fits), [`message ${fits}`], { maxMessageSize });
    closes(message(`${fits}x`), 'frame-size', { maxMessageSize });
  });

  it('F5 counts all parts of a message together', () => {
    const setup = { maxMessageSize: 10 };
    delivers(message('12345', '1234', '1'), ['message 12345|1234|1'], setup);
    closes(message('12345', '1234', '12'), 'frame-size', setup);
    closes(message('1234567890', '1'), 'frame-size', setup);
    closes(Buffer.concat([message('1234567890'), message('12345', '123456')]), 'frame-size', setup, [
      'message 1234567890',
    ]);
  });

  it('F5 counts each message anew, and parts of no bytes as nothing', () => {
    const bytes = Buffer.concat([
      message('123', '45'),
      message('12345'),
      message('12345', '', ''),
      message('', '12345'),
    ]);
    const log = ['message 123|45', 'message 12345', 'message 12345||', 'message |12345'];
    delivers(bytes, log, { maxMessageSize: 5 });
  });

  it('F5 does not count commands', () => {
    const bytes = Buffer.concat([frame(MORE, '123'), wire.command('LONG', 'x'.repeat(50)), frame(0, '45')]);
    delivers(bytes, ['message 123|45'], { maxMessageSize: 5 });
  });
});

describe('the number of parts', () => {
  const empty = (count: number) => Buffer.alloc(2 * count, Buffer.from([MORE, 0]));

  /** Whole, in chunks that cut frames in two, and byte by byte. */
  function* cuts(bytes: Buffer): Iterable<Buffer[]> {
    for (const size of [bytes.length, 65_537, 1]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      yield chunks;
    }
  }

  it('F9 may be 65 536', () => {
    for (const chunks of cuts(Buffer.concat([empty(LIMITS.messageParts - 1), frame(0, 'end'), message('next')]))) {
      const subject = inTraffic();
      expect(verdict(subject, chunks).violation).toBeUndefined();
      expect(subject.recorder.messages.map((parts) => parts.length)).toEqual([65_536, 1]);
    }
  });

  it('F9 may not be 65 537, whatever follows', () => {
    for (const chunks of cuts(empty(LIMITS.messageParts))) {
      expect(verdict(inTraffic(), chunks)).toMatchObject({ log: [], violation: 'message-parts', state: 'closed' });
    }
  });

  it('F9 is counted for each message anew', () => {
    const subject = inTraffic();
    const bytes = Buffer.concat([empty(40_000), frame(0, 'a'), empty(40_000), frame(0, 'b')]);
    expect(verdict(subject, [bytes]).violation).toBeUndefined();
    expect(subject.recorder.messages.map((parts) => parts.length)).toEqual([40_001, 40_001]);
  });
});

describe('after a violation', () => {
  it('nothing is read, and what was to be sent can still be taken', () => {
    const { connection, recorder } = inTraffic();
    connection.send([Buffer.from('last')]);
    expect(() => connection.receive(Buffer.concat([message('a'), Buffer.from([0x80]), message('b')]), 0)).toThrow();
    expect([connection.receive(message('c'), 0), connection.resume(0)]).toEqual([false, false]);
    expect(recorder.log).toEqual(['message a']);
    expect(sent(connection)).toEqual(['message last']);
    expect(connection.deadline).toBe(Number.POSITIVE_INFINITY);
  });
});
