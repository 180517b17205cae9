// Keeps a flood from starving the event loop. Operations that can complete at once return resolved promises, and a loop
// over them never leaves the microtask queue: no timer fires, no byte arrives. So after a while an operation that could
// complete at once completes in the next turn of the loop instead.

/** Operations between two looks at the clock: a look costs as much as a tenth of an operation. */
const OPERATIONS = 256;
/** Milliseconds that a run of operations may last. */
const SLICE = 5;

export class Turn {
  #left = OPERATIONS;
  /** Long ago, at first: `performance` is loaded by the first look. */
  #startedAt = 0;
  #next: Promise<void> | undefined;

  /** Somebody's operation is due in the next turn. */
  get pending(): boolean {
    return this.#next !== undefined;
  }

  /** Undefined: go on. A promise: the operation has been done, and its result is due when the promise resolves. */
  spend(): Promise<void> | undefined {
    if (--this.#left > 0) return undefined;
    return this.#next ?? this.#look();
  }

  #look(): Promise<void> | undefined {
    const now = performance.now();
    if (now - this.#startedAt < SLICE) {
      this.#left = OPERATIONS;
      return undefined;
    }
    this.#next = new Promise((resolve) => {
      setImmediate(() => {
        this.#next = undefined;
        this.#left = OPERATIONS;
        this.#startedAt = performance.now();
        resolve();
      });
    });
    return this.#next;
  }
}
