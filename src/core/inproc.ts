// inproc:// (libzmq's zmq_inproc): two sockets of one Context, joined pipe to pipe without bytes in between. Connecting
// before the other side has bound is allowed; messages then wait in the connecting pipe.

import { ProtocolError, zmqError } from '../errors.js';
import type { PeerInfo } from '../protocol/connection.js';
import { type AnySocketType, compatible } from '../protocol/socket-types.js';
import { EMPTY } from '../util/bytes.js';
import { announced, type Closable } from './endpoint-host.js';
import { type Message, owned } from './message.js';
import type { Operations } from './operations.js';
import type { OptionValues } from './options.js';
import { Peer } from './peer.js';
import type { Peers } from './peers.js';
import type { Outlet, Pipe } from './pipe.js';

/** What an end needs of whom it belongs to: a socket, or a question of ZAP's. */
export interface InprocHost {
  readonly socketType: AnySocketType;
  readonly operations: Pick<Operations, 'introduce' | 'flow' | 'detach' | 'subscription'>;
  readonly peers: Pick<Peers, 'joined' | 'left'>;
  /** As EndpointHost's. */
  attachPipe(options: OptionValues, routingId?: Buffer): Pipe | undefined;
  dropPipe(pipe: Pipe): void;
  endpointDone(endpoint: Closable): void;
}

/** The bound names of a Context, and who waits for which. */
export class InprocRegistry {
  readonly #bound = new Map<string, InprocBinder>();
  readonly #waiting = new Map<string, Set<InprocConnecter>>();

  /** @throws EADDRINUSE */
  bind(name: string, binder: InprocBinder): void {
    if (this.#bound.has(name)) throw zmqError('EADDRINUSE', undefined, `inproc://${name}`);
    this.#bound.set(name, binder);
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const connecter of waiting ?? []) join(connecter, binder);
  }

  /** The type of the socket that has bound the name. */
  boundBy(name: string): AnySocketType | undefined {
    return this.#bound.get(name)?.host.socketType;
  }

  unbind(name: string, binder: InprocBinder): void {
    if (this.#bound.get(name) === binder) this.#bound.delete(name);
  }

  connect(name: string, connecter: InprocConnecter): void {
    const binder = this.#bound.get(name);
    if (binder !== undefined) {
      join(connecter, binder);
      return;
    }
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(connecter));
  }

  forget(name: string, connecter: InprocConnecter): void {
    const waiting = this.#waiting.get(name);
    waiting?.delete(connecter);
    if (waiting?.size === 0) this.#waiting.delete(name);
  }
}

/** One end of a joined pair. What its own pipe sends is delivered to the other end's pipe. */
class InprocEnd implements Outlet {
  readonly pipe: Pipe;
  readonly #host: InprocHost;
  readonly #gone: () => void;
  readonly #rejoin: (() => void) | undefined;
  other: InprocEnd | undefined;
  /** What came before our pattern knew its peer; undefined afterwards. */
  #early: (() => void)[] | undefined = [];
  #finishing = false;
  #joined = false;

  /** @param rejoin for the end that connected: makes a new pair */
  constructor(pipe: Pipe, host: InprocHost, gone: () => void, rejoin?: () => void) {
    this.pipe = pipe;
    this.#host = host;
    this.#gone = gone;
    this.#rejoin = rejoin;
  }

  send(message: Message): boolean {
    return this.other === undefined || this.other.#take(owned(message));
  }

  subscribe(topic: Buffer, add: boolean): void {
    const other = this.other;
    if (other === undefined) return;
    if (other.#early === undefined) other.#subscription(topic, add);
    else other.#early.push(() => other.#subscription(topic, add));
  }

  resumeInput(): void {
    const other = this.other;
    if (other === undefined) return;
    other.pipe.outletReady();
    other.#endIfDrained();
  }

  /** Takes back what the other end has not read. */
  withdraw(): void {
    while (this.other?.pipe.read() !== undefined);
  }

  /** Ends both ends. */
  disconnect(again = false): void {
    const other = this.other;
    if (other === undefined) return;
    const rejoin = this.#finishing || other.#finishing ? undefined : (this.#rejoin ?? other.#rejoin);
    this.other = undefined;
    other.other = undefined;
    for (const end of [this, other]) {
      end.pipe.shut();
      end.#left();
      end.#gone();
    }
    if (again) rejoin?.();
  }

  #left(): void {
    if (this.#joined && this.pipe.connection !== undefined) this.#host.peers.left(this.pipe.connection, undefined);
    this.#joined = false;
  }

  /** The other end as our socket knows it. */
  meet(other: InprocEnd, info: PeerInfo, address: string): void {
    this.other = other;
    if (other.pipe.confidential) this.pipe.confidential = true;
    const link = { address, remoteAddress: undefined, reconnects: 0, disconnect: () => this.disconnect() };
    this.pipe.open(this, info, new Peer(this.pipe, info, link));
  }

  /** The pattern's word on its new peer. What it says to the peer is heard once both have had their say. */
  introduce(): boolean {
    return this.#host.operations.introduce(this.pipe);
  }

  /** Both ends are introduced: hears what was said meanwhile. */
  listen(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    if (this.other !== undefined && this.pipe.connection !== undefined) {
      this.#joined = true;
      this.#host.peers.joined(this.pipe.connection, false);
    }
    for (const happened of early) happened();
  }

  /** What waited here goes over. */
  flow(): void {
    this.#host.operations.flow(this.pipe);
    this.#endIfDrained();
  }

  /** Takes nothing new; ends once what waits has gone over. */
  finish(): void {
    this.#finishing = true;
    this.#host.operations.detach(this.pipe);
    this.#endIfDrained();
  }

  #take(message: Message): boolean {
    if (this.#early === undefined) return this.pipe.deliver(message);
    this.#early.push(() => this.pipe.deliver(message));
    return true;
  }

  #subscription(topic: Buffer, add: boolean): void {
    try {
      this.#host.operations.subscription(this.pipe, topic, add);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.disconnect();
    }
  }

  #endIfDrained(): void {
    if (!this.#finishing || this.pipe.queuedOut > 0) return;
    if (this.other === undefined) this.#gone();
    else this.disconnect();
  }
}

export class InprocBinder implements Closable {
  readonly host: InprocHost;
  readonly options: OptionValues;
  readonly #name: string;
  readonly #registry: InprocRegistry;
  readonly #ends = new Set<InprocEnd>();
  #finishing = false;

  constructor(host: InprocHost, options: OptionValues, registry: InprocRegistry, name: string) {
    this.host = host;
    this.options = options;
    this.#registry = registry;
    this.#name = name;
    registry.bind(name, this);
  }

  /** A new end for a connecter, or undefined when the socket takes no more peers. */
  newEnd(): InprocEnd | undefined {
    const pipe = this.host.attachPipe(this.options);
    if (pipe === undefined) return undefined;
    const end: InprocEnd = new InprocEnd(pipe, this.host, () => this.#gone(end));
    this.#ends.add(end);
    return end;
  }

  finish(): void {
    this.#stop();
    for (const end of [...this.#ends]) end.finish();
    this.#doneWhenEmpty();
  }

  abort(): void {
    this.#stop();
    for (const end of [...this.#ends]) end.disconnect();
    this.#doneWhenEmpty();
  }

  /** The name is free again; who came over it stays. Done when all have left. */
  release(): void {
    this.#stop();
    this.#doneWhenEmpty();
  }

  #stop(): void {
    this.#finishing = true;
    this.#registry.unbind(this.#name, this);
  }

  #gone(end: InprocEnd): void {
    this.#ends.delete(end);
    this.host.operations.detach(end.pipe);
    this.host.dropPipe(end.pipe);
    this.#doneWhenEmpty();
  }

  #doneWhenEmpty(): void {
    if (this.#finishing && this.#ends.size === 0) this.host.endpointDone(this);
  }
}

export class InprocConnecter implements Closable {
  readonly host: InprocHost;
  readonly options: OptionValues;
  readonly name: string;
  readonly #registry: InprocRegistry;
  #end: InprocEnd | undefined;
  #routingId: Buffer | undefined;
  #stopped = false;

  constructor(host: InprocHost, options: OptionValues, registry: InprocRegistry, name: string) {
    this.host = host;
    this.options = options;
    this.#registry = registry;
    this.name = name;
  }

  start(routingId: Buffer | undefined): void {
    this.#routingId = routingId;
    this.#join();
  }

  get end(): InprocEnd | undefined {
    return this.#end;
  }

  /** Messages for a name that nobody has bound wait as long as linger lets them. */
  finish(): void {
    if (this.#end === undefined || this.#stopped) this.#stop();
    else this.#end.finish();
  }

  abort(): void {
    this.#end?.disconnect();
    this.#stop();
  }

  #join(): void {
    const pipe = this.host.attachPipe(this.options, this.#routingId);
    if (pipe === undefined) return;
    this.#stopped = false;
    this.#end = new InprocEnd(
      pipe,
      this.host,
      () => this.#stop(),
      () => this.#join(),
    );
    this.#registry.connect(this.name, this);
  }

  #stop(): void {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#registry.forget(this.name, this);
      this.#detach();
    }
    this.host.endpointDone(this);
  }

  #detach(): void {
    if (this.#end === undefined) return;
    this.host.operations.detach(this.#end.pipe);
    this.host.dropPipe(this.#end.pipe);
  }
}

/** A connecter that is refused has ended, as with libzmq: nobody else will come for what it sends. */
function join(connecter: InprocConnecter, binder: InprocBinder): void {
  const one = connecter.end;
  const two = compatible(connecter.host.socketType, binder.host.socketType) ? binder.newEnd() : undefined;
  if (one === undefined || two === undefined) {
    connecter.abort();
    return;
  }
  const address = `inproc://${connecter.name}`;
  one.meet(two, peerInfo(binder.host.socketType, binder.options), address);
  two.meet(one, peerInfo(connecter.host.socketType, connecter.options), address);
  if (!two.introduce() || !one.introduce()) {
    one.disconnect();
    return;
  }
  two.listen();
  one.listen();
  two.flow();
  one.flow();
}

function peerInfo(socketType: AnySocketType, options: OptionValues): PeerInfo {
  return {
    socketType,
    routingId: options.routingId ?? EMPTY,
    properties: new Map(announced(socketType, options).map(([name, value]) => [name.toLowerCase(), value])),
    userId: undefined,
    subscriptionsAreASet: false,
  };
}
