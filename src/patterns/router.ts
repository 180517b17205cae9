// ROUTER (RFC 28): receives from its peers in turn, with the peer's routing id in front; the first frame of what it sends
// names the peer to send to. Unroutable messages are dropped, or refused with EHOSTUNREACH when `mandatory` is set.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { zmqError } from '../errors.js';
import { copyOf, EMPTY } from '../util/bytes.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern, PatternOptions } from './pattern.js';
import { RoutingTable } from './routing-table.js';

export class RouterPattern implements Pattern {
  static readonly socketType = 'ROUTER';
  readonly #options: PatternOptions;
  readonly #queue = new FairQueue();
  readonly #table = new RoutingTable();

  constructor(options: PatternOptions) {
    this.#options = options;
  }

  attach(pipe: Pipe): boolean {
    if (pipe.routingId.length > 0) this.#table.set(pipe.routingId, pipe);
    return true;
  }

  /** A peer, there or expected, has this routing id. */
  isTaken(id: Buffer): boolean {
    return this.#table.get(id) !== undefined;
  }

  /** An id given by `connect` outranks the peer's own; a taken id is refused unless `handover` is set. */
  connected(pipe: Pipe): boolean {
    const own = pipe.peer?.routingId ?? EMPTY;
    if (!pipe.assignedId && (own.length > 0 || pipe.routingId.length === 0)) {
      const id = own.length > 0 ? own : this.#table.newId();
      const holder = this.#table.get(id);
      const taken = holder !== undefined && holder !== pipe;
      if (taken && !this.#options.handover) return false;
      this.#table.set(id, pipe);
      if (taken) holder.disconnect();
    }
    if (this.#options.probeRouter) pipe.greet([EMPTY]);
    return true;
  }

  detach(pipe: Pipe): void {
    this.#queue.detach(pipe);
    this.#table.delete(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.#queue.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.#queue.readable;
  }

  receive(): Message | undefined {
    const message = this.#queue.receive();
    // A copy: the program may write into what it receives.
    message?.unshift(copyOf(this.#queue.source!.routingId));
    return message;
  }

  /** Without `mandatory` a message is always taken, if only to be dropped. */
  get writable(): boolean {
    if (!this.#options.mandatory) return true;
    for (const pipe of this.#table.values()) if (pipe.writable) return true;
    return false;
  }

  send(message: Message): boolean {
    const [id, ...rest] = message as [Buffer, ...Message];
    const pipe = this.#table.get(id);
    if (pipe === undefined) {
      if (!this.#options.mandatory) return true;
      throw zmqError('EHOSTUNREACH', `no peer has the routing id ${JSON.stringify(id.toString('latin1'))}`);
    }
    if (rest.length === 0) return true;
    if (pipe.write(rest)) return true;
    if (this.#options.mandatory) return false;
    pipe.dropped++;
    return true;
  }
}
