// The inputs worth changing: each did something that none before it had done.

import { type Input, knownSize } from './input.js';
import type { Random } from './random.js';

/** For each target; then a new one takes the place of any. */
const ENTRIES_MAX = 2000;

export class Corpus {
  readonly #byTarget = new Map<string, Input[]>();
  readonly #signatures = new Set<string>();
  readonly #places = new Set<string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return [...this.#byTarget.values()].reduce((sum, inputs) => sum + inputs.length, 0);
  }

  /** Places of the code that some input has reached. */
  get places(): number {
    return this.#places.size;
  }

  /** Keeps the input when its outcome is a new one. */
  offer(input: Input, signature: string): void {
    if (this.#signatures.has(signature)) return;
    this.#signatures.add(signature);
    this.add(input);
  }

  add(input: Input): void {
    const inputs = this.#byTarget.get(input.target) ?? [];
    this.#byTarget.set(input.target, inputs);
    if (inputs.length < ENTRIES_MAX) inputs.push(input);
    else inputs[this.#random.below(ENTRIES_MAX)] = input;
  }

  /** Of these places, the ones that nothing has reached before; from now on they are known. */
  discover(places: ReadonlySet<string>): Set<string> {
    const fresh = new Set([...places].filter((place) => !this.#places.has(place)));
    for (const place of fresh) this.#places.add(place);
    return fresh;
  }

  /** Any; of two the smaller: what is small is tried faster. */
  pick(target: string): Input | undefined {
    const inputs = this.#byTarget.get(target);
    if (inputs === undefined) return undefined;
    const [one, other] = [this.#random.pick(inputs), this.#random.pick(inputs)];
    return knownSize(one) < knownSize(other) ? one : other;
  }
}
