// STREAM (libzmq's ZMQ_STREAM): peers that speak plain TCP. What it receives is the routing id of a peer and a piece of
// what that peer has sent; an empty piece says that it has come or gone. What it sends is the same pair, and an empty
// piece ends the connection.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import { zmqError } from '../errors.js';
import { copyOf, quoted } from '../util/bytes.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern } from './pattern.js';
import { RoutingTable } from './routing-table.js';

export class StreamPattern implements Pattern {
  static readonly socketType = 'STREAM';
  /** As in libzmq: whether a send waits is seen only when its peer is known. */
  readonly writable = true;
  readonly incoming = new FairQueue();
  readonly #table = new RoutingTable();

  /** A peer keeps its id for as long as its pipe lives: one that was dialled, from connection to connection. */
  attach(pipe: Pipe): boolean {
    this.incoming.attach(pipe);
    this.#table.set(pipe.routingId.length > 0 ? pipe.routingId : this.#table.newId(), pipe);
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

  connected(): boolean {
    return true;
  }

  detach(pipe: Pipe): void {
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

  send(message: Message): boolean {
    const [id, bytes] = message as [Buffer, Buffer];
    if (message.length !== 2) {
      throw zmqError('EINVAL', `a STREAM socket sends a routing id and one part of data, not ${message.length} parts`);
    }
    const pipe = this.#table.get(id);
    if (pipe === undefined)
      throw zmqError('EHOSTUNREACH', `no peer has the routing id ${quoted(id.toString('latin1'))}`);
    if (bytes.length > 0) return pipe.write([bytes]);
    // From now on the peer is unknown; what it has brought can still be received, as with libzmq.
    this.#table.delete(pipe);
    pipe.leave();
    return true;
  }
}
