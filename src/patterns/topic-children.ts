// The children of a node of the topic tree, by the first byte of each one's label. Up to 16 lie in the node itself and in one block
// more, eight in each. When there are more, those beyond the node's own eight lie under an index: a block with a word for each high
// half of a byte, which names a block with a child for each low half. So to follow one byte is to read three blocks at most, and two
// where a node has up to 16 children.
//
// Nothing but the bytes themselves says where a child is, so no choice of topics makes it slow. Invariant: a block of eight is dense,
// behind its first 0 there is nothing; there is a further block or an index only where the node's own eight are taken; neither is
// empty, nor is any block that an index names.

import { BLOCK_WORDS, type Blocks } from '../util/blocks.js';

// The words of a node, and of its further block, that are for its children; the others are topic-tree.ts's.
/** The node's further block; or the negative of its index's number; 0: neither. */
const MORE = 3;
/** The first bytes of the children's labels, four in a word. */
const BYTES = 6;
const CHILDREN = 8;
const CHILDREN_IN_BLOCK = 8;

const END = 256;
/** So few under an index go back to a further block: four less than made the index, or one that comes and goes would make it each time. */
const FEW = 4;

export class TopicChildren {
  readonly #blocks: Blocks;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** A node's child at a place; 0: it has not so many. */
  at(node: number, place: 0 | 1): number {
    return this.#blocks.get(node, CHILDREN + place);
  }

  /** `byte`: one for which there is no child yet. */
  add(node: number, byte: number, child: number): void {
    if (this.#append(node, byte, child)) return;
    const more = this.#blocks.get(node, MORE) || this.#takeMore(node);
    if (more < 0) this.#setUnder(-more, byte, child);
    else if (!this.#append(more, byte, child)) this.#setUnder(this.#widen(node), byte, child);
  }

  /** Puts another in the place of the child that is there for `byte`. */
  replace(node: number, byte: number, by: number): void {
    const more = this.#blocks.get(node, MORE);
    const place = this.#placeIn(node, byte);
    if (place >= 0) this.#blocks.set(node, CHILDREN + place, by);
    else if (more > 0) this.#blocks.set(more, CHILDREN + this.#placeIn(more, byte), by);
    else this.#setUnder(-more, byte, by);
  }

  /** Removes the child that is there for `byte`. */
  remove(node: number, byte: number): void {
    const more = this.#blocks.get(node, MORE);
    if (more < 0) this.#removeFromWide(node, -more, byte);
    else this.#removeFromNarrow(node, more || node, byte);
  }

  /** The last child, in the block `last`, goes where the removed one was. */
  #removeFromNarrow(node: number, last: number, byte: number): void {
    const blocks = this.#blocks;
    const place = this.#countIn(last) - 1;
    const inNode = this.#placeIn(node, byte);
    const hole = inNode < 0 ? last : node;
    this.#set(hole, this.#placeIn(hole, byte), this.#byteAt(last, place), blocks.get(last, CHILDREN + place));
    this.#set(last, place, 0, 0);
    if (place > 0 || last === node) return;
    blocks.set(node, MORE, 0);
    blocks.free(last);
  }

  /** One from under the index goes where one of the node's own eight was. */
  #removeFromWide(node: number, index: number, byte: number): void {
    const place = this.#placeIn(node, byte);
    const gone = place < 0 ? byte : this.#nextUnder(index, 0);
    if (place >= 0) this.#set(node, place, gone, childUnder(this.#blocks, index, gone));
    this.#removeUnder(index, gone);
    if (this.#hasFew(index)) this.#narrow(node, index);
  }

  /** Puts an index in the place of a full further block; returns it. */
  #widen(node: number): number {
    const blocks = this.#blocks;
    const more = blocks.get(node, MORE);
    const index = blocks.take();
    for (let place = 0; place < CHILDREN_IN_BLOCK; place++) {
      this.#setUnder(index, this.#byteAt(more, place), blocks.get(more, CHILDREN + place));
    }
    blocks.free(more);
    blocks.set(node, MORE, -index);
    return index;
  }

  /** Puts a further block in the place of an index. */
  #narrow(node: number, index: number): void {
    const more = this.#takeMore(node);
    for (let byte = this.#nextUnder(index, 0); byte < END; byte = this.#nextUnder(index, byte + 1)) {
      this.#append(more, byte, childUnder(this.#blocks, index, byte));
      this.#removeUnder(index, byte);
    }
    this.#blocks.free(index);
  }

  #takeMore(node: number): number {
    const more = this.#blocks.take();
    this.#blocks.set(node, MORE, more);
    return more;
  }

  #hasFew(index: number): boolean {
    let byte = -1;
    for (let count = 0; count <= FEW; count++) {
      byte = this.#nextUnder(index, byte + 1);
      if (byte === END) return true;
    }
    return false;
  }

  /** The first byte, from `from` on, for which there is a child under an index; or END. */
  #nextUnder(index: number, from: number): number {
    let byte = from;
    while (byte < END) {
      const low = this.#blocks.get(index, byte >>> 4);
      if (low === 0) byte = (byte | 15) + 1;
      else if (this.#blocks.get(low, byte & 15) !== 0) return byte;
      else byte++;
    }
    return END;
  }

  #setUnder(index: number, byte: number, child: number): void {
    let low = this.#blocks.get(index, byte >>> 4);
    if (low === 0) {
      low = this.#blocks.take();
      this.#blocks.set(index, byte >>> 4, low);
    }
    this.#blocks.set(low, byte & 15, child);
  }

  #removeUnder(index: number, byte: number): void {
    const blocks = this.#blocks;
    const low = blocks.get(index, byte >>> 4);
    blocks.set(low, byte & 15, 0);
    for (let word = 0; word < BLOCK_WORDS; word++) if (blocks.get(low, word) !== 0) return;
    blocks.set(index, byte >>> 4, 0);
    blocks.free(low);
  }

  /** Whether a block of eight had room for one more. */
  #append(block: number, byte: number, child: number): boolean {
    const place = this.#countIn(block);
    if (place === CHILDREN_IN_BLOCK) return false;
    this.#set(block, place, byte, child);
    return true;
  }

  #countIn(block: number): number {
    let count = 0;
    while (count < CHILDREN_IN_BLOCK && this.#blocks.get(block, CHILDREN + count) !== 0) count++;
    return count;
  }

  #placeIn(block: number, byte: number): number {
    return placeOf(this.#blocks.wordsOf(block), this.#blocks.startOf(block), byte);
  }

  #byteAt(block: number, place: number): number {
    return (this.#blocks.get(block, BYTES + (place >>> 2)) >>> ((place & 3) << 3)) & 0xff;
  }

  #set(block: number, place: number, byte: number, child: number): void {
    const blocks = this.#blocks;
    const word = BYTES + (place >>> 2);
    const shift = (place & 3) << 3;
    blocks.set(block, word, (blocks.get(block, word) & ~(0xff << shift)) | (byte << shift));
    blocks.set(block, CHILDREN + place, child);
  }
}

/** A node's child for `byte`; 0: there is none. */
export function childOf(blocks: Blocks, node: number, byte: number): number {
  let block = node;
  do {
    const words = blocks.wordsOf(block);
    const start = blocks.startOf(block);
    const place = placeOf(words, start, byte);
    if (place >= 0) return words[start + CHILDREN + place]!;
    block = words[start + MORE]!;
  } while (block > 0);
  return block === 0 ? 0 : childUnder(blocks, -block, byte);
}

function childUnder(blocks: Blocks, index: number, byte: number): number {
  const low = blocks.get(index, byte >>> 4);
  return low === 0 ? 0 : blocks.get(low, byte & 15);
}

/** The place of the child for `byte` in a block of eight; where it has none, -1, or for byte 0 the place of no child. */
function placeOf(words: Int32Array, start: number, byte: number): number {
  const wanted = Math.imul(byte, 0x01010101);
  const match = zeroBytes(words[start + BYTES]! ^ wanted);
  if (match !== 0) return (31 - Math.clz32(match & -match)) >>> 3;
  const second = zeroBytes(words[start + BYTES + 1]! ^ wanted);
  return second === 0 ? -1 : 4 + ((31 - Math.clz32(second & -second)) >>> 3);
}

/** 0x80 in the lowest byte that is 0, and perhaps in some above it; 0 when there is none. */
function zeroBytes(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}
