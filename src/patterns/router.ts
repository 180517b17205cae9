// ROUTER (RFC 28): receives from its peers in turn, with the peer's routing id in front; the first frame of what it sends
// names the peer to send to. Unroutable messages are dropped, or refused with EHOSTUNREACH when `mandatory` is set.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import { zmqError } from '../errors.js';
import { copyOf, EMPTY, quoted } from '../util/bytes.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern, PatternOptions } from './pattern.js';
import { RoutingTable } from './routing-table.js';

/** ZMQ_NOTIFY_CONNECT and ZMQ_NOTIFY_DISCONNECT. */
const NOTIFY_CONNECT = 1;
const NOTIFY_DISCONNECT = 2;

export class RouterPattern implements Pattern {
  static readonly socketType = 'ROUTER';
  readonly #options: PatternOptions;
  readonly incoming = new FairQueue();
  readonly #table = new RoutingTable();
  onUnroutable?: (message: Message) => void;

  constructor(options: PatternOptions) {
    this.#options = options;
  }

  attach(pipe: Pipe): boolean {
    if (pipe.routingId.length > 0) {
      this.#table.set(pipe.routingId, pipe);
      this.incoming.attach(pipe);
    }
    return true;
  }

  /** A peer, there or expected, has this routing id. */
  isTaken(id: Buffer): boolean {
    return this.#table.get(id) !== undefined;
  }

  /** The peer with this routing id, while it is there. */
  peerOf(id: Buffer): Peer | undefined {
    const pipe = this.#table.get(id);
    return pipe?.connected ? pipe.connection : undefined;
  }

  /**
   * An id given by `connect` outranks the peer's own. One that is taken is refused unless `handover` is set, whoever had it
   * before: a peer that comes again may have lost it meanwhile.
   */
  connected(pipe: Pipe): boolean {
    const own = pipe.peer?.routingId ?? EMPTY;
    const chosen = pipe.assignedId || own.length === 0 ? pipe.routingId : own;
    const id = chosen.length > 0 ? chosen : this.#table.newId();
    const holder = this.#table.get(id);
    if (holder !== pipe) {
      if (holder !== undefined && !this.#options.handover) return false;
      this.#table.set(id, pipe);
      holder?.disconnect();
    }
    // From now on: who names itself only now had nothing to say before.
    this.incoming.attach(pipe);
    if (this.#options.probeRouter) pipe.greet([EMPTY]);
    if (this.#options.helloMessage !== undefined) pipe.greet([this.#options.helloMessage]);
    if (this.#options.routerNotify & NOTIFY_CONNECT) pipe.deliver([EMPTY]);
    return true;
  }

  detach(pipe: Pipe): void {
    if (pipe.peer !== undefined && !pipe.connected) this.#tellOfLoss(pipe);
    this.incoming.detach(pipe);
    this.#table.delete(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.incoming.readable;
  }

  receive(): Message | undefined {
    const message = this.incoming.receive();
    // A copy: the program may write into what it receives.
    message?.unshift(copyOf(this.incoming.source!.routingId));
    return message;
  }

  /** Without `mandatory` a message is always taken, if only to be dropped. */
  get writable(): boolean {
    if (!this.#options.mandatory) return true;
    for (const pipe of this.#table.values()) if (pipe.writable) return true;
    return false;
  }

  #tellOfLoss(pipe: Pipe): void {
    const { disconnectMessage, routerNotify } = this.#options;
    if (routerNotify & NOTIFY_DISCONNECT) pipe.deliver([EMPTY]);
    // A copy: the program may write into what it receives.
    if (disconnectMessage !== undefined) pipe.deliver([copyOf(disconnectMessage)]);
  }

  send(message: Message): boolean {
    const [id, ...rest] = message as [Buffer, ...Message];
    // libzmq: an id alone is for nobody, whether there is such a peer or not.
    if (rest.length === 0) return true;
    const pipe = this.#table.get(id);
    if (pipe === undefined) {
      if (!this.#options.mandatory) {
        this.onUnroutable?.(message);
        return true;
      }
      throw zmqError('EHOSTUNREACH', `no peer has the routing id ${quoted(id.toString('latin1'))}`);
    }
    if (pipe.write(rest)) return true;
    if (this.#options.mandatory) return false;
    pipe.drop(rest);
    return true;
  }
}
