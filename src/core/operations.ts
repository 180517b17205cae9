// Send and receive as users see them: promises over a synchronous pattern. Owns who waits, for how long, and in which
// order they are served. One for each socket.

import { busyError, type ZmqError, zmqError } from '../errors.js';
import type { Pattern } from '../patterns/pattern.js';
import { Queue } from '../util/queue.js';
import type { Clock, Timer } from './clock.js';
import type { Message } from './message.js';
import type { Pipe, PipeOwner } from './pipe.js';
import type { Turn } from './turn.js';

const DONE: Promise<void> = Promise.resolve();
const BUSY_WRITING = 'Socket is busy writing; only one send operation may be in progress at any time';
const BUSY_READING = 'Socket is busy reading; only one receive operation may be in progress at any time';

export interface OperationsContext {
  readonly clock: Clock;
  readonly turn: Turn;
  /** Keep the process alive while something waits. */
  hold(): void;
  release(): void;
}

/** Milliseconds to wait; 0 not at all, -1 for ever. */
export interface Timeouts {
  readonly sendTimeout: number;
  readonly receiveTimeout: number;
}

/** Somebody waiting; `message` is what a sender wants to send. */
class Waiter {
  readonly message: Message | undefined;
  readonly resolve: (message?: Message) => void;
  readonly reject: (error: Error) => void;
  timer: Timer | undefined;

  constructor(message: Message | undefined, resolve: (message?: Message) => void, reject: (error: Error) => void) {
    this.message = message;
    this.resolve = resolve;
    this.reject = reject;
  }
}

export class Operations implements PipeOwner {
  readonly pattern: Pattern;
  readonly #context: OperationsContext;
  readonly #senders = new Queue<Waiter>();
  readonly #receivers = new Queue<Waiter>();
  #waking = false;
  #closed = false;

  constructor(pattern: Pattern, context: OperationsContext) {
    this.pattern = pattern;
    this.#context = context;
  }

  /** @param timeouts read only when there is a wait: the options are an object too large for a fast look-up */
  send(message: Message, timeouts: Timeouts): Promise<void> {
    if (this.#senders.length > 0) throw busyError(BUSY_WRITING);
    try {
      if (this.pattern.send(message)) return this.#context.turn.spend() ?? DONE;
    } catch (error) {
      return this.#refuse(error as Error);
    }
    return this.#wait(this.#senders, message, timeouts.sendTimeout) as Promise<unknown> as Promise<void>;
  }

  receive(timeouts: Timeouts): Promise<Message> {
    const message = this.#receiveNow();
    if (message instanceof Promise) return message;
    if (message === undefined)
      return this.#wait(this.#receivers, undefined, timeouts.receiveTimeout) as Promise<Message>;
    const later = this.#context.turn.spend();
    return later === undefined ? Promise.resolve(message) : later.then(() => message);
  }

  /** As `receive`, in the form that `for await` takes: one promise for each message, none in between. */
  next(timeouts: Timeouts): Promise<IteratorResult<Message, undefined>> {
    const message = this.#receiveNow();
    if (Array.isArray(message)) {
      const result: IteratorResult<Message, undefined> = { value: message, done: false };
      return this.#context.turn.spend()?.then(() => result) ?? Promise.resolve(result);
    }
    const pending = message ?? (this.#wait(this.#receivers, undefined, timeouts.receiveTimeout) as Promise<Message>);
    return pending.then(
      (value): IteratorResult<Message, undefined> => ({ value, done: false }),
      (error: ZmqError): IteratorResult<Message, undefined> => {
        if (this.#closed && error.code === 'EAGAIN') return { value: undefined, done: true };
        throw error;
      },
    );
  }

  /** A pipe came, whose peer may not be there yet. */
  attach(pipe: Pipe): boolean {
    if (!this.pattern.attach(pipe)) return false;
    this.#wakeSenders();
    return true;
  }

  /** The pipe's peer is there. What the pattern has to say goes out first, then what waited. */
  connected(pipe: Pipe): boolean {
    if (!this.introduce(pipe)) return false;
    this.flow(pipe);
    return true;
  }

  /** The first half of `connected`. A retired pipe has nothing to say, and delivers what it was given before. */
  introduce(pipe: Pipe): boolean {
    return pipe.retired || this.pattern.connected(pipe);
  }

  /** The second half. */
  flow(pipe: Pipe): void {
    pipe.outletReady();
    this.#wakeSenders();
  }

  /** The pipe is gone, or going: nothing new goes into it. */
  detach(pipe: Pipe): void {
    if (pipe.retired) return;
    this.pattern.detach(pipe);
    pipe.retire();
    // Who waited for this peer alone waits in vain, or need not wait any more.
    this.#wakeSenders();
  }

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    if (!pipe.retired) this.pattern.subscription(pipe, topic, add);
  }

  readActivated(pipe: Pipe): void {
    this.pattern.readActivated(pipe);
    if (this.#receivers.length > 0) this.#wakeReceivers();
  }

  writeActivated(pipe: Pipe): void {
    this.pattern.writeActivated(pipe);
    this.#wakeSenders();
  }

  /** Everyone who waits is told that it was in vain. */
  close(): void {
    this.#closed = true;
    for (const waiters of [this.#senders, this.#receivers]) {
      for (let waiter = waiters.shift(); waiter !== undefined; waiter = waiters.shift()) {
        this.#settle(waiter);
        waiter.reject(zmqError('EAGAIN'));
      }
    }
  }

  /** The message, undefined when there is none, or a rejection. */
  #receiveNow(): Message | undefined | Promise<never> {
    if (this.#receivers.length > 0) throw busyError(BUSY_READING);
    try {
      return this.pattern.receive();
    } catch (error) {
      // A request that waits to be sent will have a reply: its receiver may wait too.
      if ((error as ZmqError).code === 'EFSM' && this.#senders.length > 0) return undefined;
      return this.#refuse(error as Error);
    }
  }

  /**
   * Refusals count as operations too: a program that asks again and again (timeout 0, or EHOSTUNREACH until the peer is
   * there) would otherwise keep the very event from happening that it is waiting for.
   */
  #refuse(error: Error): Promise<never> {
    const later = this.#context.turn.spend();
    if (later === undefined) return Promise.reject(error);
    return later.then(() => {
      throw error;
    });
  }

  #wait(waiters: Queue<Waiter>, message: Message | undefined, timeout: number): Promise<Message | undefined> {
    if (timeout === 0) return this.#refuse(zmqError('EAGAIN'));
    return new Promise((resolve, reject) => {
      const waiter = new Waiter(message, resolve, reject);
      if (timeout > 0) waiter.timer = this.#context.clock.after(timeout, () => this.#timedOut(waiters, waiter));
      waiters.push(waiter);
      this.#context.hold();
    });
  }

  #timedOut(waiters: Queue<Waiter>, waiter: Waiter): void {
    waiters.remove(waiter);
    this.#settle(waiter);
    waiter.reject(zmqError('EAGAIN'));
  }

  #settle(waiter: Waiter): void {
    waiter.timer?.cancel();
    this.#context.release();
  }

  #wakeSenders(): void {
    for (let waiter = this.#senders.peek(); waiter !== undefined; waiter = this.#senders.peek()) {
      try {
        if (!this.pattern.send(waiter.message as Message)) return;
        waiter.resolve();
      } catch (error) {
        waiter.reject(error as Error);
      }
      this.#senders.shift();
      this.#settle(waiter);
    }
  }

  /** Reading may bring in more at once and call this again; the outer call goes on in order. */
  #wakeReceivers(): void {
    if (this.#waking) return;
    this.#waking = true;
    while (this.#receivers.length > 0) {
      const message = this.#receiveForWaiter();
      if (message === undefined) break;
      const waiter = this.#receivers.shift() as Waiter;
      this.#settle(waiter);
      waiter.resolve(message);
    }
    this.#waking = false;
  }

  #receiveForWaiter(): Message | undefined {
    try {
      return this.pattern.receive();
    } catch {
      // Not legal yet: the operation that makes it legal is itself waiting.
      return undefined;
    }
  }
}
