// `request` of REQ: one at a time, the others queue up. An attempt that is over is abandoned in the pattern, so that the
// socket may send again and a late reply is nobody's.

import { closedError } from '../errors.js';
import { type Deferred, deferred } from '../util/deferred.js';
import { Queue } from '../util/queue.js';
import type { Message } from './message.js';
import type { CheckedRequest, Operations, Requester } from './operations.js';
import { persist } from './requests.js';
import { unlessAborted } from './wait-options.js';

interface LockStep {
  abandon(): void;
}

export class LockStepRequests implements Requester {
  readonly #operations: Operations;
  readonly #pattern: LockStep;
  readonly #queue = new Queue<Deferred<void>>();
  #busy = false;

  constructor(operations: Operations, pattern: LockStep) {
    this.#operations = operations;
    this.#pattern = pattern;
  }

  async request(message: Message, options: CheckedRequest): Promise<Message> {
    if (this.#busy) await this.#turn(options.signal);
    this.#busy = true;
    try {
      return await persist(options, () => this.#attempt(message, options));
    } finally {
      this.#busy = false;
      this.#next();
    }
  }

  close(): void {
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) {
      waiting.reject(closedError());
    }
  }

  /** Whoever is next is busy from now on, not from when it hears of it. */
  #next(): void {
    const next = this.#queue.shift();
    this.#busy = next !== undefined;
    next?.resolve();
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const turn = deferred<void>();
    this.#queue.push(turn);
    if (signal === undefined) return turn.promise;
    try {
      await unlessAborted(turn.promise, signal);
      signal.throwIfAborted();
    } catch (error) {
      // It may have been this one's turn already.
      if (signal.aborted && !this.#queue.remove(turn) && !this.#operations.closed) this.#next();
      throw error;
    }
  }

  async #attempt(message: Message, { timeout, signal }: CheckedRequest): Promise<Message> {
    const { clock } = this.#operations.context;
    if (this.#operations.closed) throw closedError();
    const until = clock.now() + timeout;
    await this.#operations.send(message, { timeout, signal });
    try {
      const left = timeout < 0 ? -1 : Math.max(until - clock.now(), 0);
      return await this.#operations.receive({ timeout: left, signal });
    } catch (error) {
      if (!this.#operations.closed) this.#pattern.abandon();
      throw error;
    }
  }
}
