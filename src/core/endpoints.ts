// A socket's endpoints: what it has bound and connected, the pipes that came of it, and their orderly end.

import { systemError, ZmqError, zmqError } from '../errors.js';
import type { SocketType } from '../protocol/socket-types.js';
import { parseEndpoint } from '../transport/address.js';
import type { Target } from '../transport/transport.js';
import { quoted } from '../util/bytes.js';
import type { Clock, Timer } from './clock.js';
import type { ContextCore } from './context.js';
import { Dialer } from './dialer.js';
import type { Closable, EndpointHost } from './endpoint-host.js';
import { InprocBinder, InprocConnecter } from './inproc.js';
import { Listener } from './listener.js';
import type { Event } from './monitor.js';
import type { Operations } from './operations.js';
import type { OptionValues } from './options.js';
import { Pipe } from './pipe.js';

interface Entry {
  /** As the user gave it, and as it was resolved: either names it in unbind and disconnect. */
  readonly names: readonly string[];
  readonly closable: Closable;
}

export class Endpoints implements EndpointHost {
  readonly socketType: SocketType;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: Event) => void;
  readonly #context: ContextCore;
  readonly #options: OptionValues;
  readonly #pipes = new Set<Pipe>();
  #bound: Entry[] = [];
  #connected: Entry[] = [];
  /** What is ending, and the end of its linger. */
  readonly #ending = new Map<Closable, Timer | undefined>();
  #whenDone: (() => void) | undefined;
  lastEndpoint: string | null = null;

  constructor(
    socketType: SocketType,
    operations: Operations,
    context: ContextCore,
    options: OptionValues,
    emit: (event: Event) => void,
  ) {
    this.socketType = socketType;
    this.operations = operations;
    this.clock = context.runtime.clock;
    this.random = context.runtime.random;
    this.emit = emit;
    this.#context = context;
    this.#options = options;
  }

  /**
   * A promise while the system works on it; undefined when done at once.
   * @throws EINVAL, EPROTONOSUPPORT, EADDRINUSE (inproc); the promise rejects with a system error
   */
  bind(endpoint: string): Promise<void> | undefined {
    const { scheme, address } = parseEndpoint(endpoint);
    if (scheme === 'inproc') {
      const binder = new InprocBinder(this, { ...this.#options }, this.#context.inproc, address);
      this.#bound.push({ names: [endpoint], closable: binder });
      this.lastEndpoint = endpoint;
      return undefined;
    }
    return this.#listen(endpoint, this.#target(scheme, address, 'bind', endpoint));
  }

  /** @throws ENOENT */
  unbind(endpoint: string): void {
    this.#bound = this.#remove(this.#bound, endpoint, 'bound');
  }

  /** @throws EINVAL, EPROTONOSUPPORT */
  connect(endpoint: string, routingId: Buffer | undefined): void {
    const { scheme, address } = parseEndpoint(endpoint);
    if (scheme !== 'inproc' && this.#isRepeated(endpoint)) return;
    const options = { ...this.#options };
    if (scheme === 'inproc') {
      const connecter = new InprocConnecter(this, options, this.#context.inproc, address);
      this.#connected.push({ names: [endpoint], closable: connecter });
      connecter.start(routingId);
    } else {
      const dialer = new Dialer(this, this.#target(scheme, address, 'connect', endpoint), endpoint, options);
      this.#connected.push({ names: [endpoint], closable: dialer });
      dialer.start(routingId);
    }
    this.lastEndpoint = endpoint;
  }

  /** libzmq: these types ignore a second connect to the same endpoint; it would only double their messages. */
  #isRepeated(endpoint: string): boolean {
    const once = ['DEALER', 'SUB', 'PUB', 'REQ'].includes(this.socketType);
    return once && this.#connected.some(({ names }) => names.includes(endpoint));
  }

  /** @throws ENOENT */
  disconnect(endpoint: string): void {
    this.#connected = this.#remove(this.#connected, endpoint, 'connected');
  }

  /** Ends everything; `done` is called once nothing lingers. */
  close(done: () => void): void {
    const entries = [...this.#connected, ...this.#bound];
    this.#connected = [];
    this.#bound = [];
    this.#whenDone = done;
    for (const { closable } of entries) this.#end(closable);
    this.#checkDone();
  }

  /** The marks of all pipes follow the options. */
  marksChanged(): void {
    const { sendHighWaterMark, receiveHighWaterMark } = this.#options;
    for (const pipe of this.#pipes) pipe.setMarks(sendHighWaterMark, receiveHighWaterMark);
  }

  newPipe(options: OptionValues): Pipe {
    const { sendHighWaterMark, receiveHighWaterMark } = this.#options;
    const pipe = new Pipe(this.operations, { ...options, sendHighWaterMark, receiveHighWaterMark });
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
    this.#pipes.delete(pipe);
    pipe.discard();
  }

  endpointDone(endpoint: Closable): void {
    if (!this.#ending.has(endpoint)) return;
    this.#ending.get(endpoint)?.cancel();
    this.#ending.delete(endpoint);
    this.#context.release();
    this.#checkDone();
  }

  async #listen(endpoint: string, target: Target): Promise<void> {
    const listener = new Listener(this, { ...this.#options });
    try {
      await listener.start(target);
    } catch (error) {
      const reason = error instanceof ZmqError ? error : systemError(error as NodeJS.ErrnoException, endpoint);
      this.emit({ type: 'bind:error', address: endpoint, error: reason });
      throw reason;
    }
    this.#bound.push({ names: [endpoint, listener.endpoint], closable: listener });
    this.lastEndpoint = listener.endpoint;
    this.emit({ type: 'bind', address: listener.endpoint });
  }

  #target(scheme: string, address: string, role: 'bind' | 'connect', endpoint: string): Target {
    const transport = this.#context.runtime.transports.find((candidate) => candidate.scheme === scheme);
    if (transport !== undefined) return transport.target(address, role);
    throw zmqError('EPROTONOSUPPORT', `${quoted(endpoint)} is none of ${this.#schemes()}`, endpoint);
  }

  #schemes(): string {
    const own = this.#context.runtime.transports.map((transport) => `${transport.scheme}://`);
    return [...own, 'inproc://'].join(', ');
  }

  #remove(entries: Entry[], endpoint: string, state: string): Entry[] {
    const leaving = entries.filter((entry) => entry.names.includes(endpoint));
    if (leaving.length === 0) throw zmqError('ENOENT', `${quoted(endpoint)} is not ${state}`, endpoint);
    for (const { closable } of leaving) this.#end(closable);
    return entries.filter((entry) => !leaving.includes(entry));
  }

  #end(closable: Closable): void {
    const { linger } = this.#options;
    this.#context.hold();
    this.#ending.set(closable, undefined);
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
    done();
  }
}
