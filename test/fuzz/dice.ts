// Chance for the library that is the same each time: keys and nonces then are, too, and what CURVE sends in one delivery can be held
// against what it sends in another.

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from './random.js';

const { randomBytes, randomFillSync } = crypto;

export class Dice {
  #random = new Random(0);

  /** From now on `randomBytes` and `randomFillSync` are ours. */
  install(): void {
    crypto.randomBytes = ((size: number) => this.#random.bytes(size)) as typeof randomBytes;
    crypto.randomFillSync = ((bytes: Buffer) => {
      bytes.set(this.#random.bytes(bytes.length));
      return bytes;
    }) as typeof randomFillSync;
    syncBuiltinESMExports();
  }

  uninstall(): void {
    Object.assign(crypto, { randomBytes, randomFillSync });
    syncBuiltinESMExports();
  }

  /** The same throws again. */
  restart(): void {
    this.#random = new Random(0);
  }
}
