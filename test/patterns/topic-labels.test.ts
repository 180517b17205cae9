// Labels in chains of blocks, cut and joined where they lie: always the bytes they should be, for little work, in little memory.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopicLabels } from '../../src/patterns/topic-labels.js';
import { Blocks } from '../../src/util/blocks.js';

/** How often a block is looked at is the work. */
class CountingBlocks extends Blocks {
  looks = 0;
  taken = 0;

  override wordsOf(block: number): Int32Array {
    this.looks++;
    return super.wordsOf(block);
  }

  override take(): number {
    this.taken++;
    return super.take();
  }

  override free(block: number): void {
    this.taken--;
    super.free(block);
  }
}

function labelOf(labels: TopicLabels, owner: number): Buffer {
  const bytes = Buffer.alloc(labels.lengthOf(owner));
  labels.copy(owner, bytes, bytes.length);
  return bytes;
}

const counting = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 31) & 0xff));

it('S2 a label of a megabyte is not copied for each short topic before it', () => {
  const blocks = new CountingBlocks();
  const labels = new TopicLabels(blocks);
  const [topic, node] = [-blocks.take(), blocks.take()];
  const bytes = counting(1024 * 1024);
  labels.write(topic, bytes, 0, bytes.length);
  const { taken } = blocks;
  for (let length = 1; length <= 200; length++) {
    blocks.looks = 0;
    labels.split(topic, length, node);
    labels.join(node, topic);
    expect(blocks.looks).toBeLessThan(500);
  }
  expect(blocks.taken).toBeLessThan(taken + 10);
  expect(labelOf(labels, topic).equals(bytes)).toBe(true);
});

it('are the bytes they should be after any cuts and joins, in twice the blocks at most, and none when dropped', () => {
  const cuts = fc.array(fc.nat({ max: 1000 }), { maxLength: 40 });
  const kind = fc.constantFrom(1, -1);
  fc.assert(
    fc.property(fc.nat({ max: 1000 }), cuts, kind, kind, (length, cuts, upperKind, lowerKind) => {
      const blocks = new CountingBlocks();
      const labels = new TopicLabels(blocks);
      const [lower, upper] = [lowerKind * blocks.take(), upperKind * blocks.take()];
      const bytes = counting(length);
      labels.write(lower, bytes, 0, length);
      for (const cut of cuts) {
        const place = cut % (length + 1);
        if (place === length) continue;
        labels.split(lower, place, upper);
        expect(labelOf(labels, upper)).toEqual(bytes.subarray(0, place));
        expect(labelOf(labels, lower)).toEqual(bytes.subarray(place));
        expect(labels.firstByteOf(lower)).toBe(bytes[place]);
        expect(labels.shared(lower, bytes, place)).toBe(length - place);
        labels.join(upper, lower);
        expect(labels.lengthOf(upper)).toBe(0);
      }
      expect(labelOf(labels, lower)).toEqual(bytes);
      expect(blocks.taken - 2).toBeLessThanOrEqual(2 * Math.ceil(length / 56) + 1);
      labels.drop(lower);
      expect([blocks.taken, labels.lengthOf(lower)]).toEqual([2, 0]);
    }),
    { numRuns: 200 },
  );
});

it('S2 a label has no more blocks for having been cut at every byte, and joined with another rest each time', () => {
  const blocks = new CountingBlocks();
  const labels = new TopicLabels(blocks);
  const node = blocks.take();
  let topic = -blocks.take();
  const bytes = counting(2000);
  labels.write(topic, bytes, 0, bytes.length);
  for (let length = 1; length < bytes.length; length++) {
    labels.split(topic, length, node);
    labels.drop(topic);
    blocks.free(-topic);
    topic = -blocks.take();
    labels.write(topic, bytes, length, bytes.length);
    labels.join(node, topic);
    expect(blocks.taken - 2).toBeLessThanOrEqual(2 * Math.ceil(bytes.length / 56));
  }
  expect(labelOf(labels, topic).equals(bytes)).toBe(true);
});

it('says where a label differs, at whatever byte', () => {
  const blocks = new Blocks();
  const labels = new TopicLabels(blocks);
  const topic = -blocks.take();
  const bytes = counting(150);
  labels.write(topic, bytes, 0, bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other[at]! ^= 0x80;
    expect(labels.shared(topic, other, 0)).toBe(at);
    expect(labels.shared(topic, bytes.subarray(0, at), 0)).toBe(at);
  }
});
