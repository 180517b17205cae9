// Those who wait for something to become true of a socket, not for a message: each until it is, its time is up, its signal
// aborts, or the socket closes. They are asked in the order in which they came, whenever something may have changed.

import { zmqError } from '../errors.js';
import type { ContextCore } from './context.js';
import type { WaitOptions } from './wait-options.js';

/** The clock, and keeping the process alive while somebody waits. */
export type ConditionsContext = Pick<ContextCore, 'hold' | 'release' | 'runtime'>;

interface Condition<T> {
  readonly test: () => T | undefined;
  end(outcome: () => void): void;
  resolve(value: T): void;
  reject(error: Error): void;
}

export class Conditions<T> {
  readonly #context: ConditionsContext;
  readonly #waiting = new Set<Condition<T>>();

  constructor(context: ConditionsContext) {
    this.#context = context;
  }

  /** The first value that `test` gives. Rejects with EAGAIN when time is up, or with the signal's reason. */
  wait(test: () => T | undefined, { signal, timeout = -1 }: WaitOptions): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const value = test();
    if (value !== undefined) return Promise.resolve(value);
    if (timeout === 0) return Promise.reject(zmqError('EAGAIN'));
    return new Promise((resolve, reject) => this.#add({ test, resolve, reject }, timeout, signal));
  }

  /** Something may have become true. */
  check(): void {
    for (const condition of this.#waiting) {
      const value = condition.test();
      if (value !== undefined) condition.end(() => condition.resolve(value));
    }
  }

  close(error: Error): void {
    for (const condition of this.#waiting) condition.end(() => condition.reject(error));
  }

  #add(parts: Omit<Condition<T>, 'end'>, timeout: number, signal: AbortSignal | undefined): void {
    const end = (outcome: () => void): void => {
      this.#waiting.delete(condition);
      timer?.cancel();
      signal?.removeEventListener('abort', aborted);
      this.#context.release();
      outcome();
    };
    const condition: Condition<T> = { ...parts, end };
    const expired = (): void => end(() => parts.reject(zmqError('EAGAIN')));
    const timer = timeout > 0 ? this.#context.runtime.clock.after(timeout, expired) : undefined;
    const aborted = (): void => end(() => parts.reject(signal?.reason as Error));
    signal?.addEventListener('abort', aborted, { once: true });
    this.#waiting.add(condition);
    this.#context.hold();
  }
}
