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

/** What a turn of `for await` waits for. */
export type Iteration = IteratorResult<Message, undefined>;

/** Somebody waiting; `message` is what a sender wants to send. */
class Waiter {
  readonly message: Message | undefined;
  readonly reject: (error: Error) => void;
  /** Absent for whoever iterates. */
  resolve: ((message?: Message) => void) | undefined;
  iterate: ((result: Iteration) => void) | undefined;
  timer: Timer | undefined;
  signal: AbortSignal | undefined;
  aborted: (() => void) | undefined;

  constructor(message: Message | undefined, reject: (error: Error) => void) {
    this.message = message;
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
      const waiter = new Waiter(message, reject);
      waiter.resolve = resolve;
      this.#enter(waiter, timeout, signal);
    });
  }

  /** As `join`, for an iterator: `close` ends it. One promise, not a second one that makes a result of what the first brings. */
  iterate(timeout: number, signal: AbortSignal | undefined): Promise<Iteration> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(undefined, reject);
      waiter.iterate = resolve;
      this.#enter(waiter, timeout, signal);
    });
  }

  /** The first in the line has what it waited for; a receiver is given the message. */
  serve(message?: Message): void {
    const waiter = this.#first();
    if (waiter?.iterate === undefined) waiter?.resolve?.(message);
    else waiter.iterate({ value: message as Message, done: false });
  }

  /** The first in the line waited for something impossible. */
  refuse(error: Error): void {
    this.#first()?.reject(error);
  }

  /** Everyone who waits is told that it was in vain. */
  close(): void {
    for (let waiter = this.#first(); waiter !== undefined; waiter = this.#first()) {
      if (waiter.iterate === undefined) waiter.reject(closedError());
      else waiter.iterate({ value: undefined, done: true });
    }
  }

  #enter(waiter: Waiter, timeout: number, signal: AbortSignal | undefined): void {
    if (timeout > 0) {
      waiter.timer = this.#context.clock.after(timeout, () => this.#giveUp(waiter, zmqError('EAGAIN')));
    }
    if (signal !== undefined) this.#listen(waiter, signal);
    this.#waiters.push(waiter);
    this.#context.hold();
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
