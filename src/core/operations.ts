// Send and receive as users see them: promises over a synchronous pattern. Owns who waits, for how long, and in which
// order they are served. One for each socket.

import { busyError, type ZmqError, zmqError } from '../errors.js';
import type { Pattern } from '../patterns/pattern.js';
import { Queue } from '../util/queue.js';
import { type Message, owned } from './message.js';
import type { Peer } from './peer.js';
import type { Pipe, PipeOwner } from './pipe.js';
import type { Turn } from './turn.js';
import type { WaitOptions } from './wait-options.js';
import { type Iteration, type LineContext, WaitingLine } from './waiting-line.js';

const DONE: Promise<void> = Promise.resolve();
const BUSY_WRITING = 'Socket is busy writing; only one send operation may be in progress at any time';
const BUSY_READING = 'Socket is busy reading; only one receive operation may be in progress at any time';

export interface OperationsContext extends LineContext {
  readonly turn: Turn;
  readonly limits: Limits;
}

/** A message and its sender. */
export interface ReceivedMessage {
  readonly parts: Message;
  readonly peer: Peer;
}

/**
 * How long operations wait, and how many. Live, and read only when there is a wait: the options are an object too large for
 * a fast look-up.
 */
export interface Limits {
  /** ms; 0 not at all, -1 for ever. */
  readonly sendTimeout: number;
  readonly receiveTimeout: number;
  readonly maxPendingSends: number;
  readonly maxPendingReceives: number;
}

/** Sends requests, and waits for their replies. */
export interface Requester {
  request(message: Message, options: CheckedRequest): Promise<Message>;
  /** Whoever waits does so in vain. */
  close(): void;
}

export interface CheckedRequest {
  /** ms for each attempt; -1 without end. */
  readonly timeout: number;
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

export class Operations implements PipeOwner {
  readonly pattern: Pattern;
  /** What sends requests and waits for their replies, where there is one. */
  requester: Requester | undefined;
  readonly #context: OperationsContext;
  readonly #senders: WaitingLine;
  readonly #receivers: WaitingLine;
  /** How many wait to know who sent their message; while somebody does, it is noted for each. */
  #curious = 0;
  readonly #sentBy = new WeakMap<Message, Peer>();
  /** Messages that somebody received and could not use; they come before all others. */
  #returned: Queue<Message> | undefined;
  #wakingSenders = false;
  #wakingReceivers = false;
  #sendersToWake = false;
  #workDue = false;
  #closed = false;
  /** Told of every change that may let a message in or out: by it a proxy works, past the promises. */
  watcher: (() => void) | undefined;

  constructor(pattern: Pattern, context: OperationsContext) {
    this.pattern = pattern;
    this.#context = context;
    pattern.onWork = () => this.#workSoon();
    this.#senders = new WaitingLine(context, () => this.#wakeSenders());
    this.#receivers = new WaitingLine(context, () => {});
  }

  get context(): OperationsContext {
    return this.#context;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `receive` would not wait. */
  get readable(): boolean {
    return this.#returned !== undefined || this.pattern.readable;
  }

  /** @throws EBUSY when as many wait as may */
  send(message: Message, wait?: WaitOptions): Promise<void> {
    if (wait?.signal?.aborted === true) return this.#refuse(wait.signal.reason as Error);
    if (this.#senders.length > 0) return this.#sendAfterOthers(message, wait);
    return this.sendSoon(message, wait);
  }

  /** `send` without a limit to how many wait. */
  sendSoon(message: Message, wait?: WaitOptions): Promise<void> {
    try {
      if (this.#senders.length === 0 && this.pattern.send(message)) return this.#context.turn.spend() ?? DONE;
    } catch (error) {
      return this.#refuse(error as Error);
    }
    const timeout = wait?.timeout ?? this.#context.limits.sendTimeout;
    return this.#wait(this.#senders, message, timeout, wait) as Promise<unknown> as Promise<void>;
  }

  /** False: not now, or others wait to send. @throws EFSM, ENOTSUP, EHOSTUNREACH */
  trySend(message: Message): boolean {
    return this.#senders.length === 0 && this.pattern.send(message);
  }

  /** @throws EBUSY when as many wait as may */
  receive(wait?: WaitOptions): Promise<Message> {
    if (wait?.signal?.aborted === true) return this.#refuse(wait.signal.reason as Error);
    const message = this.#receiveNow();
    if (message === undefined) return this.#waitToReceive(wait);
    if (message instanceof Promise) return message;
    const later = this.#context.turn.spend();
    return later === undefined ? Promise.resolve(message) : later.then(() => message);
  }

  /** As `receive`, with who sent the message. */
  receiveMessage(wait?: WaitOptions): Promise<ReceivedMessage> {
    this.#curious++;
    const content = (): void => void this.#curious--;
    try {
      const pending = this.receive(wait);
      pending.then(content, content);
      return pending.then((parts) => ({ parts, peer: this.#sentBy.get(parts) as Peer }));
    } catch (error) {
      content();
      throw error;
    }
  }

  /** Undefined: there is none, or others wait for it. @throws EFSM, ENOTSUP */
  tryReceive(): Message | undefined {
    if (this.#receivers.length > 0) return undefined;
    try {
      return this.take();
    } catch (error) {
      if (this.#replyMayCome(error as Error)) return undefined;
      throw error;
    }
  }

  /** Waits for one message and takes with it what else there is, `max` messages together. @throws EBUSY */
  async receiveBatch(first: Promise<Message>, max: number): Promise<Message[]> {
    const batch = [await first];
    while (batch.length < max && this.#receivers.length === 0) {
      const message = this.#receiveForWaiter();
      if (message === undefined) break;
      batch.push(message);
    }
    return batch;
  }

  /** As `receive`, in the form that `for await` takes: one promise for each message, none in between; `close` ends it. */
  next(wait?: WaitOptions): Promise<Iteration> {
    if (wait?.signal?.aborted === true) return this.#refuse(wait.signal.reason as Error);
    const message = this.#receiveNow();
    if (Array.isArray(message)) {
      const result: Iteration = { value: message, done: false };
      return this.#context.turn.spend()?.then(() => result) ?? Promise.resolve(result);
    }
    if (message !== undefined) return message;
    const timeout = wait?.timeout ?? this.#context.limits.receiveTimeout;
    if (timeout !== 0) return this.#receivers.iterate(timeout, wait?.signal);
    return this.#refuse(zmqError('EAGAIN')).catch((error: ZmqError): Iteration => {
      if (this.#closed) return { value: undefined, done: true };
      throw error;
    });
  }

  /** Takes back a message that somebody received and could not use: the next receive has it. */
  giveBack(message: Message): void {
    if (this.#closed) return;
    if (this.#receivers.length > 0) {
      this.#receivers.serve(message);
      return;
    }
    this.#returned ??= new Queue();
    this.#returned.push(message);
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
    this.watcher?.();
  }

  writeActivated(pipe: Pipe): void {
    this.pattern.writeActivated(pipe);
    this.#wakeSenders();
  }

  /** Everyone who waits is told that it was in vain. */
  close(): void {
    this.#closed = true;
    this.requester?.close();
    this.#senders.close();
    this.#receivers.close();
    this.#returned = undefined;
  }

  /** A piece in each turn, until there is no more. */
  #workSoon(): void {
    if (this.#workDue || this.#closed) return;
    this.#workDue = true;
    this.#context.clock.soon(() => {
      this.#workDue = false;
      if (!this.#closed && this.pattern.work?.()) this.#workSoon();
    });
  }

  #takeReturned(returned: Queue<Message>): Message | undefined {
    if (returned.length === 1) this.#returned = undefined;
    return returned.shift();
  }

  /** The next message that is there, whoever waits. @throws EFSM, ENOTSUP */
  take(): Message | undefined {
    if (this.#returned !== undefined) return this.#takeReturned(this.#returned);
    const message = this.pattern.receive();
    if (this.#curious > 0 && message !== undefined) this.#sentBy.set(message, this.pattern.incoming.peer as Peer);
    return message;
  }

  /** The message, undefined when there is none, or a rejection. */
  #receiveNow(): Message | undefined | Promise<never> {
    if (this.#receivers.length > 0) {
      if (this.#receivers.length < this.#context.limits.maxPendingReceives) return undefined;
      throw busyError(BUSY_READING);
    }
    try {
      return this.take();
    } catch (error) {
      return this.#replyMayCome(error as Error) ? undefined : this.#refuse(error as Error);
    }
  }

  /** A request that waits to be sent will have a reply: its receiver may wait too. */
  #replyMayCome(error: Error): boolean {
    return (error as ZmqError).code === 'EFSM' && this.#senders.length > 0;
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

  #sendAfterOthers(message: Message, wait: WaitOptions | undefined): Promise<void> {
    if (this.#senders.length >= this.#context.limits.maxPendingSends) throw busyError(BUSY_WRITING);
    return this.sendSoon(message, wait);
  }

  #waitToReceive(wait: WaitOptions | undefined): Promise<Message> {
    const timeout = wait?.timeout ?? this.#context.limits.receiveTimeout;
    return this.#wait(this.#receivers, undefined, timeout, wait) as Promise<Message>;
  }

  #wait(
    line: WaitingLine,
    message: Message | undefined,
    timeout: number,
    wait: WaitOptions | undefined,
  ): Promise<Message | undefined> {
    if (timeout === 0) return this.#refuse(zmqError('EAGAIN'));
    return line.join(message === undefined ? undefined : owned(message), timeout, wait?.signal);
  }

  /** Sending may make room at once and call this again; the outer call then goes on, so that nothing is sent twice. */
  #wakeSenders(): void {
    this.watcher?.();
    this.#sendersToWake = true;
    if (this.#wakingSenders) return;
    this.#wakingSenders = true;
    while (this.#sendersToWake) {
      this.#sendersToWake = false;
      while (this.#senders.length > 0 && this.#sendFirst());
    }
    this.#wakingSenders = false;
  }

  /** False: the first in the line has to wait on. */
  #sendFirst(): boolean {
    try {
      if (!this.pattern.send(this.#senders.message as Message)) return false;
      this.#senders.serve();
    } catch (error) {
      this.#senders.refuse(error as Error);
    }
    return true;
  }

  /** Reading may bring in more at once and call this again; the outer call goes on in order. */
  #wakeReceivers(): void {
    if (this.#wakingReceivers) return;
    this.#wakingReceivers = true;
    while (this.#receivers.length > 0) {
      const message = this.#receiveForWaiter();
      if (message === undefined) break;
      this.#receivers.serve(message);
    }
    this.#wakingReceivers = false;
  }

  #receiveForWaiter(): Message | undefined {
    try {
      return this.take();
    } catch {
      // Not legal yet: the operation that makes it legal is itself waiting.
      return undefined;
    }
  }
}
