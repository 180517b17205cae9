// Monitor events (libzmq's zmq_socket_monitor): what happens to a socket's endpoints and connections, told in a later
// tick than it happens in. `socket.events` is an Observer; it exists from the first access.

import { EventEmitter } from 'node:events';
import { busyError, type ProtocolError, zmqError } from '../errors.js';
import { type Deferred, deferred } from '../util/deferred.js';
import { Queue } from '../util/queue.js';

/** Events kept for an observer that does not read; then the oldest go, for peers cause events at will. */
export const EVENTS_MAX = 1000;

const EMITTER_MODE =
  'Observer is in event emitter mode. After a call to events.on() it is not possible to read events with events.receive().';

export interface ErrnoError extends Error {
  code: string;
  errno: number;
}

type EventOf<T extends string, D = object> = { type: T } & D;
interface Address {
  /** The endpoint, as in `lastEndpoint`. */
  address: string;
}
interface WithError<E = ErrnoError> {
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
  | EventOf<'connect:retry', Address & { interval: number }>
  | EventOf<'close', Address>
  | EventOf<'close:error', Address & WithError>
  /** `error` is there when the peer or the network is to blame. */
  | EventOf<'disconnect', Address & Partial<WithError<Error>>>
  | EventOf<'end'>
  | EventOf<'handshake', Address>
  | EventOf<'handshake:error:protocol', Address & WithError<ProtocolError>>
  | EventOf<'handshake:error:auth', Address & WithError<Error & { status: 300 | 400 | 500 }>>
  | EventOf<'handshake:error:other', Address & WithError>
  | EventOf<'unknown'>;

export type EventType = Event['type'];
export type EventOfType<E extends EventType = EventType> = Extract<Event, { type: E }>;
export type Listener<E extends EventType> = (event: EventOfType<E>) => void;

export class Observer implements AsyncIterable<Event> {
  readonly #events = new Queue<Event>();
  readonly #hold: (on: boolean) => void;
  #waiter: Deferred<Event> | undefined;
  #emitter: EventEmitter | undefined;
  #emitting = false;
  #closed = false;

  /** @internal made by a socket */
  constructor(hold: (on: boolean) => void) {
    this.#hold = hold;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next event.
   * @throws EBADF when closed, EBUSY when a receive is pending, Error in emitter mode; rejects with ENOTSOCK on close
   */
  receive(): Promise<Event> {
    if (this.#emitter !== undefined) throw new Error(EMITTER_MODE);
    if (this.#waiter !== undefined) {
      throw busyError('Observer is busy reading; only one receive operation may be in progress at any time');
    }
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve(this.#seen(event));
    if (this.#closed) throw zmqError('EBADF');
    this.#waiter = deferred<Event>();
    this.#hold(true);
    return this.#waiter.promise;
  }

  /** Calls `listener` for each event of the type, from now on; ends the use of `receive`. Keeps the process alive. */
  on<E extends EventType>(type: E, listener: Listener<E>): this {
    if (this.#emitter === undefined) {
      this.#emitter = new EventEmitter();
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
  close(): void {
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
