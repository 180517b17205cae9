// Chance from a seed: the same seed gives the same inputs, on every machine.

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(((this.#generator.next() >>> 0) / 0x1_0000_0000) * limit);
  }

  /** True once in `often` times. */
  once(often: number): boolean {
    return this.below(often) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Small numbers much more often than large ones, up to and including `max`. */
  skewed(max: number): number {
    const bits = this.below(Math.ceil(Math.log2(max + 1)) + 1);
    return Math.min(max, this.below(2 ** bits));
  }

  bytes(size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; at++) bytes[at] = this.#generator.next();
    return bytes;
  }

  /** A list of up to `max` items, made by `make`. */
  list<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.below(max + 1) }, make);
  }
}
