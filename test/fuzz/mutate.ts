// Changes an input: its pieces as pieces (drop, double, swap, splice, a new one by the grammar), their lengths and bytes, and how it
// is delivered. A piece whose bytes are not known yet gets its changes noted, to be made when it is spoken.

import type { Grammar } from './grammar.js';
import { type Edit, edited, type Input, knownSize, type Piece } from './input.js';
import type { Random } from './random.js';
import { targetNamed } from './targets.js';

/** Inputs stay small: a thousand small ones find more than a large one. */
const BYTES_MAX = 2048;
const PIECES_MAX = 24;
const INTERESTING = [0, 1, 2, 4, 5, 8, 0x7f, 0x80, 0xfe, 0xff];

export class Mutator {
  readonly #random: Random;
  readonly #grammar: Grammar;

  constructor(random: Random, grammar: Grammar) {
    this.#random = random;
    this.#grammar = grammar;
  }

  /** @param other of the same target, to take pieces from */
  mutated(input: Input, other: Input): Input {
    let result = input;
    for (let left = 1 + this.#random.skewed(4); left > 0; left--) {
      const next = this.#once(result, other);
      if (next.pieces.length <= PIECES_MAX && knownSize(next) <= Math.max(BYTES_MAX, knownSize(input))) result = next;
    }
    return result;
  }

  #once(input: Input, other: Input): Input {
    const random = this.#random;
    switch (random.below(16)) {
      case 0:
        return { ...input, cuts: this.#grammar.cuts() };
      case 1:
        return { ...input, answers: random.list(4, () => random.once(2)) };
      case 2:
        return { ...input, deeds: this.#grammar.deeds(), admit: this.#grammar.admit() };
      case 3:
        return { ...input, maxMessageSize: random.pick([0, 1, 20, 300, Number.MAX_SAFE_INTEGER]) };
      case 4:
      case 5:
      case 6:
      case 7:
        return { ...input, pieces: this.#rearranged(input, other) };
      default:
        return { ...input, pieces: this.#changed(input.pieces) };
    }
  }

  #rearranged({ pieces, target }: Input, other: Input): Piece[] {
    const random = this.#random;
    const at = this.#place(pieces.length + 1);
    const [before, after] = [pieces.slice(0, at), pieces.slice(at)];
    switch (random.below(6)) {
      case 0:
        return [...before, ...after.slice(1)];
      case 1:
        return [...before, ...after.slice(0, 1 + random.skewed(3)), ...after];
      case 2:
        return [...after.slice(0, 1), ...before, ...after.slice(1)];
      case 3:
        return [...before, this.#grammar.piece(targetNamed(target)), ...after];
      case 4:
        return [...before, ...other.pieces.slice(random.below(other.pieces.length + 1))];
      default:
        return before;
    }
  }

  #changed(pieces: readonly Piece[]): Piece[] {
    if (pieces.length === 0) return [];
    const at = this.#place(pieces.length);
    return pieces.map((piece, i) => (i === at ? this.#edited(piece) : piece));
  }

  /** Mostly behind greeting and READY: what breaks these tries nothing else. */
  #place(count: number): number {
    const random = this.#random;
    return count <= 2 || random.once(4) ? random.below(count) : 2 + random.below(count - 2);
  }

  #edited(piece: Piece): Piece {
    if (!Buffer.isBuffer(piece)) return { ...piece, edits: [...piece.edits, this.#edit(300)].slice(-8) };
    if (this.#random.once(3)) return this.#relengthened(piece);
    return edited(piece, [this.#edit(piece.length)]);
  }

  #edit(size: number): Edit {
    const random = this.#random;
    // Places at the front mean more than those in a body.
    const at = random.once(2) ? random.skewed(Math.max(size - 1, 0)) : random.below(Math.max(size, 1));
    switch (random.below(6)) {
      case 0:
        return { op: 'cut', at, size: 1 + random.skewed(16) };
      case 1:
        return { op: 'double', at, size: 1 + random.skewed(64) };
      case 2:
        return {
          op: 'insert',
          at,
          bytes: random.once(2) ? random.bytes(1 + random.skewed(16)) : Buffer.of(random.pick(INTERESTING)),
        };
      case 3:
        return { op: 'xor', at, value: 1 + random.below(255) };
      default:
        return { op: 'xor', at, value: 1 << random.below(8) };
    }
  }

  /** Adds a little to, or replaces, what may be a length of one, four or eight octets. */
  #relengthened(bytes: Buffer): Buffer {
    const random = this.#random;
    const width = random.pick([1, 1, 4, 8]);
    if (bytes.length < width) return bytes;
    const at = random.once(2) ? Math.min(1, bytes.length - width) : random.below(bytes.length - width + 1);
    const changed = Buffer.from(bytes);
    if (random.once(3)) {
      changed.fill(0, at, at + width);
      changed[at + random.below(width)] = random.pick(INTERESTING);
      return changed;
    }
    const little = random.below(9) - 4;
    const last = at + width - 1;
    changed[last] = changed[last]! + little;
    return changed;
  }
}
