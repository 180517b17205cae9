// A Context groups sockets: they share inproc names, limits and defaults (libzmq's zmq_ctx). One is made for everybody
// who asks for none.

import { zmqError } from '../errors.js';
import type { Curve } from '../security/curve.js';
import { ipc } from '../transport/ipc.js';
import { tcp } from '../transport/tcp.js';
import type { Transport } from '../transport/transport.js';
import { checkCount, checkIdentifier, isObject } from './arguments.js';
import { type Clock, systemClock } from './clock.js';
import { CONTEXT_OPTIONS, ContextValues } from './context-options.js';
import { exitGuard } from './exit.js';
import { InprocRegistry } from './inproc.js';
import { checkedBoolean, checkedInt } from './option-bytes.js';
import { likeNative } from './prototypes.js';
import { Rota } from './rota.js';
import { Turn } from './turn.js';
import { Workshop } from './workshop.js';

/** What a context's sockets stand on; tests replace parts of it. */
export interface Runtime {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly transports: readonly Transport[];
  /** For CURVE; the real one by default. */
  readonly loadCurve?: () => Promise<Curve>;
}

const SYSTEM: Runtime = { clock: systemClock, random: Math.random, transports: [tcp, ipc] };
/** Milliseconds; the holder has nothing to do but to be there. */
const LONGEST_DELAY = 2 ** 31 - 1;

interface Closable {
  close(): void;
}

/** The inside of a Context. */
export class ContextCore {
  readonly runtime: Runtime;
  readonly inproc = new InprocRegistry();
  readonly turn = new Turn();
  readonly workshop: Workshop;
  readonly rota: Rota;
  readonly #sockets = new Set<Closable>();
  readonly options = new ContextValues();
  #holds = 0;
  #holder: NodeJS.Timeout | undefined;
  #lingering = 0;
  #awaited = false;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.workshop = new Workshop(runtime.clock, runtime.loadCurve);
    this.rota = new Rota(runtime.clock, this.turn, () => this.#holds > 0);
  }

  get maxSockets(): number {
    return this.options.get(CONTEXT_OPTIONS.maxSockets.id);
  }

  get ipv6(): boolean {
    return this.options.get(CONTEXT_OPTIONS.ipv6.id) !== 0;
  }

  get blocky(): boolean {
    return this.options.get(CONTEXT_OPTIONS.blocky.id) !== 0;
  }

  /** Keeps the process alive until as many `release` calls have come. */
  hold(): void {
    if (++this.#holds > 1) return;
    this.#holder ??= setInterval(() => {}, LONGEST_DELAY);
    this.#holder.ref();
  }

  release(): void {
    if (--this.#holds === 0) this.#holder?.unref();
  }

  /** Something ends that has messages to send first, until `lingered`. The process stays for it at its natural end: see ExitGuard. */
  linger(): void {
    this.#lingering++;
  }

  lingered(): void {
    if (--this.#lingering > 0 || !this.#awaited) return;
    this.#awaited = false;
    this.release();
  }

  /** Keeps the process alive until nothing lingers any more. False: nothing does. */
  awaitLingering(): boolean {
    if (this.#lingering === 0) return false;
    if (!this.#awaited) this.hold();
    this.#awaited = true;
    return true;
  }

  /** The process stays for what lingers, and for nothing else maybe. */
  get awaited(): boolean {
    return this.#awaited;
  }

  /** @throws EMFILE */
  add(socket: Closable): void {
    const { maxSockets } = this;
    if (this.#sockets.size >= maxSockets) {
      throw zmqError('EMFILE', `this context may have ${maxSockets} sockets (option maxSockets)`);
    }
    if (this.#sockets.size === 0) exitGuard.add(this);
    this.#sockets.add(socket);
  }

  remove(socket: Closable): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) exitGuard.remove(this);
  }

  closeAll(): void {
    for (const socket of [...this.#sockets]) socket.close();
  }
}

/** Properties of a Context; context-options.ts has them as a table. */
export interface Context {
  /** Sockets that may be open at once, at least 1; from then on making one is EMFILE. Default 1023 (ZMQ_MAX_SOCKETS). */
  maxSockets: number;
  /** 65535: what libzmq answers where the system sets no limit (ZMQ_SOCKET_LIMIT). */
  readonly maxSocketsLimit: number;
  /** The default of the option `ipv6` for new sockets; default false (ZMQ_IPV6). */
  ipv6: boolean;
  /** False gives new sockets a linger of 0; default true (ZMQ_BLOCKY). */
  blocky: boolean;
  /** Kept and read back, without effect: there are no I/O threads. Default 1 (ZMQ_IO_THREADS). */
  ioThreads: number;
  /**
   * Kept and read back, without effect, as in libzmq: the limit for messages is each socket's own `maxMessageSize`. In
   * bytes; default 2147483647 (ZMQ_MAX_MSGSZ).
   */
  maxMessageSize: number;
  /** Kept, without effect: there are no I/O threads. Cannot be read (ZMQ_THREAD_PRIORITY). */
  threadPriority: number;
  /** Kept, without effect: there are no I/O threads. Cannot be read (ZMQ_THREAD_SCHED_POLICY). */
  threadSchedulingPolicy: number;
}

/** What a Context's constructor takes: its writable properties. */
export type ContextOptions = Partial<Omit<Context, 'maxSocketsLimit'>>;

/** Groups sockets: they share `inproc://` names, limits and defaults (zmq_ctx). Sockets that are given none share `context`. */
export class Context {
  #core = new ContextCore(SYSTEM);

  /**
   * @param args options: values of its properties
   * @throws TypeError for options that are no object or that do not exist, EINVAL for bad values
   */
  constructor(...args: [options?: ContextOptions]) {
    const [options] = args;
    if (options !== undefined && !isObject(options)) throw new TypeError('Options must be an object');
    checkCount(args, 1);
    Object.seal(this);
    Object.assign(this, options);
  }

  /** @internal one that stands on something else, for tests */
  static over(runtime: Runtime): Context {
    const context = newContext();
    context.#core = new ContextCore(runtime);
    return context;
  }

  /** @internal */
  static coreOf(context: Context): ContextCore {
    return context.#core;
  }

  /** Whether the option of this libzmq number is not 0. @throws TypeError, EINVAL for numbers that do not exist */
  protected getBoolOption(...args: [option: number]): boolean {
    return read(this.#core, args) !== 0;
  }

  /** Sets the option of this libzmq number to 1 or 0. @throws TypeError, EINVAL */
  protected setBoolOption(...args: [option: number, value: boolean]): void {
    const id = checkIdentifier(args[0]);
    const value = checkedBoolean(args[1], `option ${id}`);
    checkCount(args, 2);
    this.#core.options.set(id, Number(value));
  }

  /** The option of this libzmq number. @throws TypeError, EINVAL for numbers that do not exist */
  protected getInt32Option(...args: [option: number]): number {
    return read(this.#core, args);
  }

  /** Sets the option of this libzmq number; fractions are cut. @throws TypeError, EINVAL */
  protected setInt32Option(...args: [option: number, value: number]): void {
    const id = checkIdentifier(args[0]);
    const value = checkedInt(args[1], `option ${id}`);
    checkCount(args, 2);
    this.#core.options.set(id, value | 0);
  }

  static {
    for (const [name, { id, flag, access }] of Object.entries(CONTEXT_OPTIONS)) {
      const get = function get(this: Context): unknown {
        return flag ? this.getBoolOption(id) : this.getInt32Option(id);
      };
      const set = function set(this: Context, value: never): void {
        if (flag) this.setBoolOption(id, value);
        else this.setInt32Option(id, value);
      };
      Object.defineProperty(this.prototype, name, {
        ...(access === 'write' ? {} : { get }),
        ...(access === 'read' ? {} : { set }),
      });
    }
    likeNative(this.prototype);
  }
}

// Classes do not name themselves inside: bundlers give those that do another name, which then shows in messages.
function newContext(): Context {
  return new Context();
}

/** The Context of every socket that is not given one. */
export const context = new Context();

function read(core: ContextCore, args: readonly unknown[]): number {
  const id = checkIdentifier(args[0]);
  checkCount(args, 1);
  return core.options.get(id);
}

/** The context that a socket's options ask for. zeromq.js takes it out of the caller's object; so do we. */
export function takeContext(options: object | undefined): Context {
  if (options === undefined || !('context' in options)) return context;
  const { context: own } = options;
  if (!(own instanceof Context)) throw new Error('Invalid argument');
  delete (options as { context?: Context }).context;
  return own;
}
