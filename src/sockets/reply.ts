// REP (RFC 28): receives a request from its peers in turn, then sends the reply to whom asked, and so on.

import { Socket } from '../core/socket.js';
import { RepPattern } from '../patterns/rep.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Reply extends Readable, Writable {
  /** The id by which a ROUTER at the other end knows this socket, 1 to 255 bytes of text; null for none (next; ZMQ_ROUTING_ID). */
  routingId: string | null;
}

export class Reply extends Socket {
  constructor(options?: SocketOptions<Reply>) {
    super(4, RepPattern, options);
  }
}

defineOptions(Reply, ...SEND, ...RECEIVE, 'routingId');
