// A Context groups sockets: they share inproc names, limits and defaults (libzmq's zmq_ctx). One is made for everybody
// who asks for none.

import { describe, zmqError } from '../errors.js';
import { ipc } from '../transport/ipc.js';
import { tcp } from '../transport/tcp.js';
import type { Transport } from '../transport/transport.js';
import { type Clock, systemClock } from './clock.js';
import { exitGuard } from './exit.js';
import { InprocRegistry } from './inproc.js';
import { Turn } from './turn.js';

/** What a context's sockets stand on; tests replace parts of it. */
export interface Runtime {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly transports: readonly Transport[];
}

const SYSTEM: Runtime = { clock: systemClock, random: Math.random, transports: [tcp, ipc] };
/** libzmq's ZMQ_MAX_SOCKETS_DFLT and limit. */
const MAX_SOCKETS = 1023;
const MAX_SOCKETS_LIMIT = 65_535;
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
  readonly #sockets = new Set<Closable>();
  maxSockets = MAX_SOCKETS;
  ipv6 = false;
  blocky = true;
  #holds = 0;
  #holder: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
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

  /** @throws EMFILE */
  add(socket: Closable): void {
    if (this.#sockets.size >= this.maxSockets) {
      throw zmqError('EMFILE', `this context may have ${this.maxSockets} sockets (option maxSockets)`);
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

export interface ContextOptions {
  /** Sockets that may be open at once; default 1023 (ZMQ_MAX_SOCKETS). */
  maxSockets?: number;
  /** The default of the option `ipv6` for new sockets; default false (ZMQ_IPV6). */
  ipv6?: boolean;
  /** False gives new sockets a linger of 0; default true (ZMQ_BLOCKY). */
  blocky?: boolean;
}

export class Context {
  readonly #core: ContextCore;

  /**
   * @param runtime for tests: another clock, other transports
   * @throws TypeError for options that are no object or that do not exist
   */
  constructor(options: ContextOptions = {}, runtime: Runtime = SYSTEM) {
    if (typeof options !== 'object' || options === null) throw new TypeError('Options must be an object');
    this.#core = new ContextCore(runtime);
    Object.seal(this);
    for (const [name, value] of Object.entries(options)) (this as unknown as Record<string, unknown>)[name] = value;
  }

  /** @internal */
  static coreOf(context: Context): ContextCore {
    return context.#core;
  }

  /** Sockets that may be open at once, 1 to 65535; default 1023. @throws TypeError, EINVAL */
  get maxSockets(): number {
    return this.#core.maxSockets;
  }

  set maxSockets(value: number) {
    if (typeof value !== 'number')
      throw new TypeError(`Option value must be a number, maxSockets got ${describe(value)}`);
    if (!Number.isInteger(value) || value < 1 || value > MAX_SOCKETS_LIMIT) {
      throw zmqError('EINVAL', `maxSockets is a whole number from 1 to ${MAX_SOCKETS_LIMIT}, not ${value}`);
    }
    this.#core.maxSockets = value;
  }

  /** The largest value of `maxSockets`. */
  get maxSocketsLimit(): number {
    return MAX_SOCKETS_LIMIT;
  }

  /** The default of the option `ipv6` for new sockets. @throws TypeError */
  get ipv6(): boolean {
    return this.#core.ipv6;
  }

  set ipv6(value: boolean) {
    this.#core.ipv6 = checkedBool('ipv6', value);
  }

  /** False gives new sockets a linger of 0. @throws TypeError */
  get blocky(): boolean {
    return this.#core.blocky;
  }

  set blocky(value: boolean) {
    this.#core.blocky = checkedBool('blocky', value);
  }
}

/** The Context of every socket that is not given one. */
export const context = new Context();

function checkedBool(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`Option value must be a boolean, ${name} got ${describe(value)}`);
}
