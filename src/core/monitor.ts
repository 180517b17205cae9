// Monitor events (libzmq's zmq_socket_monitor): what happens to a socket's endpoints and connections, told in a later
// tick than it happens in. `socket.events` is an Observer; it exists from the first access.

import type { EventEmitter } from 'node:events';
import { type AuthError, busyError, describe, type ProtocolError, typeError, zmqError } from '../errors.js';
import { type Deferred, deferred } from '../util/deferred.js';
import { node } from '../util/node-modules.js';
import { Queue } from '../util/queue.js';
import { checkCount, isObject } from './arguments.js';
import { type Clock, systemClock } from './clock.js';
import type { Peer } from './peer.js';
import type { Socket } from './socket.js';
import { checkedWait, type WaitOptions } from './wait-options.js';

/** Events kept for an observer that does not read; then the oldest go, for peers cause events at will. */
export const EVENTS_MAX = 1000;

const WAIT: WaitOptions = {};
const EMITTER_MODE =
  'Observer is in event emitter mode. After a call to events.on() it is not possible to read events with events.receive().';

/** A failure of the system: refused, timed out, address in use, … */
export interface ErrnoError extends Error {
  /** Its name: `ECONNREFUSED`, … */
  code: string;
  /** Its number, positive. */
  errno: number;
}

type EventOf<T extends string, D = object> = { type: T } & D;
/** @inline */
interface Address {
  /** The endpoint, as in `lastEndpoint`. */
  address: string;
}
/** @inline */
interface Interval {
  /** The wait before the next attempt, in ms. */
  interval: number;
}
/** @inline */
interface WithPeer {
  /** Who came, or left; not in zeromq.js. */
  peer: Peer;
}
/** @inline */
interface WithError<E = ErrnoError> {
  /** What went wrong. */
  error: E;
}

/** One event; `type` says which, and what else it carries. `interval` is in ms. */
export type Event =
  | EventOf<'accept', Address>
  | EventOf<'accept:error', Address & WithError>
  | EventOf<'bind', Address>
  | EventOf<'bind:error', Address & WithError>
  | EventOf<'connect', Address>
  | EventOf<'connect:delay', Address>
  /** `error` says why the attempt failed; it is absent after the end of a connection, which has told in its own event. */
  | EventOf<'connect:retry', Address & Interval & Partial<WithError>>
  | EventOf<'close', Address>
  | EventOf<'close:error', Address & WithError>
  /** `error` is there when the peer or the network is to blame, `peer` when its handshake had been done. */
  | EventOf<'disconnect', Address & Partial<WithError<Error>> & Partial<WithPeer>>
  | EventOf<'end'>
  | EventOf<'handshake', Address & WithPeer>
  | EventOf<'handshake:error:protocol', Address & WithError<ProtocolError>>
  | EventOf<'handshake:error:auth', Address & WithError<AuthError>>
  | EventOf<'handshake:error:other', Address & WithError>
  | EventOf<'unknown'>;

/** The names of the events. */
export type EventType = Event['type'];
/** The event of one name, or of several. */
export type EventOfType<E extends EventType = EventType> = Extract<Event, EventOf<E>>;
/** @inline */
export type Listener<E extends EventType> = (event: EventOfType<E>) => void;

/** The part of an Observer that listens. */
export interface EventSubscriber {
  /** Calls `listener` for each event of the type, from now on. */
  on<E extends EventType>(type: E, listener: Listener<E>): EventSubscriber;
  /** Takes back an earlier `on` of the same listener. */
  /** Takes back one `on` with the same listener. */
  off<E extends EventType>(type: E, listener: Listener<E>): EventSubscriber;
}

/** The method by which a socket gives its events to an observer. */
export const OBSERVE = Symbol('observe');

type Hold = (on: boolean) => void;

/** What an observer needs of its socket. */
export interface Observation {
  /** Keeps the process alive, or no more. */
  readonly hold: Hold;
  readonly clock: Clock;
}

/** What happens to a socket: by `receive` and iteration, or by `on` and `off`. Use `socket.events`. */
/**
 * What happens to a socket's connections, as a list of events (zmq_socket_monitor). The last 1000 are kept for whoever reads
 * late. Made by the first look at `socket.events`.
 */
export class Observer implements AsyncIterable<Event>, EventSubscriber {
  readonly #events = new Queue<Event>();
  readonly #hold: Hold;
  readonly #clock: Clock;
  #waiter: Deferred<Event> | undefined;
  #emitter: EventEmitter | undefined;
  #emitting = false;
  #closed = false;

  /**
   * Observes a socket in place of who did before: a socket tells its events to one observer, and `socket.events` is that one
   * unless another is made.
   * @throws TypeError, ENOTSOCK when the socket is closed
   */
  constructor(socket: Socket);
  /** @internal for tests */
  constructor(hold: Hold);
  constructor(...args: [Socket | Hold]) {
    const { hold, clock } = observation(this, args);
    this.#hold = hold;
    this.#clock = clock;
  }

  /** No events come any more: the observer or its socket was closed. */
  /** True after `close`, and after the last event. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next event.
   * @param options `timeout`: ms to wait, -1 without end, the default, 0 not at all; `signal`: ends the wait. A receive that
   *   gave up takes no event with it
   * @throws EBADF when closed, EBUSY when a receive is pending, Error in emitter mode, TypeError and EINVAL for bad options;
   *   rejects with ENOTSOCK on close, EAGAIN after `timeout`, and with the reason of an aborted `signal`
   */
  receive(options?: WaitOptions): Promise<Event> {
    const { signal, timeout = -1 } = options === undefined ? WAIT : checkedWait(options);
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#emitter !== undefined) throw new Error(EMITTER_MODE);
    if (this.#waiter !== undefined) {
      throw busyError('Observer is busy reading; only one receive operation may be in progress at any time');
    }
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve(this.#seen(event));
    if (this.#closed) throw zmqError('EBADF');
    if (timeout === 0) return Promise.reject(zmqError('EAGAIN'));
    const waiter = deferred<Event>();
    this.#waiter = waiter;
    this.#hold(true);
    if (signal === undefined && timeout < 0) return waiter.promise;
    return this.#limited(waiter, signal, timeout);
  }

  /** Calls `listener` for each event of the type, from now on; ends the use of `receive`. Keeps the process alive. */
  on<E extends EventType>(type: E, listener: Listener<E>): this {
    if (this.#emitter === undefined) {
      this.#emitter = new node.events.EventEmitter();
      if (!this.#closed) this.#hold(true);
      this.#emitSoon();
    }
    this.#emitter.on(type, listener);
    return this;
  }

  off<E extends EventType>(type: E, listener: Listener<E>): this {
    this.#emitter?.off(type, listener);
    return this;
  }

  /** Events end here; the socket goes on. */
  close(...args: []): void {
    checkCount(args, 0);
    if (this.#closed) return;
    this.#closed = true;
    if (this.#emitter !== undefined) this.#hold(false);
    this.#events.clear();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) return;
    this.#hold(false);
    waiter.reject(zmqError('ENOTSOCK'));
  }

  /** Events as they come; ends after `end` and after `close`. */
  [Symbol.asyncIterator](): AsyncIterator<Event, undefined> {
    return {
      next: async (): Promise<IteratorResult<Event, undefined>> => {
        if (this.#closed && this.#events.length === 0) return { value: undefined, done: true };
        try {
          return { value: await this.receive(), done: false };
        } catch (error) {
          if (this.#closed) return { value: undefined, done: true };
          throw error;
        }
      },
    };
  }

  /** @internal */
  push(event: Event): void {
    if (this.#closed) return;
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      this.#hold(false);
      waiter.resolve(this.#seen(event));
      return;
    }
    if (this.#events.length >= EVENTS_MAX) this.#events.shift();
    this.#events.push(event);
    this.#emitSoon();
  }

  /** The wait ends by itself, or by its signal, and then no event is for it any more. */
  async #limited(waiter: Deferred<Event>, signal: AbortSignal | undefined, timeout: number): Promise<Event> {
    const giveUp = (reason: Error): void => {
      if (this.#waiter !== waiter) return;
      this.#waiter = undefined;
      this.#hold(false);
      waiter.reject(reason);
    };
    const aborted = (): void => giveUp(signal?.reason as Error);
    const timer = timeout < 0 ? undefined : this.#clock.after(timeout, () => giveUp(zmqError('EAGAIN')));
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      return await waiter.promise;
    } finally {
      timer?.cancel();
      signal?.removeEventListener('abort', aborted);
    }
  }

  /** Nothing comes after `end`. */
  #seen(event: Event): Event {
    if (event.type === 'end') this.close();
    return event;
  }

  #emitSoon(): void {
    if (this.#emitter === undefined || this.#emitting || this.#events.length === 0) return;
    this.#emitting = true;
    process.nextTick(() => this.#emit());
  }

  /** A listener that throws surfaces as an uncaught exception, as with any emitter; the events behind it still go out. */
  #emit(): void {
    this.#emitting = false;
    const event = this.#events.shift();
    if (event === undefined) return;
    this.#emitSoon();
    this.#seen(event);
    this.#emitter?.emit(event.type, event);
  }
}

function observation(observer: Observer, args: readonly [Socket | Hold]): Observation {
  const [source] = args;
  if (typeof source === 'function') return { hold: source, clock: systemClock };
  if (!isObject(source)) throw typeError('Socket must be a socket object', `not ${describe(source)}`);
  checkCount(args, 1);
  if (typeof source[OBSERVE] !== 'function') throw new Error('Invalid argument');
  return source[OBSERVE](observer);
}
