// The decoder (RFC 23 §Framing): every legal form of a frame, every illegal one, in every delivery; sizes and limits.

import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/protocol/frame-reader.js';
import { violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { saying } from '../support/errors.js';
import { COMMAND, frame, longFrame, MORE } from '../support/wire.js';

const LIMIT = 1 << 20;

interface Reading {
  frames: string[];
  violation: string | undefined;
}

/** Frames as `flags:body`, pulled after each chunk as Connection pulls them. */
function read(chunks: readonly Buffer[], reader = new FrameReader(LIMIT, LIMIT)): Reading {
  const frames: string[] = [];
  const violation = violationOf(() => {
    for (const chunk of chunks) {
      reader.push(chunk);
      while (reader.next()) frames.push(`${reader.flags}:${reader.body.toString('latin1')}`);
    }
  });
  return { frames, violation };
}

function reads(bytes: Buffer, frames: string[]): void {
  eachDelivery(bytes, (chunks) => expect(read(chunks)).toEqual({ frames, violation: undefined }));
}

function refuses(bytes: Buffer, violation: string, before: string[] = []): void {
  eachDelivery(bytes, (chunks) => expect(read(chunks)).toEqual({ frames: before, violation }));
}

/** The header alone: flag octet and 8-octet size. */
const header = (flags: number, size: bigint) => longFrame(flags, '', size);

describe('legal frames', () => {
  it('reads short frames: message, more, command', () => {
    reads(Buffer.concat([frame(MORE, 'a'), frame(0, 'bc'), frame(COMMAND, 'd')]), ['1:a', '0:bc', '4:d']);
  });

  it('F3 reads a long form of a short body', () => {
    reads(Buffer.concat([longFrame(0, 'abc'), longFrame(MORE, ''), longFrame(COMMAND, 'x')]), ['0:abc', '1:', '4:x']);
  });

  it('F7 reads a long header split after each of its 9 octets', () => {
    const body = 'b'.repeat(300);
    reads(Buffer.concat([frame(0, body), frame(0, 'next')]), [`0:${body}`, '0:next']);
  });

  it('F8 reads frames of no bytes, final and not', () => {
    reads(Buffer.concat([frame(0, ''), frame(MORE, ''), frame(0, ''), frame(COMMAND, '')]), ['0:', '1:', '0:', '4:']);
  });

  it.each([0, 1, 254, 255, 256, 257])('reads a body of %i bytes in every delivery', (size) => {
    const body = 'x'.repeat(size);
    reads(Buffer.concat([frame(0, body), frame(MORE, 'end')]), [`0:${body}`, '1:end']);
  });

  it.each([
    ['a final frame', frame(0, 'A')],
    ['a frame of no bytes', frame(0, '')],
    ['a more frame', frame(MORE, 'AB')],
    ['a command', frame(COMMAND, '\x04PING\0\0')],
  ])('reads no frame out of a body that looks like %s, not even right behind its header', (_, body) => {
    const inside = body.toString('latin1');
    for (const form of [frame, longFrame]) {
      for (const flags of [0, MORE, COMMAND]) reads(form(flags, body), [`${flags}:${inside}`]);
    }
  });

  it('reads nothing from no bytes, as often as they come', () => {
    const none = Buffer.alloc(0);
    const bytes = frame(0, 'ab');
    const chunks = [none, bytes.subarray(0, 1), none, bytes.subarray(1, 3), none, none, bytes.subarray(3), none];
    expect(read(chunks).frames).toEqual(['0:ab']);
  });

  it('says false again and again once the chunk is used up', () => {
    const reader = new FrameReader(LIMIT, LIMIT);
    reader.push(frame(0, 'a'));
    expect([reader.next(), reader.next(), reader.next()]).toEqual([true, false, false]);
  });

  it('says false before the first chunk', () => {
    expect(new FrameReader(LIMIT, LIMIT).next()).toBe(false);
  });
});

describe('illegal flags', () => {
  it.each([0x08, 0x10, 0x20, 0x40, 0x80, 0xf8, 0x09, 0x0a, 0x0c, 0xff])('F1 refuses reserved bits: %i', (flags) => {
    refuses(Buffer.from([flags, 1, 0x61]), 'frame-flags');
    refuses(Buffer.concat([frame(0, 'good'), Buffer.from([flags])]), 'frame-flags', ['0:good']);
  });

  it.each([0x05, 0x07])('F2 refuses MORE on a command: %i', (flags) => {
    refuses(Buffer.from([flags, 0, 0, 0, 0, 0, 0, 0, 1, 0x61]), 'frame-flags');
  });

  it('judges flags at the first octet', () => {
    expect(read([Buffer.of(0x80)]).violation).toBe('frame-flags');
  });
});

describe('sizes', () => {
  it.each([
    ['2^64-1', 2n ** 64n - 1n],
    ['2^63', 2n ** 63n],
    ['2^53+1', 2n ** 53n + 1n],
    ['2^53', 2n ** 53n],
  ])('F4 refuses a size of %s at the last octet of its header', (_, size) => {
    for (const flags of [0, MORE, COMMAND]) {
      const bytes = header(flags, size);
      eachDelivery(bytes, (chunks) => {
        const reader = new FrameReader(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
        expect(read(chunks, reader)).toEqual({ frames: [], violation: 'frame-size' });
        expect(reader.held).toBeLessThan(9);
      });
      expect(read([bytes.subarray(0, 8)]).violation).toBeUndefined();
    }
  });

  it.each([
    ['2^31', 2n ** 31n],
    ['2^32', 2n ** 32n],
    ['2^32+1', 2n ** 32n + 1n],
  ])('F4 judges a size of %s by the limit', (_, size) => {
    const bytes = header(0, size);
    const limit = Number(size);
    expect(read([bytes], new FrameReader(limit, LIMIT)).violation).toBeUndefined();
    expect(read([bytes], new FrameReader(limit - 1, LIMIT)).violation).toBe('frame-size');
    expect(read([bytes], new FrameReader(LIMIT, limit)).violation).toBe('frame-size');
  });

  it('reads all eight octets of a size', () => {
    for (let octet = 0; octet < 8; octet++) {
      const size = 2 ** (8 * octet);
      const reader = new FrameReader(size / 2, LIMIT);
      expect(read([header(0, BigInt(size))], reader).violation, `octet ${octet}`).toBe('frame-size');
    }
  });

  it.each([
    0, 1, 10, 255, 256, 300,
  ])('F5 takes a message of exactly the limit of %i bytes, and not one more', (limit) => {
    const fits = frame(0, 'x'.repeat(limit));
    const over = frame(0, 'x'.repeat(limit + 1));
    eachDelivery(fits, (chunks) => expect(read(chunks, new FrameReader(limit, 0)).frames).toHaveLength(1));
    eachDelivery(over, (chunks) => expect(read(chunks, new FrameReader(limit, LIMIT)).violation).toBe('frame-size'));
  });

  it('F5 has a limit of its own for commands', () => {
    const command = frame(COMMAND, 'x'.repeat(20));
    expect(read([command], new FrameReader(0, 20)).frames).toHaveLength(1);
    expect(read([command], new FrameReader(LIMIT, 19)).violation).toBe('frame-size');
  });

  it('F5 applies a limit that was changed to the very next frame', () => {
    const reader = new FrameReader(10, LIMIT);
    reader.push(Buffer.concat([frame(0, 'x'.repeat(10)), frame(0, 'x'.repeat(10))]));
    expect(reader.next()).toBe(true);
    reader.messageLimit = 9;
    expect(violationOf(() => reader.next())).toBe('frame-size');
  });

  it('refuses everything but commands under a limit of -1', () => {
    expect(read([frame(COMMAND, 'x'), frame(0, '')], new FrameReader(-1, LIMIT))).toEqual({
      frames: ['4:x'],
      violation: 'frame-size',
    });
  });

  it('names the kind, the size and the limit', () => {
    const reader = new FrameReader(3, LIMIT);
    reader.push(frame(0, 'four'));
    expect(() => reader.next()).toThrow(saying('message frame of 4 bytes is over the limit of 3 bytes'));
    const other = new FrameReader(LIMIT, 2);
    other.push(frame(COMMAND, 'abc'));
    expect(() => other.next()).toThrow(saying('command frame of 3 bytes is over the limit of 2 bytes'));
  });
});
