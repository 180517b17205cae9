// Keeps a flood from starving the event loop. Operations that can complete at once return resolved promises, and a loop
// over them never leaves the microtask queue: no timer fires, no byte arrives. So after a while an operation that could
// complete at once completes in the next turn of the loop instead.
//
// When a turn began nobody tells, so it is timed from the first look at the clock, and an immediate ends it: time in which the loop
// waited is not the operations'.

/** Operations between two looks at the clock: a look costs as much as a tenth of an operation. */
const OPERATIONS = 256;
/** Milliseconds that the operations of a turn may last. */
const SLICE = 5;

export class Turn {
  #left = OPERATIONS;
  /** Undefined: not looked at. */
  #startedAt: number | undefined;
  #next: Promise<void> | undefined;
  #goOn: (() => void) | undefined;

  /** No more operations complete in this turn: somebody's is due in the next. */
  get over(): boolean {
    return this.#next !== undefined;
  }

  /** Undefined: go on. A promise: the operation has been done, and its result is due when the promise resolves. */
  spend(): Promise<void> | undefined {
    if (--this.#left > 0) return undefined;
    return this.#next ?? this.#look();
  }

  #look(): Promise<void> | undefined {
    const now = performance.now();
    if (this.#startedAt === undefined) this.#begin(now);
    else if (now - this.#startedAt >= SLICE) {
      this.#next = new Promise((resolve) => {
        this.#goOn = resolve;
      });
      return this.#next;
    }
    this.#left = OPERATIONS;
    return undefined;
  }

  #begin(now: number): void {
    this.#startedAt = now;
    setImmediate(() => this.#end());
  }

  #end(): void {
    this.#left = OPERATIONS;
    this.#startedAt = undefined;
    if (this.#goOn === undefined) return;
    // What goes on does so here, and now.
    this.#begin(performance.now());
    this.#next = undefined;
    this.#goOn();
    this.#goOn = undefined;
  }
}
