// The labels of the topic tree: bytes in blocks. A short label lies in its owner's block, a longer one in a chain of blocks, the
// first of which is named there. An owner is a node (a positive number) or a topic (the negative of its block's number).

import { BLOCK_WORDS, type Blocks } from '../util/blocks.js';

/** The word with a label's length in bytes, in both kinds of owner. */
const LENGTH = 1;
const NODE_LABEL = 4;
const NODE_ROOM = 8;
const TOPIC_LABEL = 7;
const TOPIC_ROOM = 36;
/** The first word of a block in a chain is the next block. */
const CHAINED_ROOM = 4 * (BLOCK_WORDS - 1);

export class TopicLabels {
  readonly #blocks: Blocks;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  lengthOf(owner: number): number {
    return this.#blocks.get(Math.abs(owner), LENGTH);
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
    const blocks = this.#blocks;
    let block = Math.abs(owner);
    let link = labelIn(owner);
    blocks.set(block, LENGTH, to - from);
    if (to - from <= roomIn(owner)) {
      this.#write(block, link, bytes, from, to);
      return;
    }
    for (let at = from; at < to; at += CHAINED_ROOM) {
      const next = blocks.take();
      blocks.set(block, link, next);
      this.#write(next, 1, bytes, at, Math.min(to, at + CHAINED_ROOM));
      block = next;
      link = 0;
    }
  }

  /** Takes an owner's label away. */
  drop(owner: number): void {
    const blocks = this.#blocks;
    const block = Math.abs(owner);
    let left = blocks.get(block, LENGTH);
    blocks.set(block, LENGTH, 0);
    if (left <= roomIn(owner)) return;
    let chained = blocks.get(block, labelIn(owner));
    for (; left > 0; left -= CHAINED_ROOM) {
      const next = blocks.get(chained, 0);
      blocks.free(chained);
      chained = next;
    }
  }

  /** Copies an owner's label to where it ends at `end`; returns where it begins. */
  copy(owner: number, target: Buffer, end: number): number {
    const block = Math.abs(owner);
    const length = this.#blocks.get(block, LENGTH);
    const begin = end - length;
    if (length <= roomIn(owner)) {
      this.#read(block, labelIn(owner), target, begin, end);
      return begin;
    }
    let chained = this.#blocks.get(block, labelIn(owner));
    for (let at = begin; at < end; at += CHAINED_ROOM) {
      this.#read(chained, 1, target, at, Math.min(end, at + CHAINED_ROOM));
      chained = this.#blocks.get(chained, 0);
    }
    return begin;
  }

  of(owner: number): Buffer {
    const length = this.lengthOf(owner);
    const label = Buffer.allocUnsafe(length);
    this.copy(owner, label, length);
    return label;
  }

  firstByteOf(owner: number): number {
    const word = this.#blocks.get(Math.abs(owner), labelIn(owner));
    return (this.lengthOf(owner) > roomIn(owner) ? this.#blocks.get(word, 1) : word) & 0xff;
  }

  #equalInChain(first: number, bytes: Buffer, at: number, most: number): number {
    const blocks = this.#blocks;
    let done = 0;
    for (let block = first; done < most; block = blocks.get(block, 0)) {
      const piece = Math.min(CHAINED_ROOM, most - done);
      const equal = equalBytes(blocks.wordsOf(block), blocks.startOf(block) + 1, bytes, at + done, piece);
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
