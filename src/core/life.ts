// A socket's lifetime, apart from the Socket that users hold. The library itself refers to this part only, and to the
// Socket weakly: one that the program has let go of can be collected, and is closed then, as in zeromq.js, so that its
// messages leave and its endpoints become free. Unlike there, a socket with something pending is never closed so.

import { busyError, closedError, zmqError } from '../errors.js';
import { deferred } from '../util/deferred.js';
import type { ContextCore } from './context.js';
import { CHANNELS } from './diagnostics.js';
import type { Ending } from './ending.js';
import type { Endpoints } from './endpoints.js';
import type { Event, Observation, Observer } from './monitor.js';
import type { Operations } from './operations.js';

const BLOCKED = 'Socket is blocked by a bind or unbind operation';

/** Tells when nobody can reach a Socket any more. */
const collected = new FinalizationRegistry<Life>((life) => life.letGo());

export class Life {
  /** The socket that users hold, as long as they do. */
  readonly socket: WeakRef<object>;
  readonly context: ContextCore;
  readonly ended = deferred<Ending>();
  /** Busy: with a bind, or in the hands of a proxy. */
  state: 'open' | 'busy' | 'closed' = 'open';
  #operations: Operations | undefined;
  #endpoints: Endpoints | undefined;
  #observer: Observer | undefined;
  #closeWhenFree = false;
  /** Waits in progress. */
  #holds = 0;
  #isLetGo = false;

  constructor(socket: object, context: ContextCore) {
    this.socket = new WeakRef(socket);
    this.context = context;
  }

  get runtime(): ContextCore['runtime'] {
    return this.context.runtime;
  }

  /** The second half of the construction. @throws EMFILE */
  begin(operations: Operations, endpoints: Endpoints): void {
    this.#operations = operations;
    this.#endpoints = endpoints;
    this.context.add(this);
    collected.register(this.socket.deref() as object, this, this);
  }

  /** Keeps the process, and the socket, until as many `release` calls have come. */
  hold(): void {
    this.#holds++;
    this.context.hold();
  }

  release(): void {
    this.context.release();
    if (--this.#holds === 0 && this.#isLetGo) process.nextTick(() => this.letGo());
  }

  /** @throws EBADF or ENOTSOCK when closed */
  checkOpen(code: 'EBADF' | 'ENOTSOCK'): void {
    if (this.state === 'closed') throw zmqError(code);
  }

  /** @throws EBADF, EBUSY */
  checkFree(): void {
    this.checkOpen('EBADF');
    if (this.state === 'busy') throw busyError(BLOCKED);
  }

  /**
   * Until the promise settles the socket is busy, also where all is done at once: programs that get away with not waiting for
   * inproc would fail with every other transport. What is wrong with the endpoint rejects, as in zeromq.js.
   */
  during(operation: () => Promise<void> | undefined | void): Promise<void> {
    this.block();
    const pending = new Promise<void>((resolve) => resolve(operation() ?? undefined));
    return pending.finally(() => this.unblock());
  }

  /** Blocks the socket until `unblock`. */
  block(): void {
    this.state = 'busy';
    this.hold();
  }

  unblock(): void {
    this.state = 'open';
    this.release();
    if (this.#closeWhenFree) this.close();
  }

  /** The observer gets the events from now on; who had them before is at its end. @throws ENOTSOCK */
  observe(observer: Observer): Observation {
    this.checkOpen('ENOTSOCK');
    this.emit({ type: 'end' });
    this.#observer = observer;
    return { hold: (on) => (on ? this.hold() : this.release()), clock: this.runtime.clock };
  }

  readonly emit = (event: Event): void => this.#observer?.push(event);

  /** Nobody holds the socket: it is closed as soon as nothing is pending. */
  letGo(): void {
    this.#isLetGo = true;
    if (this.#holds === 0) this.close();
  }

  /** A blocked socket is closed when it is free again. */
  close(): void {
    if (this.state === 'closed') return;
    if (this.state === 'busy') {
      this.#closeWhenFree = true;
      return;
    }
    this.state = 'closed';
    collected.unregister(this);
    this.#operations?.close();
    this.#endpoints?.peers.close(closedError());
    if (CHANNELS.closed.hasSubscribers) CHANNELS.closed.publish({ socket: this.socket.deref() });
    this.#endpoints?.close((dropped) => {
      this.context.remove(this);
      this.emit({ type: 'end' });
      this.ended.resolve(Object.freeze({ dropped }));
    });
  }

  /** For a socket that could not be made. */
  discard(): void {
    this.state = 'closed';
    collected.unregister(this);
    this.context.remove(this);
  }
}
