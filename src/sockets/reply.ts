// REP (RFC 28): receives a request from its peers in turn, then sends the reply to whom asked, and so on.

import { Socket } from '../core/socket.js';
import { defineOptions, defineRoutingId, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Reply extends Readable, Writable {
  /**
   * The id by which a ROUTER at the other end knows this socket: text, or 1 to 255 bytes that do not begin with 00. null
   * while none was set; setting null is EINVAL. Reads as text; the bytes are in `routingIdBytes` (next; ZMQ_ROUTING_ID).
   */
  get routingId(): string | null;
  /** 1 to 255 bytes; text is sent as UTF-8. @throws ENOTSOCK when closed, TypeError, EINVAL */
  set routingId(value: string | Buffer | null);
  /** The bytes of `routingId`, a copy; null while none was set. @throws ENOTSOCK when closed */
  readonly routingIdBytes: Buffer | null;
}

/**
 * Receives a request from its peers in turn, then sends the reply to whoever asked, and so on (REP, RFC 28). Replies to who is
 * gone are dropped.
 */
export class Reply extends Socket {
  constructor(options?: SocketOptions<Reply>) {
    super(4, options);
  }
}

defineOptions(Reply, ...SEND, ...RECEIVE);
defineRoutingId(Reply);
