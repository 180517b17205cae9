// A socket's endpoints: what it has bound and connected, the pipes that came of it, and their orderly end.

import { asZmqError, zmqError } from '../errors.js';
import type { AnySocketType } from '../protocol/socket-types.js';
import { type Endpoint, parseEndpoint } from '../transport/address.js';
import type { Target, Transport } from '../transport/transport.js';
import { quoted } from '../util/bytes.js';
import { Admission } from './admission.js';
import type { Clock, Timer } from './clock.js';
import type { ContextCore } from './context.js';
import { Dialer } from './dialer.js';
import type { Closable, EndpointHost } from './endpoint-host.js';
import { InprocBinder, InprocConnecter } from './inproc.js';
import type { Life } from './life.js';
import { Listener } from './listener.js';
import { checkMechanism } from './mechanisms.js';
import type { Event } from './monitor.js';
import type { Operations } from './operations.js';
import type { OptionValues } from './options.js';
import { Peers } from './peers.js';
import { Pipe } from './pipe.js';
import type { Rota } from './rota.js';
import { unlessAborted } from './wait-options.js';
import type { Workshop } from './workshop.js';

interface Entry {
  /** As the user gave it, and as it was resolved: either names it in unbind and disconnect. None once it was unbound. */
  names: readonly string[];
  readonly closable: Closable;
}

export class Endpoints implements EndpointHost {
  readonly socketType: AnySocketType;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: Event) => void;
  readonly peers: Peers;
  readonly admission: Admission;
  readonly workshop: Workshop;
  readonly rota: Rota;
  readonly #context: ContextCore;
  readonly #options: OptionValues;
  readonly #pipes = new Set<Pipe>();
  #bound: Entry[] = [];
  #connected: Entry[] = [];
  /** What is ending, and the end of its linger. */
  readonly #ending = new Map<Closable, Timer | undefined>();
  #whenDone: ((dropped: number) => void) | undefined;
  /** Messages lost since `close`. */
  #dropped = 0;
  lastEndpoint: string | null = null;

  constructor(life: Life, socketType: AnySocketType, operations: Operations, options: OptionValues) {
    this.socketType = socketType;
    this.operations = operations;
    this.clock = life.runtime.clock;
    this.random = life.runtime.random;
    this.peers = new Peers(life, operations.pattern, this.#pipes);
    this.emit = (event) => {
      this.peers.note(event);
      life.emit(event);
    };
    this.#context = life.context;
    this.admission = new Admission(life.context.inproc);
    this.workshop = life.context.workshop;
    this.rota = life.context.rota;
    this.#options = options;
  }

  /**
   * A promise while the system works on it; undefined when done at once.
   * @param signal calls it off: the promise rejects with its reason
   * @throws EINVAL, EPROTONOSUPPORT, EADDRINUSE (inproc); the promise rejects with a system error
   */
  bind(endpoint: string, signal?: AbortSignal): Promise<void> | undefined {
    const parsed = this.#parse(endpoint);
    const { scheme, address } = parsed;
    this.#secure(scheme, endpoint);
    if (scheme !== 'inproc') return this.#listen(endpoint, this.#bindTarget(parsed, endpoint), signal);
    this.#bindInproc(endpoint, address);
    return undefined;
  }

  /** As `bind`, done when it returns. @throws as bind, the system errors too; ENOTSUP */
  bindSync(endpoint: string): void {
    const parsed = this.#parse(endpoint);
    const { scheme, address } = parsed;
    this.#secure(scheme, endpoint);
    if (scheme !== 'inproc') this.#listenSync(endpoint, this.#bindTarget(parsed, endpoint));
    else this.#bindInproc(endpoint, address);
  }

  #bindInproc(endpoint: string, name: string): void {
    const binder = new InprocBinder(this, { ...this.#options }, this.#context.inproc, name);
    this.#bound.push({ names: [endpoint], closable: binder });
    this.lastEndpoint = endpoint;
  }

  /**
   * Ends what was bound or connected there: either verb ends both, as in libzmq. An inproc name that is unbound can be bound
   * again, and who has met over it stays together.
   * @throws EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO, ENOENT
   */
  leave(endpoint: string): void {
    this.#parse(endpoint);
    const named = ({ names }: Entry): boolean => names.includes(endpoint);
    const binder = this.#bound.find(named);
    if (binder?.closable instanceof InprocBinder) {
      binder.names = [];
      binder.closable.release();
      return;
    }
    const leaving = [...this.#bound, ...this.#connected].filter(named);
    if (leaving.length === 0) {
      throw zmqError('ENOENT', `${quoted(endpoint)} is neither bound nor connected`, endpoint);
    }
    this.#bound = this.#bound.filter((entry) => !leaving.includes(entry));
    this.#connected = this.#connected.filter((entry) => !leaving.includes(entry));
    this.#end(...leaving.map(({ closable }) => closable));
  }

  /** @throws EINVAL, EPROTONOSUPPORT */
  connect(endpoint: string, routingId: Buffer | undefined): void {
    const parsed = this.#parse(endpoint);
    const { scheme, address } = parsed;
    this.#secure(scheme, endpoint);
    if (scheme !== 'inproc' && this.#isRepeated(endpoint)) return;
    const options = { ...this.#options };
    if (scheme === 'inproc') {
      const connecter = new InprocConnecter(this, options, this.#context.inproc, address);
      this.#connected.push({ names: [endpoint], closable: connecter });
      connecter.start(routingId);
    } else {
      const dialer = new Dialer(this, this.#target(parsed, 'connect'), endpoint, options);
      this.#connected.push({ names: [endpoint], closable: dialer });
      dialer.start(routingId);
    }
    this.lastEndpoint = endpoint;
  }

  /** libzmq: these types ignore a connect to what they are connected to or have bound; it would only double their messages. */
  #isRepeated(endpoint: string): boolean {
    const once = ['DEALER', 'SUB', 'PUB', 'REQ'].includes(this.socketType);
    return once && [...this.#connected, ...this.#bound].some(({ names }) => names.includes(endpoint));
  }

  /** Something is bound or connected. */
  get some(): boolean {
    return this.#bound.length + this.#connected.length > 0;
  }

  /** Ends everything; `done` is called once nothing lingers, with how many messages were dropped since. */
  close(done: (dropped: number) => void): void {
    const entries = [...this.#connected, ...this.#bound];
    this.#connected = [];
    this.#bound = [];
    this.#whenDone = done;
    this.#end(...entries.map(({ closable }) => closable));
    this.#checkDone();
  }

  /** The marks of all pipes follow the options. */
  marksChanged(): void {
    for (const pipe of this.#pipes) pipe.setMarks(this.#options);
  }

  newPipe(options: OptionValues): Pipe {
    const pipe = new Pipe(this.operations, { ...this.#options, conflate: options.conflate });
    pipe.socket = this.peers.socket;
    this.#pipes.add(pipe);
    return pipe;
  }

  attachPipe(options: OptionValues, routingId?: Buffer): Pipe | undefined {
    const pipe = this.newPipe(options);
    if (routingId !== undefined) {
      pipe.routingId = routingId;
      pipe.assignedId = true;
    }
    if (this.operations.attach(pipe)) return pipe;
    this.dropPipe(pipe);
    return undefined;
  }

  dropPipe(pipe: Pipe): void {
    this.discard(pipe);
    if (this.#pipes.delete(pipe)) this.peers.settle(pipe);
  }

  forget(endpoint: Closable): void {
    this.#bound = this.#bound.filter(({ closable }) => closable !== endpoint);
    this.#connected = this.#connected.filter(({ closable }) => closable !== endpoint);
  }

  giveUp(endpoint: Closable): void {
    const count = this.#connected.length;
    this.#connected = this.#connected.filter(({ closable }) => closable !== endpoint);
    if (this.#connected.length < count) this.#end(endpoint);
  }

  discard(pipe: Pipe): void {
    this.lost(pipe.discard());
  }

  lost(messages: number): void {
    if (this.#whenDone !== undefined) this.#dropped += messages;
  }

  endpointDone(endpoint: Closable): void {
    if (!this.#ending.has(endpoint)) {
      if (endpoint instanceof InprocBinder || endpoint instanceof InprocConnecter) this.forget(endpoint);
      return;
    }
    this.#ending.get(endpoint)?.cancel();
    this.#ending.delete(endpoint);
    this.#context.lingered();
    this.#checkDone();
  }

  async #listen(endpoint: string, target: Target, signal: AbortSignal | undefined): Promise<void> {
    const listener = new Listener(this, { ...this.#options });
    const starting = listener.start(target);
    try {
      await (signal === undefined ? starting : unlessAborted(starting, signal));
      // It may have been aborted after the start and before we heard of the start.
      signal?.throwIfAborted();
    } catch (error) {
      if (signal?.aborted === true) {
        // Nobody knows of this listener. What it gets to bind, late, it lets go.
        starting.then(
          () => listener.abort(),
          () => {},
        );
        throw error;
      }
      throw this.#bindFailed(endpoint, error);
    }
    this.#listens(endpoint, listener);
  }

  #listenSync(endpoint: string, target: Target): void {
    const listener = new Listener(this, { ...this.#options });
    try {
      listener.startSync(target);
    } catch (error) {
      throw this.#bindFailed(endpoint, error);
    }
    this.#listens(endpoint, listener);
  }

  #bindTarget(parsed: Endpoint, endpoint: string): Target {
    try {
      return this.#target(parsed, 'bind');
    } catch (error) {
      throw this.#bindFailed(endpoint, error);
    }
  }

  #bindFailed(endpoint: string, error: unknown): Error {
    const reason = asZmqError(error as NodeJS.ErrnoException, endpoint);
    // As in libzmq, what stands behind the scheme; `error` has all of it.
    this.emit({ type: 'bind:error', address: endpoint.replace(/^[a-z]+:\/\//, ''), error: reason });
    return reason;
  }

  #listens(endpoint: string, listener: Listener): void {
    this.#bound.push({ names: [endpoint, listener.endpoint], closable: listener });
    this.lastEndpoint = listener.endpoint;
    this.emit({ type: 'bind', address: listener.endpoint });
  }

  #parse(endpoint: string): Endpoint {
    const parsed = parseEndpoint(endpoint);
    const { scheme } = parsed;
    if (scheme === 'inproc' && this.socketType === 'STREAM') {
      throw zmqError('ENOCOMPATPROTO', 'a STREAM socket has peers over tcp:// and ipc:// only', endpoint);
    }
    if (scheme === 'udp') {
      throw zmqError('ENOCOMPATPROTO', `udp:// is for RADIO, DISH and DGRAM, not for ${this.socketType}`, endpoint);
    }
    if (scheme !== 'inproc' && this.#transport(scheme) === undefined) {
      throw zmqError('EPROTONOSUPPORT', `${quoted(endpoint)} is none of ${this.#schemes()}`, endpoint);
    }
    return parsed;
  }

  /**
   * As in libzmq, nothing of it concerns peers in the same process, nor STREAM; but an authenticator always decides.
   * @throws EINVAL for options that cannot work
   */
  #secure(scheme: string, endpoint: string): void {
    if (this.socketType === 'STREAM' && this.#options.authenticator !== undefined) {
      throw zmqError('EINVAL', 'a STREAM has no handshake: nobody would ask its authenticator', endpoint);
    }
    if (scheme === 'inproc' || this.socketType === 'STREAM') return;
    checkMechanism(this.#options, endpoint);
    if (this.#options.mechanism === 'CURVE') this.workshop.prepare();
  }

  #target({ scheme, address }: Endpoint, role: 'bind' | 'connect'): Target {
    return (this.#transport(scheme) as Transport).target(address, role);
  }

  #transport(scheme: string): Transport | undefined {
    return this.#context.runtime.transports.find((candidate) => candidate.scheme === scheme);
  }

  #schemes(): string {
    const own = this.#context.runtime.transports.map((transport) => `${transport.scheme}://`);
    return [...own, 'inproc://'].join(', ');
  }

  /** All are known to be ending before the first has ended: the end of the last is the end of all. */
  #end(...closables: readonly Closable[]): void {
    for (const closable of closables) {
      this.#context.linger();
      this.#ending.set(closable, undefined);
    }
    for (const closable of closables) this.#finish(closable);
  }

  #finish(closable: Closable): void {
    const { linger } = this.#options;
    if (linger === 0) closable.abort();
    else closable.finish();
    if (linger > 0 && this.#ending.has(closable)) {
      this.#ending.set(
        closable,
        this.clock.after(linger, () => closable.abort()),
      );
    }
  }

  #checkDone(): void {
    if (this.#ending.size > 0 || this.#whenDone === undefined) return;
    const done = this.#whenDone;
    this.#whenDone = undefined;
    done(this.#dropped);
  }
}
