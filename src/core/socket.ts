// What users hold: a socket's lifetime, its verbs and its options. The pattern decides where messages go (src/patterns/),
// Operations who waits (operations.ts), Endpoints what is bound and connected (endpoints.ts).

import { zmqError } from '../errors.js';
import type { Pattern, PatternClass } from '../patterns/pattern.js';
import { quoted } from '../util/bytes.js';
import { checkAddress, checkCount, isObject } from './arguments.js';
import { type Authenticator, checkedAuthenticator } from './authenticator.js';
import { Context, takeContext } from './context.js';
import { CHANNELS } from './diagnostics.js';
import type { Ending } from './ending.js';
import { Endpoints } from './endpoints.js';
import { Life } from './life.js';
import { Loan } from './loan.js';
import { type Message, type MessageLike, toMessage } from './message.js';
import { OBSERVE, type Observation, Observer } from './monitor.js';
import { Operations } from './operations.js';
import { OptionFamilies } from './option-families.js';
import type { OptionSubject } from './option-store.js';
import type { CommonOptions, OptionValues } from './options.js';
import type { Peer } from './peer.js';
import type { Peers } from './peers.js';
import { checkedProperties, type PropertyValues, toProperties } from './properties.js';
import { likeNative } from './prototypes.js';
import type { SocketStatistics } from './statistics.js';
import { define, defineVerbs } from './verbs.js';
import { checkedNumber, checkedWait, type SignalOptions, type WaitOptions } from './wait-options.js';

/** libzmq: what these types have not sent at close is not worth waiting for. */
const NO_LINGER = ['SUB', 'XSUB'];

export interface WaitForPeerOptions extends WaitOptions {
  /** How many peers there shall be at least. Default 1. */
  readonly count?: number | undefined;
}

/** By type number; src/sockets/patterns.ts has them. */
let patternsByType: readonly PatternClass[] = [];

/** Options of every socket; src/sockets/accessors.ts defines them. */
export interface Socket extends CommonOptions {}

/** Any socket. Made through its subclasses, of this library or a program's own. */
export abstract class Socket extends OptionFamilies {
  readonly #context: Context;
  readonly #life: Life;
  readonly #options: OptionValues;
  readonly #pattern: Pattern;
  readonly #operations: Operations;
  readonly #endpoints: Endpoints;
  /** What `events` gives. */
  #observer: Observer | undefined;

  /**
   * @param args libzmq's number for the socket type, 0 to 11, and options: values of this class's properties, and `context`
   * @throws TypeError for a type that is no number and for options that are no object or do not exist, EINVAL for unknown
   *   types and bad values, EMFILE at the context's `maxSockets`
   */
  protected constructor(...args: [type: number, options?: object]) {
    const [type, options] = args;
    if (typeof type !== 'number') throw new TypeError('Socket type must be a number');
    if (options !== undefined && !isObject(options)) throw new TypeError('Options must be an object');
    checkCount(args, 2);
    super(type | 0);
    this.#context = takeContext(options);
    const core = Context.coreOf(this.#context);
    const store = OptionFamilies.optionsOf(this);
    const pattern = patternsByType[store.type];
    if (pattern === undefined) throw zmqError('EINVAL', `no socket has the type ${type}; 0 to 11 are PAIR to STREAM`);
    this.#options = store.values;
    this.#options.ipv6 = core.ipv6;
    if (NO_LINGER.includes(pattern.socketType) || !core.blocky) this.#options.linger = 0;
    this.#pattern = new pattern(this.#options);
    this.#life = new Life(this, core);
    this.#operations = newOperations(this.#life, this.#pattern, this.#options);
    this.#endpoints = new Endpoints(this.#life, pattern.socketType, this.#operations, this.#options);
    store.subject = this.#newSubject();
    Object.seal(this);
    this.#life.begin(this.#operations, this.#endpoints);
    this.#assign(options);
    if (CHANNELS.created.hasSubscribers) CHANNELS.created.publish({ socket: this });
  }

  /** True once `close` has taken effect. */
  get closed(): boolean {
    return this.#life.state === 'closed';
  }

  /** The Context this socket belongs to; undefined once closed, as in zeromq.js. */
  get context(): Context {
    return this.closed ? (undefined as unknown as Context) : this.#context;
  }

  /** Monitor events, from the first access on. @throws ENOTSOCK when closed; the observer itself goes on to the end */
  get events(): Observer {
    this.#life.checkOpen('ENOTSOCK');
    this.#observer ??= new Observer(this);
    return this.#observer;
  }

  /** @internal The observer gets the events from now on; who had them before is at its end. */
  [OBSERVE](observer: Observer): Observation {
    return this.#life.observe(observer);
  }

  /** The endpoint last bound, resolved, or connected, as given; null before (ZMQ_LAST_ENDPOINT). @throws ENOTSOCK when closed */
  get lastEndpoint(): string | null {
    this.#life.checkOpen('ENOTSOCK');
    return this.#endpoints.lastEndpoint;
  }

  /**
   * What each new peer is told of this socket: values by name, as text or bytes; names are `X-` and letters, digits or
   * `-_.+`, whatever their case. The peer reads them in `peer.properties`, libzmq with zmq_msg_gets. At most 248, 63 KiB in
   * all. Default none (next; ZMQ_METADATA).
   * @throws ENOTSOCK when closed, TypeError, EINVAL
   */
  get properties(): PropertyValues {
    this.#life.checkOpen('ENOTSOCK');
    return toProperties(this.#options.metadata);
  }

  /** Takes effect with the next bind or connect; the object is copied. @throws as the getter */
  set properties(values: PropertyValues) {
    this.#life.checkOpen('ENOTSOCK');
    this.#options.metadata = checkedProperties(values);
  }

  /**
   * The program's own function that decides which peers may come in, in place of a ZAP handler: with PLAIN and CURVE on the
   * server's side, with NULL on the side that has it. null, the default, asks the ZAP handler where ZAP says so (next;
   * not in libzmq).
   * @throws ENOTSOCK when closed, TypeError
   */
  get authenticator(): Authenticator | null {
    this.#life.checkOpen('ENOTSOCK');
    return this.#options.authenticator ?? null;
  }

  /** Takes effect with the next bind or connect. @throws as the getter */
  set authenticator(value: Authenticator | null) {
    this.#life.checkOpen('ENOTSOCK');
    this.#options.authenticator = checkedAuthenticator(value);
  }

  /** Who is connected now, the longest connected first; a snapshot. Empty when closed. */
  get peers(): Peer[] {
    return this.#endpoints.peers.list;
  }

  /** Plain numbers since the socket was made; a snapshot, made when asked. The last figures when closed. */
  get statistics(): SocketStatistics {
    return this.#endpoints.peers.statistics;
  }

  /** A receive would not wait (ZMQ_POLLIN). */
  get readable(): boolean {
    return this.#life.state !== 'closed' && this.#operations.readable;
  }

  /** A send would not wait (ZMQ_POLLOUT). */
  get writable(): boolean {
    return this.#life.state !== 'closed' && this.#pattern.writable;
  }

  /**
   * Accepts connections at an endpoint: `tcp://host:port`, `ipc://path`, `inproc://name`; `*` for any host, port or path.
   * The resolved endpoint is in `lastEndpoint` afterwards.
   * @throws TypeError, EBADF, EBUSY; rejects with EINVAL, EPROTONOSUPPORT, ENAMETOOLONG, EADDRINUSE, EADDRNOTAVAIL,
   *   ENODEV, EACCES and others; with the reason of an aborted `signal`: nothing is bound then, though the system may take a
   *   moment to let go of the address
   */
  bind(address: string, options?: SignalOptions): Promise<void> {
    checkAddress([address]);
    this.#life.checkFree();
    const signal = options === undefined ? undefined : checkedWait(options).signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return this.#life.during(() => this.#endpoints.bind(address, signal));
  }

  /**
   * As `bind`, and done when it returns; failures are thrown. To look up a host's name or ask after a socket file that is there
   * takes some 50 ms. @throws as bind, and ENOTSUP where only `await bind()` will do: in workers of a cluster, for tcp://
   */
  bindSync(...args: [address: string]): void {
    const address = checkAddress(args);
    this.#life.checkFree();
    this.#endpoints.bindSync(address);
  }

  /** As `unbind`, and done when it returns. @throws TypeError, EBADF, EBUSY, EINVAL, ENOENT */
  unbindSync(...args: [address: string]): void {
    const address = checkAddress(args);
    this.#life.checkFree();
    this.#endpoints.leave(address);
  }

  /** Stops accepting at an endpoint, given as to `bind` or as resolved; its connections end, except over inproc. @throws as bind; rejects with ENOENT */
  unbind(...args: [address: string]): Promise<void> {
    const address = checkAddress(args);
    this.#life.checkFree();
    return this.#life.during(() => this.#endpoints.leave(address));
  }

  /**
   * Connects to an endpoint, now or whenever there is somebody, and again after each loss.
   * @throws TypeError, EINVAL, EPROTONOSUPPORT, ENAMETOOLONG, EBADF, EBUSY
   */
  connect(...args: [address: string]): void {
    const address = checkAddress(args);
    this.#life.checkFree();
    const id = OptionFamilies.optionsOf(this).takeConnectRoutingId();
    if (id !== undefined && this.#pattern.isTaken?.(id)) {
      throw zmqError('EADDRINUSE', `a peer has the routingId ${quoted(id.toString('latin1'))} already`, address);
    }
    this.#endpoints.connect(address, id);
  }

  /** Ends what `connect` began; what waits there is still sent, within `linger`. @throws TypeError, ENOENT, EBADF, EBUSY */
  disconnect(...args: [address: string]): void {
    const address = checkAddress(args);
    this.#life.checkFree();
    this.#endpoints.leave(address);
  }

  /**
   * The newest peer, as soon as there are `count` of them, which may be at once. Keeps the process alive meanwhile.
   * @param options `count` (default 1); `timeout` in ms, default -1 without end; `signal`
   * @throws EBADF, TypeError, EINVAL; rejects with EAGAIN after `timeout` or on close, or with the signal's reason
   */
  waitForPeer(options: WaitForPeerOptions = {}): Promise<Peer> {
    this.#life.checkOpen('EBADF');
    const wait = checkedWait(options);
    const { count = 1 } = options;
    return this.#endpoints.peers.waitForPeer(checkedNumber('count', count, 1, Number.MAX_SAFE_INTEGER), wait);
  }

  /**
   * Closes the socket. Waiting operations reject with EAGAIN; messages already sent leave within `linger` ms. During a
   * pending bind the socket closes when that has settled.
   */
  close(...args: []): void {
    checkCount(args, 0);
    this.#life.close();
  }

  /**
   * Resolves when the socket is closed, however that came about, and linger is over: all that could be sent is with the
   * operating system, and all that was bound is free. Never rejects. Holds the process no longer than linger itself does.
   */
  get ended(): Promise<Ending> {
    return this.#life.ended.promise;
  }

  /** As `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** As `close`, and waits for `ended`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#life.ended.promise;
  }

  /** @internal which pattern each type number stands for; called once, before the first socket is made */
  static usePatterns(patterns: readonly PatternClass[]): void {
    patternsByType = patterns;
  }

  /** @internal for socket types with verbs of their own */
  static patternOf(socket: Socket): Pattern {
    socket.#life.checkFree();
    return socket.#pattern;
  }

  /** @internal for waits that a socket type has of its own */
  static peersOf(socket: Socket): Peers {
    socket.#life.checkOpen('EBADF');
    return socket.#endpoints.peers;
  }

  /** @internal Bound or connected. @throws EBADF, EBUSY */
  static hasEndpoints(socket: Socket): boolean {
    if (!socket.closed) socket.#life.checkFree();
    return socket.#endpoints.some;
  }

  /** @internal Gives the socket to a proxy: for everybody else it is blocked, until the proxy closes it. */
  static lend(socket: Socket, changed: () => void): Loan {
    return new Loan(socket.#operations, socket.#life, changed);
  }

  // Every socket has these at run time, as in zeromq.js; the types show them only where they can succeed.
  static {
    const { prototype } = this;
    define(
      prototype,
      'send',
      function send(this: Socket, message: MessageLike | MessageLike[], options?: WaitOptions): Promise<void> {
        if (message === undefined) throw new TypeError('Message must be present');
        if (this.#life.state !== 'open') this.#life.checkFree();
        const wait = options === undefined ? undefined : checkedWait(options);
        const parts = toMessage(message);
        if (parts === undefined) return Promise.resolve();
        return this.#operations.send(parts, wait);
      },
    );
    define(prototype, 'receive', function receive(this: Socket, options?: WaitOptions): Promise<Message> {
      if (this.#life.state !== 'open') this.#life.checkFree();
      return this.#operations.receive(options === undefined ? undefined : checkedWait(options));
    });
    defineVerbs(prototype, this.operationsOf);
  }

  /** @internal @throws EBADF, EBUSY */
  static operationsOf(socket: Socket): Operations {
    if (socket.#life.state !== 'open') socket.#life.checkFree();
    return socket.#operations;
  }

  /** @internal for what receives in the name of somebody who went away: the next receive has the message */
  static giveBack(socket: Socket, message: Message): void {
    socket.#operations.giveBack(message);
  }

  #newSubject(): OptionSubject {
    const life = this.#life;
    const endpoints = this.#endpoints;
    return {
      pattern: this.#pattern,
      get closed() {
        return life.state === 'closed';
      },
      get inUse() {
        return life.state === 'busy' || endpoints.some;
      },
      get lastEndpoint() {
        return endpoints.lastEndpoint;
      },
      marksChanged: () => endpoints.marksChanged(),
    };
  }

  /** A socket whose options were refused is gone before anybody has it. */
  #assign(options: object | undefined): void {
    try {
      Object.assign(this, options);
    } catch (error) {
      this.#life.discard();
      throw error;
    }
  }
}

function newOperations(life: Life, pattern: Pattern, limits: OptionValues): Operations {
  const { clock } = life.runtime;
  const { turn } = life.context;
  const hold = (): void => life.hold();
  const release = (): void => life.release();
  return new Operations(pattern, { clock, turn, limits, hold, release });
}

likeNative(Socket.prototype, OptionFamilies.prototype);
