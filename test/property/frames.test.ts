// Framing as properties: the decoder equals a naive twin on bytes of every kind and in every cut, its fast place equals
// its slow one, what the encoder writes is what the decoder reads, and memory never runs ahead of the bytes received.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EAGER_BODY, FrameReader } from '../../src/protocol/frame-reader.js';
import { FrameWriter } from '../../src/protocol/frame-writer.js';
import { anyFrame, body, cutInto, hugeFrame, octets, sizes, streamOf } from '../support/arbitraries.js';
import { violationOf } from '../support/connections.js';
import { deliveries } from '../support/deliveries.js';
import { type Decoded, type Limits, naiveDecode } from '../support/naive-frames.js';
import { COMMAND, frame, MORE } from '../support/wire.js';

const stream = fc.oneof(streamOf(anyFrame), streamOf(anyFrame, hugeFrame), streamOf(anyFrame, octets(8)), octets(64));
const limits: fc.Arbitrary<Limits> = fc.oneof(
  fc.constant({ message: 2n ** 40n, command: 2n ** 40n }),
  fc.record({ message: fc.bigInt(0n, 300n), command: fc.bigInt(0n, 300n) }),
);

interface Read extends Decoded {
  /** The most the reader ever held beyond what it had received. */
  ahead: number;
}

/** What FrameReader makes of the chunks, in the words of the naive decoder. What it says it has copied is overwritten. */
function read(chunks: readonly Buffer[], { message, command }: Limits): Read {
  const reader = new FrameReader(Number(message), Number(command));
  const result: Read = { frames: [], violation: undefined, rest: 0, ahead: 0 };
  let received = 0;
  result.violation = violationOf(() => {
    for (const chunk of chunks.map((one) => Buffer.from(one))) {
      const copied = reader.copied;
      reader.push(chunk);
      received += chunk.length;
      while (reader.next()) result.frames.push({ flags: reader.flags, body: reader.body });
      if (reader.copied - copied === chunk.length) chunk.fill(0xdd);
      result.ahead = Math.max(result.ahead, reader.held - received);
    }
  });
  return result;
}

const outcome = ({ frames, violation }: Decoded) => ({ frames, violation });

describe('FrameReader', () => {
  it('equals the naive decoder, in any cut', () => {
    const property = fc.property(stream, limits, sizes, (bytes, limit, cuts) => {
      expect(outcome(read(cutInto(bytes, cuts), limit))).toEqual(outcome(naiveDecode(bytes, limit)));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('equals the naive decoder whole, byte by byte and split at every offset', () => {
    const property = fc.property(streamOf(anyFrame, octets(3)), limits, (bytes, limit) => {
      const expected = outcome(naiveDecode(bytes.subarray(0, 100), limit));
      for (const { name, chunks } of deliveries(bytes.subarray(0, 100))) {
        expect(outcome(read(chunks, limit)), name).toEqual(expected);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('★ gives on the fast place what it gives on the slow one', () => {
    // Byte by byte no frame ever lies whole in a chunk, so every one goes the slow way; whole, every message is fast.
    const property = fc.property(stream, limits, (bytes, limit) => {
      const slow = read(
        [...bytes].map((octet) => Buffer.of(octet)),
        limit,
      );
      expect(outcome(read([bytes], limit))).toEqual(outcome(slow));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('holds no more than the bytes received and EAGER_BODY, whatever is announced', () => {
    const huge = streamOf(anyFrame, hugeFrame);
    const generous = { message: 2n ** 52n, command: 2n ** 52n };
    const property = fc.property(huge, sizes, (bytes, cuts) => {
      expect(read(cutInto(bytes, cuts), generous).ahead).toBeLessThanOrEqual(EAGER_BODY);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** Frames to write, and now and then the wish to take what is there. */
const script = fc.array(
  fc.record({
    flags: fc.constantFrom(0, MORE, COMMAND),
    body: fc.oneof(
      { weight: 9, arbitrary: body },
      { weight: 1, arbitrary: fc.constantFrom(8192, 8193, 70_000).map((size) => Buffer.alloc(size, size)) },
    ),
    take: fc.boolean(),
  }),
  { maxLength: 40 },
);

describe('FrameWriter', () => {
  it('writes the bytes of RFC 23, wherever they are taken', () => {
    const property = fc.property(script, (steps) => {
      const expected = Buffer.concat(steps.map((step) => frame(step.flags, step.body)));
      expect(Buffer.concat(write(steps)).equals(expected)).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('changes no byte that was taken, however much is written after', () => {
    const property = fc.property(script, (steps) => {
      const writer = new FrameWriter();
      const taken: { live: Buffer; copy: Buffer }[] = [];
      for (const step of steps) {
        writer.write(step.flags, step.body);
        for (const live of step.take ? writer.take() : []) taken.push({ live, copy: Buffer.from(live) });
      }
      expect(taken.filter(({ live, copy }) => !live.equals(copy))).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is undone by FrameReader, in any cut', () => {
    const property = fc.property(script, sizes, (steps, cuts) => {
      const bytes = Buffer.concat(write(steps));
      const { frames, violation } = read(cutInto(bytes, cuts), { message: 2n ** 40n, command: 2n ** 40n });
      expect(violation).toBeUndefined();
      expect(frames.map(({ flags }) => flags)).toEqual(steps.map(({ flags }) => flags));
      expect(frames.every((given, i) => given.body.equals(steps[i]!.body))).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

function write(steps: readonly { flags: number; body: Buffer; take: boolean }[]): Buffer[] {
  const writer = new FrameWriter();
  const chunks: Buffer[] = [];
  for (const step of steps) {
    writer.write(step.flags, step.body);
    if (step.take) chunks.push(...writer.take());
  }
  return [...chunks, ...writer.take()];
}
