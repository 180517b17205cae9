// The encoder (RFC 23 §Framing): the shortest form of each size, one chunk for many small frames, large bodies by
// reference, and bytes that never change once they were taken.

import { describe, expect, it } from 'vitest';
import { CHUNK, COPY_MAX, FrameWriter, FULL } from '../../src/protocol/frame-writer.js';
import { COMMAND, frame, MORE } from '../support/wire.js';

const SIZES = [0, 1, 31, 32, 254, 255, 256, 257, COPY_MAX, COPY_MAX + 1, 65_535, 65_536];

function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
}

/** All pending bytes as one. */
const taken = (writer: FrameWriter) => Buffer.concat(writer.take());

describe('the bytes', () => {
  it.each(SIZES)('of a body of %i bytes are its header and itself', (size) => {
    const body = pattern(size);
    for (const flags of [0, MORE, COMMAND]) {
      const writer = new FrameWriter();
      writer.write(flags, body);
      expect(taken(writer).equals(frame(flags, body))).toBe(true);
    }
  });

  it.each(SIZES)('of a body of %i bytes are right wherever the chunk ends', (size) => {
    const body = pattern(size);
    // The first chunk has 512 octets: walk its end through header and body.
    for (let used = 495; used <= 515; used++) {
      const writer = new FrameWriter();
      writer.raw(Buffer.alloc(used, 0xaa));
      writer.write(MORE, body);
      writer.write(0, Buffer.from('end'));
      const expected = Buffer.concat([Buffer.alloc(used, 0xaa), frame(MORE, body), frame(0, 'end')]);
      expect(taken(writer).equals(expected), `${used} octets used`).toBe(true);
    }
  });

  it('keep their order between copied and referenced bodies', () => {
    const bodies = [3, COPY_MAX + 1, 0, 300, 70_000, 2, COPY_MAX].map(pattern);
    const writer = new FrameWriter();
    for (const body of bodies) writer.write(0, body);
    expect(taken(writer).equals(Buffer.concat(bodies.map((body) => frame(0, body))))).toBe(true);
  });

  it.each([
    [2 ** 32 - 1, '0200000000ffffffff'],
    [2 ** 32, '020000000100000000'],
    [2 ** 40 + 5, '020000010000000005'],
  ])('of a size of %i fill all eight octets', (size, header) => {
    const body = Object.defineProperty(Buffer.alloc(0), 'length', { value: size });
    const writer = new FrameWriter();
    writer.write(0, body);
    expect(writer.take()[0]!.toString('hex')).toBe(header);
  });

  it('of raw are unframed, by copy and by reference', () => {
    const writer = new FrameWriter();
    const large = pattern(COPY_MAX + 1);
    writer.raw(Buffer.from('greeting'));
    writer.raw(large);
    expect(taken(writer).equals(Buffer.concat([Buffer.from('greeting'), large]))).toBe(true);
  });

  it('of a Uint8Array are the same as of a Buffer, from any offset', () => {
    const memory = new Uint8Array(pattern(70_000));
    for (const size of [5, 40, 300, COPY_MAX + 1]) {
      const writer = new FrameWriter();
      writer.write(0, memory.subarray(3, 3 + size));
      const bytes = writer.take();
      expect(bytes.every(Buffer.isBuffer)).toBe(true);
      expect(Buffer.concat(bytes).equals(frame(0, memory.subarray(3, 3 + size)))).toBe(true);
    }
  });
});

describe('copies and references', () => {
  it.each([1, 255, 256, COPY_MAX])('copies a body of %i bytes: the sender may change it afterwards', (size) => {
    const body = pattern(size);
    const writer = new FrameWriter();
    writer.write(0, body);
    const expected = frame(0, body);
    body.fill(0xee);
    expect(taken(writer).equals(expected)).toBe(true);
  });

  it('passes on a body above COPY_MAX as the very same Buffer', () => {
    const body = pattern(COPY_MAX + 1);
    const writer = new FrameWriter();
    writer.write(0, body);
    expect(writer.take()[1]).toBe(body);
  });

  it('puts many small frames into one chunk', () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 100; i++) writer.write(0, Buffer.from('abc'));
    expect(writer.take()).toHaveLength(1);
  });
});

describe('pending, full, take', () => {
  it('pending counts every octet not yet taken', () => {
    const writer = new FrameWriter();
    expect(writer.pending).toBe(0);
    const counts = [0, 3, 300, COPY_MAX + 1, 3].map((size) => {
      writer.write(0, pattern(size));
      return writer.pending;
    });
    const sizes = [2, 5, 309, COPY_MAX + 10, 5];
    expect(counts).toEqual(sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size)));
    expect(taken(writer)).toHaveLength(counts.at(-1)!);
    expect(writer.pending).toBe(0);
  });

  it('full is said from FULL octets on, and no longer once they are taken', () => {
    const writer = new FrameWriter();
    writer.raw(Buffer.alloc(FULL - 3));
    expect(writer.full).toBe(false);
    writer.write(0, Buffer.alloc(0));
    expect(writer.full).toBe(false);
    writer.raw(Buffer.alloc(1));
    expect(writer.pending).toBe(FULL);
    expect(writer.full).toBe(true);
    writer.take();
    expect(writer.full).toBe(false);
  });

  it('pending and full count from the last take, wherever in a chunk that was', () => {
    const writer = new FrameWriter();
    writer.raw(Buffer.alloc(300));
    writer.take();
    // The second of these does not fit the first chunk, of 512 octets, any more.
    for (const size of [100, 200]) writer.raw(Buffer.alloc(size));
    expect(writer.pending).toBe(300);
    writer.raw(Buffer.alloc(FULL - 301));
    expect([writer.pending, writer.full]).toEqual([FULL - 1, false]);
    writer.raw(Buffer.alloc(1));
    expect([writer.pending, writer.full]).toEqual([FULL, true]);
  });

  it('full counts from the last take while all is still in one chunk', () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 4 * 1024; i++) writer.write(0, Buffer.alloc(98));
    writer.take();
    for (let pending = 100; pending < FULL; pending += 100) {
      writer.write(0, Buffer.alloc(98));
      expect([writer.pending, writer.full]).toEqual([pending, false]);
    }
  });

  it('full is said before a body that is copied would need another chunk', () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 200; i++) {
      while (!writer.full) writer.write(0, Buffer.alloc((i * 37) % (COPY_MAX + 1)));
      const slices = writer.take().length;
      if (i > 1) expect(slices).toBe(1);
      writer.written();
    }
  });

  it('take gives nothing when nothing is pending', () => {
    const writer = new FrameWriter();
    expect(writer.take()).toEqual([]);
    writer.write(0, Buffer.from('a'));
    writer.take();
    expect(writer.take()).toEqual([]);
  });

  it('bytes already taken never change before `written`, whatever is written afterwards', () => {
    const writer = new FrameWriter();
    const bytes: { live: Buffer; copy: Buffer }[] = [];
    for (let i = 0; i < 3000; i++) {
      writer.write(0, Buffer.alloc((i * 7) % 400, i));
      for (const live of i % 3 === 0 ? writer.take() : []) bytes.push({ live, copy: Buffer.from(live) });
    }
    expect(bytes.length).toBeGreaterThan(1000);
    expect(bytes.filter(({ live, copy }) => !live.equals(copy))).toEqual([]);
  });

  it('`written` leaves alone what was not taken, a body by reference among it', () => {
    const writer = new FrameWriter();
    writer.write(0, pattern(COPY_MAX + 1));
    writer.written();
    writer.write(0, Buffer.from('next'));
    expect(taken(writer)).toEqual(Buffer.concat([frame(0, pattern(COPY_MAX + 1)), Buffer.from('\0\x04next')]));
  });

  it('after `written` the chunk is filled anew, unless something is pending', () => {
    const writer = new FrameWriter();
    writer.write(0, Buffer.from('one'));
    const [one] = writer.take();
    writer.written();
    writer.write(0, Buffer.from('two'));
    writer.written();
    writer.write(0, Buffer.from('three'));
    const [both] = writer.take();
    expect([both!.buffer, both!.byteOffset]).toEqual([one!.buffer, one!.byteOffset]);
    expect(both).toEqual(Buffer.from('\0\x03two\0\x05three'));
  });
});

describe('chunks', () => {
  /** The size of the memory behind each chunk in turn, while frames of 100 bytes are written. */
  function chunkSizes(writer: FrameWriter, frames: number): number[] {
    const memories = new Set<ArrayBufferLike>();
    for (let i = 0; i < frames; i++) {
      writer.write(0, Buffer.alloc(98));
      for (const bytes of writer.take()) memories.add(bytes.buffer);
    }
    return [...memories].map((memory) => memory.byteLength);
  }

  it('begin small and double up to CHUNK, and stay there', () => {
    const sizes = chunkSizes(new FrameWriter(), 4000);
    expect(sizes.slice(0, 10)).toEqual([512, 1024, 2048, 4096, 8192, 16_384, 32_768, CHUNK, CHUNK, CHUNK]);
  });

  it('are as large as the body to be copied, where that is more', () => {
    const writer = new FrameWriter();
    writer.write(0, pattern(COPY_MAX));
    expect(writer.take().map((bytes) => bytes.buffer.byteLength)).toEqual([512, COPY_MAX]);
  });

  it('are not shared between two writers', () => {
    const [a, b] = [new FrameWriter(), new FrameWriter()];
    a.write(0, Buffer.from('a'));
    b.write(0, Buffer.from('b'));
    expect(a.take()[0]!.buffer).not.toBe(b.take()[0]!.buffer);
  });
});
