// STREAM (libzmq's ZMQ_STREAM): a socket for programs that speak no ZeroMQ. It sends and receives pairs of a peer's
// routing id and bytes.

import { Socket } from '../core/socket.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Message, MessageLike, Readable, SocketOptions, Writable } from './types.js';

const CONNECT_ROUTING_ID = 61;

/** Options of `stream.connect`. */
export interface StreamConnectOptions {
  /** The id under which the peer is known here: 1 to 255 bytes, not beginning with 00. Default: 00 and a number (ZMQ_CONNECT_ROUTING_ID). */
  routingId?: string | Buffer;
}

/**
 * Exchanges bytes with any TCP program (ZMQ_STREAM, libzmq's zmq_socket(3)). Messages are pairs:
 *
 * - received: `[routingId, data]`, `data` being up to 8192 bytes of what the peer has sent, cut anywhere, or empty when the
 *   peer has connected or left (see `notify`). The id is 5 bytes, 00 and a number, unless `connect` has given it another.
 * - sent: `[routingId, data]`; empty `data` ends the connection once everything before it has been sent. It waits while
 *   `sendHighWaterMark` messages wait for that peer. Rejects with EHOSTUNREACH when no peer has the id, EINVAL for
 *   another number of parts.
 *
 * While `receiveHighWaterMark` messages of a peer wait to be received, nothing more is read from it. It takes `tcp://` and
 * `ipc://` endpoints.
 */
export interface Stream extends Readable<[Message, Message]>, Writable<[MessageLike, MessageLike]> {
  /** Tell of each peer that connects or leaves, with an empty message. Default true, write-only (next; ZMQ_STREAM_NOTIFY). */
  notify: boolean;
}

export class Stream extends Socket {
  constructor(options?: SocketOptions<Stream>) {
    super(11, options);
  }

  /**
   * Connects to a TCP server, and again after each loss; the peer keeps its routing id.
   * @param options `routingId`: the id under which this peer is known here
   * @throws as `Socket.connect`; EADDRINUSE when a peer has the id
   */
  override connect(address: string, options: StreamConnectOptions = {}): void {
    if (options.routingId) this.setStringOption(CONNECT_ROUTING_ID, options.routingId);
    super.connect(address);
  }
}

defineOptions(Stream, ...SEND, ...RECEIVE, 'notify');
