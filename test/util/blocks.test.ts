// Blocks of words: whoever takes one has it alone, it is empty, and what is freed is used again or given back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_WORDS, Blocks } from '../../src/util/blocks.js';

const PAGE_BYTES = 256 * 1024;
/** Less the one that tells of the page. */
const PAGE_BLOCKS = PAGE_BYTES / (4 * BLOCK_WORDS) - 1;

function takeMany(blocks: Blocks, count: number): number[] {
  return Array.from({ length: count }, () => blocks.take());
}

describe('Blocks', () => {
  it('costs nothing until it is used, and little for a few', () => {
    const blocks = new Blocks();
    expect(blocks.bytes).toBe(0);
    takeMany(blocks, 3);
    expect(blocks.bytes).toBe(256);
  });

  it('keeps what was written while the first page grows and others come', () => {
    const blocks = new Blocks();
    const taken = takeMany(blocks, 3 * PAGE_BLOCKS);
    for (const [index, block] of taken.entries()) {
      for (let word = 0; word < BLOCK_WORDS; word++) blocks.set(block, word, index * BLOCK_WORDS + word);
    }
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).not.toContain(0);
    const wrong = taken.filter((block, index) => {
      const words = blocks.wordsOf(block).subarray(blocks.startOf(block), blocks.startOf(block) + BLOCK_WORDS);
      return words.some((value, word) => value !== index * BLOCK_WORDS + word);
    });
    expect(wrong).toEqual([]);
    expect(blocks.bytes).toBe(3 * PAGE_BYTES);
  });

  it('hands out what was freed before it grows, and empty', () => {
    const blocks = new Blocks();
    const taken = takeMany(blocks, 2 * PAGE_BLOCKS);
    for (const block of taken) for (let word = 0; word < BLOCK_WORDS; word++) blocks.set(block, word, -1);
    const freed = taken.filter((_, index) => index % 3 === 0);
    for (const block of freed) blocks.free(block);
    const again = takeMany(blocks, freed.length);
    expect([...again].sort((a, b) => a - b)).toEqual(freed);
    for (const block of again) expect(blocks.get(block, BLOCK_WORDS - 1) | blocks.get(block, 0)).toBe(0);
    expect(blocks.bytes).toBe(2 * PAGE_BYTES);
  });

  it('gives pages back that nobody uses, but one', () => {
    const blocks = new Blocks();
    const taken = takeMany(blocks, 4 * PAGE_BLOCKS);
    const [kept] = taken.splice(2 * PAGE_BLOCKS, 1);
    for (const block of taken) blocks.free(block);
    expect(blocks.bytes).toBe(2 * PAGE_BYTES);
    blocks.free(kept!);
    expect(blocks.bytes).toBe(PAGE_BYTES);
    takeMany(blocks, 4 * PAGE_BLOCKS);
    expect(blocks.bytes).toBe(4 * PAGE_BYTES);
  });

  it('makes no page each time that a block beyond the last one is taken and freed', () => {
    const blocks = new Blocks();
    takeMany(blocks, PAGE_BLOCKS);
    const block = blocks.take();
    const words = blocks.wordsOf(block);
    blocks.free(block);
    expect(blocks.wordsOf(blocks.take())).toBe(words);
  });

  it.each([0, 1, 2, 3])('makes no page each time that blocks come and go, %i in the page before', (before) => {
    const blocks = new Blocks();
    takeMany(blocks, PAGE_BLOCKS - before);
    const pages = new Set<Int32Array>();
    for (let round = 0; round < 10; round++) {
      const few = takeMany(blocks, 3);
      for (const block of few) pages.add(blocks.wordsOf(block));
      for (const block of few) blocks.free(block);
    }
    expect(pages.size).toBeLessThanOrEqual(2);
  });

  it('never hands out one that is taken, whatever is taken and freed', () => {
    const step = fc.record({ take: fc.nat({ max: 3000 }), free: fc.nat({ max: 3000 }), from: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const blocks = new Blocks();
        const taken = new Set<number>();
        let most = 0;
        for (const { take, free, from } of steps) {
          for (const block of takeMany(blocks, take)) {
            if (taken.has(block) || blocks.get(block, 5) !== 0) throw new Error(`${block} is taken`);
            taken.add(block);
            blocks.set(block, 5, block);
          }
          most = Math.max(most, taken.size);
          for (const block of [...taken].slice(from % (taken.size + 1)).slice(0, free)) {
            taken.delete(block);
            blocks.free(block);
          }
          for (const block of taken) if (blocks.get(block, 5) !== block) throw new Error(`${block} was written to`);
          // No more than the most that was ever taken needs, and an empty one.
          expect(blocks.bytes).toBeLessThanOrEqual((Math.ceil(most / PAGE_BLOCKS) + 1) * PAGE_BYTES);
        }
      }),
      { numRuns: 60 },
    );
  });
});
