// What the decoder holds and where bodies live: an announced size costs nothing until its bytes arrive, a body inside a
// chunk is a view of it, a body across chunks is joined once and shares no memory with what comes later.

import { describe, expect, it } from 'vitest';
import { EAGER_BODY, EARNED_MAX, FrameReader } from '../../src/protocol/frame-reader.js';
import { aliveBytes } from '../support/gc.js';
import { frame, longFrame, MORE } from '../support/wire.js';

const GIB = 2 ** 30;
const SIZES = [0, 1, 254, 255, 256, 257, 8192, 8193, 65_535, 65_536, EAGER_BODY - 1, EAGER_BODY, EAGER_BODY + 1];

/** Bytes that differ from place to place, so that a shift or a swap shows. */
function pattern(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + seed) & 0xff;
  return bytes;
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(Buffer.from(bytes.subarray(at, at + size)));
  return chunks;
}

function readAll(chunks: readonly Buffer[], reader = new FrameReader(GIB, GIB)): Buffer[] {
  const bodies: Buffer[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    while (reader.next()) bodies.push(reader.body);
  }
  return bodies;
}

describe('bodies across chunks', () => {
  it.each(SIZES)('joins a body of %i bytes from chunks of every size, with a frame on either side', (size) => {
    const body = pattern(size);
    const bytes = Buffer.concat([frame(0, 'before'), frame(0, body), frame(MORE, 'after')]);
    for (const chunkSize of [1, 7, 255, 4096, 65_536, bytes.length]) {
      if (chunkSize === 1 && size > 70_000) continue;
      const bodies = readAll(pieces(bytes, chunkSize));
      expect(bodies.map(String)[0]).toBe('before');
      expect(bodies[1]!.equals(body), `chunks of ${chunkSize}`).toBe(true);
      expect(bodies.map(String)[2]).toBe('after');
    }
  });

  it.each([300, EAGER_BODY, EAGER_BODY + 1])('splits a frame of %i bytes around its header and its end', (size) => {
    const body = pattern(size);
    const bytes = Buffer.concat([frame(0, body), frame(0, 'next')]);
    const cuts = [...Array(12).keys(), ...Array.from({ length: 8 }, (_, i) => size + 5 + i)];
    for (const cut of cuts) {
      const bodies = readAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(bodies[0]!.equals(body), `cut at ${cut}`).toBe(true);
      expect(String(bodies[1])).toBe('next');
    }
  });

  it('tells how many bytes it has copied: those of headers and bodies across chunks, and no others', () => {
    const reader = new FrameReader(GIB, GIB);
    const bytes = Buffer.concat([frame(0, 'whole'), frame(0, pattern(1000)), frame(0, pattern(300)), frame(0, '')]);
    const copied = pieces(bytes, 500).map((chunk) => {
      const before = reader.copied;
      reader.push(chunk);
      while (reader.next());
      return reader.copied - before;
    });
    // The first 7 bytes are a frame, as are all that follow 1016; in between there are a header of 9 and its body.
    expect(copied).toEqual([493, 500, 16]);
  });

  it('joins two large bodies in a row', () => {
    const bodies = [pattern(EAGER_BODY + 5), pattern(EAGER_BODY + 9, 2)];
    const chunks = pieces(Buffer.concat(bodies.map((body) => frame(0, body))), 65_536);
    expect(readAll(chunks).map((body, i) => body.equals(bodies[i]!))).toEqual([true, true]);
  });
});

describe('memory', () => {
  it('F4, F6 holds the bytes received of a body announced with 1 GiB', () => {
    const reader = new FrameReader(GIB, 0);
    const before = process.memoryUsage().arrayBuffers;
    reader.push(longFrame(0, '', BigInt(GIB)));
    expect(reader.next()).toBe(false);
    reader.push(Buffer.alloc(10));
    expect(reader.next()).toBe(false);
    expect(reader.held).toBeLessThanOrEqual(10 + EAGER_BODY);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(EAGER_BODY * 2);
  });

  it('F6, T5 holds the bytes received, and no object for each, of a large body that comes byte by byte', () => {
    const received = 1 << 18;
    const reader = new FrameReader(GIB, 0);
    reader.push(longFrame(0, '', BigInt(GIB)));
    reader.next();
    const before = aliveBytes();
    for (let i = 0; i < received; i++) {
      reader.push(Buffer.of(i));
      reader.next();
    }
    expect(aliveBytes() - before).toBeLessThan(4 * received + EAGER_BODY);
    expect(reader.held).toBeGreaterThanOrEqual(received);
  });

  it('holds at most EAGER_BODY more than was received, on either side of that size', () => {
    for (const size of [EAGER_BODY, EAGER_BODY + 1]) {
      const reader = new FrameReader(GIB, 0);
      reader.push(longFrame(0, 'some', BigInt(size)));
      expect(reader.next()).toBe(false);
      expect(reader.held).toBeGreaterThanOrEqual(4);
      expect(reader.held).toBeLessThanOrEqual(4 + EAGER_BODY);
    }
  });

  it('a peer that has sent as much gets the buffer of a large body at once, within bounds', () => {
    const reader = new FrameReader(GIB, 0);
    const announce = (size: number): number => {
      reader.push(longFrame(0, '', BigInt(size)));
      expect(reader.next()).toBe(false);
      const { held } = reader;
      readAll(pieces(Buffer.alloc(size), EAGER_BODY), reader);
      return held;
    };
    const large = 4 * EAGER_BODY;
    expect(announce(large)).toBe(0);
    expect(announce(large)).toBe(large);
    for (let sent = 2 * large; sent < EARNED_MAX; sent += large) announce(large);
    expect(announce(EARNED_MAX + EAGER_BODY + 1)).toBe(0);
  });

  it('F7 holds a header that is cut off, octet by octet', () => {
    const reader = new FrameReader(GIB, 0);
    const held = [...longFrame(0, '', 300n)].map((octet) => {
      reader.push(Buffer.of(octet));
      reader.next();
      return reader.held;
    });
    expect(held).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 300]);
  });

  it('holds nothing between frames', () => {
    for (const size of [3, 300, EAGER_BODY + 1]) {
      const reader = new FrameReader(GIB, 0);
      expect(readAll(pieces(frame(0, pattern(size)), 1000), reader)).toHaveLength(1);
      expect(reader.held).toBe(0);
    }
  });
});

describe('where a body lives', () => {
  it('is a view of the chunk it lies in, short and long', () => {
    const chunk = Buffer.concat([frame(0, 'short'), longFrame(0, 'long')]);
    for (const body of readAll([chunk])) expect(body.buffer).toBe(chunk.buffer);
  });

  it('F14 shares no memory with its chunks when it spans them', () => {
    for (const size of [10, EAGER_BODY + 1]) {
      const body = pattern(size);
      const chunks = pieces(frame(0, body), Math.ceil(size / 3));
      const [joined] = readAll(chunks);
      for (const chunk of chunks) chunk.fill(0xee);
      expect(joined!.equals(body)).toBe(true);
    }
  });

  it('F14 stays the same while later frames are read', () => {
    const bodies = [3, 300, EAGER_BODY, EAGER_BODY + 1, 5].map(pattern);
    const stream = Buffer.concat(bodies.map((body) => frame(0, body)));
    for (const size of [100, 1000, 65_536]) {
      expect(readAll(pieces(stream, size)).map((body, i) => body.equals(bodies[i]!))).not.toContain(false);
    }
  });

  it('is a Buffer, with its methods', () => {
    for (const body of readAll([frame(0, 'a'), longFrame(0, 'b'), frame(0, 'c').subarray(0, 2), Buffer.from('c')])) {
      expect(Buffer.isBuffer(body)).toBe(true);
    }
  });
});
