// A Clock whose time stands still until a test advances it. Timers fire in the order of their times, those of one time in
// the order they were set; between two of them the event loop gets a turn, so that what one causes happens before the next.

import type { Clock, Timer } from '../../src/core/clock.js';

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): Timer {
    const timer: Pending = { at: this.#now + Math.max(delay, 0), callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** A turn of the loop takes no time. */
  soon(callback: () => void): void {
    setImmediate(callback);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer fires; Infinity when none is set. */
  get next(): number {
    return Math.min(...[...this.#timers].map((timer) => timer.at));
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    await settle();
    const end = this.#now + ms;
    for (let timer = this.#due(end); timer !== undefined; timer = this.#due(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await settle();
    }
    this.#now = end;
  }

  #due(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}

/** Until everything that ticks and promises can cause has happened; the second turn is for what was put off to the next. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
