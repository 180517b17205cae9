// Chance for the library that is the same each time: keys and nonces then are, too, and what CURVE sends in one delivery can be held
// against what it sends in another.

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from './random.js';

const { randomBytes } = crypto;

export class Dice {
  #random = new Random(0);

  /** From now on `randomBytes` is ours. */
  install(): void {
    crypto.randomBytes = ((size: number) => this.#random.bytes(size)) as typeof randomBytes;
    syncBuiltinESMExports();
  }

  uninstall(): void {
    crypto.randomBytes = randomBytes;
    syncBuiltinESMExports();
  }

  /** The same throws again. */
  restart(): void {
    this.#random = new Random(0);
  }
}
