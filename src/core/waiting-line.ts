// Those who wait for one direction of a socket, first come first served: each until it is served, its time is up, its
// signal aborts, or the socket closes. Whoever leaves takes its timer and its listener with it.

import { closedError, zmqError } from '../errors.js';
import { Queue } from '../util/queue.js';
import type { Clock, Timer } from './clock.js';
import type { Message } from './message.js';

export interface LineContext {
  readonly clock: Clock;
  /** Keep the process alive while somebody waits. */
  hold(): void;
  release(): void;
}

/** Somebody waiting; `message` is what a sender wants to send. */
class Waiter {
  readonly message: Message | undefined;
  readonly resolve: (message?: Message) => void;
  readonly reject: (error: Error) => void;
  timer: Timer | undefined;
  signal: AbortSignal | undefined;
  aborted: (() => void) | undefined;

  constructor(message: Message | undefined, resolve: (message?: Message) => void, reject: (error: Error) => void) {
    this.message = message;
    this.resolve = resolve;
    this.reject = reject;
  }
}

export class WaitingLine {
  readonly #waiters = new Queue<Waiter>();
  readonly #context: LineContext;
  readonly #left: () => void;

  /** @param left called when somebody gave up: who stood behind may be luckier */
  constructor(context: LineContext, left: () => void) {
    this.#context = context;
    this.#left = left;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** What the first in the line wants to send. */
  get message(): Message | undefined {
    return this.#waiters.peek()?.message;
  }

  /** @param timeout ms; -1 without end. 0 is for the caller to refuse */
  join(message: Message | undefined, timeout: number, signal: AbortSignal | undefined): Promise<Message | undefined> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(message, resolve, reject);
      if (timeout > 0) {
        waiter.timer = this.#context.clock.after(timeout, () => this.#giveUp(waiter, zmqError('EAGAIN')));
      }
      if (signal !== undefined) this.#listen(waiter, signal);
      this.#waiters.push(waiter);
      this.#context.hold();
    });
  }

  /** The first in the line has what it waited for. */
  serve(message?: Message): void {
    this.#first()?.resolve(message);
  }

  /** The first in the line waited for something impossible. */
  refuse(error: Error): void {
    this.#first()?.reject(error);
  }

  /** Everyone who waits is told that it was in vain. */
  close(): void {
    while (this.length > 0) this.refuse(closedError());
  }

  #first(): Waiter | undefined {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) this.#settle(waiter);
    return waiter;
  }

  #listen(waiter: Waiter, signal: AbortSignal): void {
    waiter.signal = signal;
    waiter.aborted = () => this.#giveUp(waiter, signal.reason as Error);
    signal.addEventListener('abort', waiter.aborted, { once: true });
  }

  #giveUp(waiter: Waiter, reason: Error): void {
    this.#waiters.remove(waiter);
    this.#settle(waiter);
    waiter.reject(reason);
    this.#left();
  }

  #settle(waiter: Waiter): void {
    waiter.timer?.cancel();
    if (waiter.aborted !== undefined) waiter.signal?.removeEventListener('abort', waiter.aborted);
    this.#context.release();
  }
}
