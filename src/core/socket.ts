// What users hold: a socket's lifetime, its verbs and its options. The pattern decides where messages go (src/patterns/),
// Operations who waits (operations.ts), Endpoints what is bound and connected (endpoints.ts).

import { busyError, zmqError } from '../errors.js';
import type { Pattern, PatternClass } from '../patterns/pattern.js';
import { Context, type ContextCore, context as defaultContext } from './context.js';
import { Endpoints } from './endpoints.js';
import { type Message, type MessageLike, toMessage } from './message.js';
import { type Event, Observer } from './monitor.js';
import { Operations } from './operations.js';
import {
  type CommonOptions,
  checkedOption,
  defaultOptions,
  OPTIONS,
  type OptionName,
  type OptionValues,
} from './options.js';

const BLOCKED = 'Socket is blocked by a bind or unbind operation';
/** libzmq: what these types have not sent at close is not worth waiting for. */
const NO_LINGER = ['SUB', 'XSUB'];

/** Options of every socket; src/sockets/accessors.ts defines them. */
export interface Socket extends CommonOptions {}

/** Any socket. Made through its subclasses. */
export abstract class Socket {
  readonly #type: number;
  readonly #context: Context;
  readonly #core: ContextCore;
  readonly #options: OptionValues;
  readonly #pattern: Pattern;
  readonly #operations: Operations;
  readonly #endpoints: Endpoints;
  #observer: Observer | undefined;
  #state: 'open' | 'busy' | 'closed' = 'open';
  #closeWhenFree = false;

  /**
   * @param type libzmq's number for the socket type
   * @param options values of this class's properties, and `context`
   * @throws TypeError for options that are no object or do not exist, EINVAL for bad values, EMFILE at `maxSockets`
   */
  protected constructor(type: number, pattern: PatternClass, options: object | undefined) {
    if (typeof type !== 'number') throw new TypeError('Socket type must be a number');
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new TypeError('Options must be an object');
    }
    this.#type = type;
    this.#context = takeContext(options);
    this.#core = Context.coreOf(this.#context);
    this.#options = defaultOptions();
    this.#options.ipv6 = this.#core.ipv6;
    if (NO_LINGER.includes(pattern.socketType) || !this.#core.blocky) this.#options.linger = 0;
    this.#pattern = new pattern(this.#options);
    this.#operations = this.#newOperations();
    const emit = (event: Event): void => this.#observer?.push(event);
    this.#endpoints = new Endpoints(pattern.socketType, this.#operations, this.#core, this.#options, emit);
    Object.seal(this);
    Object.assign(this, options);
    this.#core.add(this);
  }

  /** libzmq's number for the socket type (ZMQ_TYPE). */
  get type(): number {
    return this.#type;
  }

  /** The mechanism in force: null for NULL, the only one so far (ZMQ_MECHANISM). */
  get securityMechanism(): null {
    return null;
  }

  /** True once `close` has taken effect. */
  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** The Context this socket belongs to; undefined once closed, as in zeromq.js. */
  get context(): Context {
    return this.closed ? (undefined as unknown as Context) : this.#context;
  }

  /** Monitor events, from the first access on. @throws ENOTSOCK when closed before */
  get events(): Observer {
    if (this.#observer === undefined) {
      if (this.closed) throw zmqError('ENOTSOCK');
      this.#observer = new Observer((on) => (on ? this.#core.hold() : this.#core.release()));
    }
    return this.#observer;
  }

  /** The endpoint last bound, resolved, or connected, as given; null before (ZMQ_LAST_ENDPOINT). */
  get lastEndpoint(): string | null {
    return this.#endpoints.lastEndpoint;
  }

  /** A receive would not wait (ZMQ_POLLIN). */
  get readable(): boolean {
    return this.#state !== 'closed' && this.#pattern.readable;
  }

  /** A send would not wait (ZMQ_POLLOUT). */
  get writable(): boolean {
    return this.#state !== 'closed' && this.#pattern.writable;
  }

  /**
   * Accepts connections at an endpoint: `tcp://host:port`, `ipc://path`, `inproc://name`; `*` for any host, port or path.
   * The resolved endpoint is in `lastEndpoint` afterwards.
   * @throws TypeError, EBADF, EBUSY; rejects with EINVAL, EPROTONOSUPPORT, ENAMETOOLONG, EADDRINUSE, EADDRNOTAVAIL,
   *   ENODEV, EACCES, …
   */
  bind(address: string): Promise<void> {
    this.#checkFree();
    checkAddress(address);
    const pending = this.#rejecting(() => this.#endpoints.bind(address));
    if (pending === undefined) return Promise.resolve();
    this.#state = 'busy';
    this.#core.hold();
    return pending.finally(() => {
      this.#core.release();
      this.#state = 'open';
      if (this.#closeWhenFree) this.close();
    });
  }

  /** Stops accepting at an endpoint, given as to `bind` or as resolved; its connections end. @throws as bind; rejects with ENOENT */
  unbind(address: string): Promise<void> {
    this.#checkFree();
    checkAddress(address);
    return this.#rejecting(() => this.#endpoints.unbind(address)) ?? Promise.resolve();
  }

  /**
   * Connects to an endpoint, now or whenever there is somebody, and again after each loss.
   * @throws TypeError, EINVAL, EPROTONOSUPPORT, ENAMETOOLONG, EBADF, EBUSY
   */
  connect(address: string): void {
    this.#connect(address, undefined);
  }

  /** Ends what `connect` began; what waits there is still sent, within `linger`. @throws TypeError, ENOENT, EBADF, EBUSY */
  disconnect(address: string): void {
    this.#checkFree();
    checkAddress(address);
    this.#endpoints.disconnect(address);
  }

  /**
   * Closes the socket. Waiting operations reject with EAGAIN; messages already sent leave within `linger` ms. During a
   * pending bind the socket closes when that has settled.
   */
  close(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'busy') {
      this.#closeWhenFree = true;
      return;
    }
    this.#state = 'closed';
    this.#operations.close();
    this.#endpoints.close(() => {
      this.#core.remove(this);
      this.#observer?.push({ type: 'end' });
    });
  }

  /** @internal */
  static getOption(socket: Socket, name: OptionName): unknown {
    socket.#checkOpen('ENOTSOCK');
    if (OPTIONS[name].writeOnly) return undefined;
    const value = socket.#options[name];
    return Buffer.isBuffer(value) ? value.toString() : (value ?? null);
  }

  /** @internal */
  static setOption(socket: Socket, name: OptionName, value: unknown): void {
    socket.#checkOpen('ENOTSOCK');
    (socket.#options as unknown as Record<string, unknown>)[name] = checkedOption(name, value);
    if (name === 'sendHighWaterMark' || name === 'receiveHighWaterMark') socket.#endpoints.marksChanged();
  }

  /** @internal for socket types with verbs of their own */
  static patternOf(socket: Socket): Pattern {
    socket.#checkFree();
    return socket.#pattern;
  }

  /** @internal ROUTER's connect */
  static connectWithId(socket: Socket, address: string, routingId: Buffer | undefined): void {
    socket.#connect(address, routingId);
  }

  // Every socket has these at run time, as in zeromq.js; the types show them only where they can succeed.
  static {
    const { prototype } = Socket;
    define(prototype, 'send', function send(this: Socket, message: MessageLike | MessageLike[]): Promise<void> {
      if (this.#state !== 'open') this.#checkFree();
      if (message === undefined) throw new TypeError('Message must be present');
      const parts = toMessage(message);
      if (parts === undefined) return Promise.resolve();
      return this.#operations.send(parts, this.#options);
    });
    define(prototype, 'receive', function receive(this: Socket): Promise<Message> {
      if (this.#state !== 'open') this.#checkFree();
      return this.#operations.receive(this.#options);
    });
    define(prototype, Symbol.asyncIterator, function iterate(this: Socket): AsyncIterator<Message, undefined> {
      return {
        next: () => {
          if (this.#state === 'closed') return Promise.resolve({ value: undefined, done: true });
          this.#checkFree();
          return this.#operations.next(this.#options);
        },
      };
    });
  }

  #newOperations(): Operations {
    const { clock } = this.#core.runtime;
    const { turn } = this.#core;
    const hold = (): void => this.#core.hold();
    const release = (): void => this.#core.release();
    return new Operations(this.#pattern, { clock, turn, hold, release });
  }

  #connect(address: string, routingId: Buffer | undefined): void {
    this.#checkFree();
    checkAddress(address);
    this.#endpoints.connect(address, routingId);
  }

  #checkOpen(code: 'EBADF' | 'ENOTSOCK'): void {
    if (this.#state === 'closed') throw zmqError(code);
  }

  #checkFree(): void {
    this.#checkOpen('EBADF');
    if (this.#state === 'busy') throw busyError(BLOCKED);
  }

  /** Misuse of the socket throws; what is wrong with the endpoint rejects, malformed ones too, as in zeromq.js. */
  #rejecting(operation: () => Promise<void> | undefined | void): Promise<void> | undefined {
    try {
      return operation() ?? undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function define(target: Socket, name: string | symbol, method: (this: Socket, ...args: never[]) => unknown): void {
  Object.defineProperty(target, name, { value: method, writable: true, configurable: true });
}

function checkAddress(address: unknown): void {
  if (typeof address !== 'string') throw new TypeError('Address must be a string');
}

/** zeromq.js takes the context out of the caller's object; so do we. */
function takeContext(options: object | undefined): Context {
  if (options === undefined || !('context' in options)) return defaultContext;
  const { context } = options;
  if (!(context instanceof Context)) throw new Error('Invalid argument');
  delete (options as { context?: Context }).context;
  return context;
}
