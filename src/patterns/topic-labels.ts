// The labels of the topic tree: bytes in blocks. A short label lies in its owner's block, a longer one in a chain of blocks, the
// first of which is named there. An owner is a node (a positive number) or a topic (the negative of its block's number).
//
// A chain is cut and linked where it lies, and so is no dearer to split or to join than the bytes before that place: else a peer with a
// topic of megabytes could have it copied by each topic of a byte.

import { BLOCK_WORDS, type Blocks } from '../util/blocks.js';

/** The word with a label's length in bytes, in both kinds of owner. */
const LENGTH = 1;
const NODE_LABEL = 4;
const NODE_ROOM = 8;
const TOPIC_LABEL = 7;
const TOPIC_ROOM = 36;

// The words of a block in a chain.
const NEXT = 0;
/** Its bytes: a block that was cut is not full. */
const USED = 1;
const BYTES = 2;
const CHAINED_ROOM = 4 * (BLOCK_WORDS - BYTES);

export class TopicLabels {
  readonly #blocks: Blocks;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  lengthOf(owner: number): number {
    return this.#blocks.get(Math.abs(owner), LENGTH);
  }

  firstByteOf(owner: number): number {
    const word = this.#blocks.get(Math.abs(owner), labelIn(owner));
    return (this.#isChained(owner) ? this.#blocks.get(word, BYTES) : word) & 0xff;
  }

  /** How many of the label's first bytes are those of `bytes` from `at` on. */
  shared(owner: number, bytes: Buffer, at: number): number {
    const block = Math.abs(owner);
    const words = this.#blocks.wordsOf(block);
    const start = this.#blocks.startOf(block);
    const length = words[start + LENGTH]!;
    const most = Math.min(length, bytes.length - at);
    const label = start + labelIn(owner);
    if (length <= roomIn(owner)) return equalBytes(words, label, bytes, at, most);
    return this.#equalInChain(words[label]!, bytes, at, most);
  }

  /** Gives a label to an owner that has none: `bytes` from `from` to `to`. */
  write(owner: number, bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    if (length > roomIn(owner)) this.#give(owner, this.#newChain(bytes, from, to), length);
    else {
      this.#blocks.set(Math.abs(owner), LENGTH, length);
      this.#write(Math.abs(owner), labelIn(owner), bytes, from, to);
    }
  }

  /** Copies an owner's label to where it ends at `end`; returns where it begins. */
  copy(owner: number, target: Buffer, end: number): number {
    const block = Math.abs(owner);
    const begin = end - this.lengthOf(owner);
    if (this.#isChained(owner)) this.#copyChain(this.#blocks.get(block, labelIn(owner)), target, begin);
    else this.#read(block, labelIn(owner), target, begin, end);
    return begin;
  }

  /** Takes an owner's label away. */
  drop(owner: number): void {
    const block = Math.abs(owner);
    if (this.#isChained(owner)) this.#freeChain(this.#blocks.get(block, labelIn(owner)));
    this.#blocks.set(block, LENGTH, 0);
  }

  /** Gives the first `length` bytes of the label of `lower` to `upper`, which has none. */
  split(lower: number, length: number, upper: number): void {
    if (length === 0) return;
    const rest = this.lengthOf(lower) - length;
    const first = this.#takeChain(lower);
    const second = this.#cut(first, length);
    this.#give(upper, first, length);
    this.#give(lower, second, rest);
  }

  /** Puts the label of `upper`, which has none then, in front of that of `lower`. */
  join(upper: number, lower: number): void {
    const length = this.lengthOf(upper) + this.lengthOf(lower);
    const first = this.#takeChain(upper);
    const second = this.#takeChain(lower);
    if (first !== 0 && second !== 0) this.#link(first, second);
    this.#give(lower, first || second, length);
  }

  #isChained(owner: number): boolean {
    return this.lengthOf(owner) > roomIn(owner);
  }

  /** An owner's label as a chain, which is the owner's no more; 0 when it has none. */
  #takeChain(owner: number): number {
    const block = Math.abs(owner);
    const length = this.lengthOf(owner);
    if (length === 0) return 0;
    this.#blocks.set(block, LENGTH, 0);
    if (length > roomIn(owner)) return this.#blocks.get(block, labelIn(owner));
    const chain = this.#blocks.take();
    this.#blocks.set(chain, USED, length);
    for (let word = 0; word < length; word += 4) {
      this.#blocks.set(chain, BYTES + (word >>> 2), this.#blocks.get(block, labelIn(owner) + (word >>> 2)));
    }
    return chain;
  }

  /** Makes a chain the label of an owner that has none. */
  #give(owner: number, chain: number, length: number): void {
    const block = Math.abs(owner);
    this.#blocks.set(block, LENGTH, length);
    if (length > roomIn(owner)) {
      this.#blocks.set(block, labelIn(owner), chain);
      return;
    }
    const bytes = Buffer.allocUnsafe(length);
    this.#copyChain(chain, bytes, 0);
    this.#write(block, labelIn(owner), bytes, 0, length);
    this.#freeChain(chain);
  }

  #newChain(bytes: Buffer, from: number, to: number): number {
    const blocks = this.#blocks;
    const first = blocks.take();
    let block = first;
    for (let at = from; at < to; at += CHAINED_ROOM) {
      if (at > from) {
        const next = blocks.take();
        blocks.set(block, NEXT, next);
        block = next;
      }
      const end = Math.min(to, at + CHAINED_ROOM);
      blocks.set(block, USED, end - at);
      this.#write(block, BYTES, bytes, at, end);
    }
    return first;
  }

  #freeChain(first: number): void {
    for (let block = first; block !== 0; ) {
      const next = this.#blocks.get(block, NEXT);
      this.#blocks.free(block);
      block = next;
    }
  }

  #copyChain(first: number, target: Buffer, begin: number): void {
    const blocks = this.#blocks;
    let at = begin;
    for (let block = first; block !== 0; block = blocks.get(block, NEXT)) {
      const end = at + blocks.get(block, USED);
      this.#read(block, BYTES, target, at, end);
      at = end;
    }
  }

  /** Ends a chain after `length` bytes, of more; returns the chain of the others. */
  #cut(first: number, length: number): number {
    const blocks = this.#blocks;
    let before = 0;
    let block = first;
    let at = length;
    for (; at > blocks.get(block, USED); block = blocks.get(block, NEXT)) {
      at -= blocks.get(block, USED);
      before = block;
    }
    const next = blocks.get(block, NEXT);
    const used = blocks.get(block, USED);
    blocks.set(block, NEXT, 0);
    if (at === used) return next;
    const rest = this.#newChain(this.#bytesOf(block), at, used);
    blocks.set(block, USED, at);
    if (next !== 0) this.#meet(rest, next);
    if (before !== 0) this.#meet(before, block);
    return rest;
  }

  /** Puts a chain behind another. */
  #link(first: number, second: number): void {
    let last = first;
    while (this.#blocks.get(last, NEXT) !== 0) last = this.#blocks.get(last, NEXT);
    this.#meet(last, second);
  }

  /**
   * Puts a block, and those behind it, behind one that was the last. Two that fit into one become one: no two neighbours in a chain
   * ever do, or a label that is cut and joined byte after byte would have a block for each.
   */
  #meet(last: number, next: number): void {
    const blocks = this.#blocks;
    const used = blocks.get(last, USED) + blocks.get(next, USED);
    if (used > CHAINED_ROOM) {
      blocks.set(last, NEXT, next);
      return;
    }
    const bytes = Buffer.concat([this.#bytesOf(last), this.#bytesOf(next)]);
    this.#write(last, BYTES, bytes, 0, used);
    blocks.set(last, USED, used);
    blocks.set(last, NEXT, blocks.get(next, NEXT));
    blocks.free(next);
  }

  /** Those of one block in a chain. */
  #bytesOf(block: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.#blocks.get(block, USED));
    this.#read(block, BYTES, bytes, 0, bytes.length);
    return bytes;
  }

  #equalInChain(first: number, bytes: Buffer, at: number, most: number): number {
    const blocks = this.#blocks;
    let done = 0;
    for (let block = first; done < most; block = blocks.get(block, NEXT)) {
      const piece = Math.min(blocks.get(block, USED), most - done);
      const equal = equalBytes(blocks.wordsOf(block), blocks.startOf(block) + BYTES, bytes, at + done, piece);
      done += equal;
      if (equal < piece) break;
    }
    return done;
  }

  #write(block: number, word: number, bytes: Buffer, from: number, to: number): void {
    const words = this.#blocks.wordsOf(block);
    let target = this.#blocks.startOf(block) + word;
    let at = from;
    for (; at + 4 <= to; at += 4) words[target++] = wordOf(bytes, at);
    if (at === to) return;
    let rest = 0;
    for (let shift = 0; at < to; shift += 8) rest |= bytes[at++]! << shift;
    words[target] = rest;
  }

  #read(block: number, word: number, target: Buffer, from: number, to: number): void {
    const words = this.#blocks.wordsOf(block);
    const start = this.#blocks.startOf(block) + word;
    for (let at = 0; at < to - from; at++) target[from + at] = words[start + (at >>> 2)]! >>> ((at & 3) << 3);
  }
}

function labelIn(owner: number): number {
  return owner > 0 ? NODE_LABEL : TOPIC_LABEL;
}

function roomIn(owner: number): number {
  return owner > 0 ? NODE_ROOM : TOPIC_ROOM;
}

/** Of `most` bytes from the word `start` on, and as many of `bytes`, how many are equal before the first that differ. */
function equalBytes(words: Int32Array, start: number, bytes: Buffer, at: number, most: number): number {
  let done = 0;
  for (; done + 4 <= most; done += 4) {
    const difference = words[start + (done >>> 2)]! ^ wordOf(bytes, at + done);
    if (difference !== 0) return done + ((31 - Math.clz32(difference & -difference)) >>> 3);
  }
  if (done === most) return done;
  for (let rest = words[start + (done >>> 2)]!; done < most; done++, rest >>>= 8) {
    if ((rest & 0xff) !== bytes[at + done]) return done;
  }
  return done;
}

/** Four bytes; the first is the lowest. */
function wordOf(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
