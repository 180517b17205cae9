// REQ (RFC 28): sends a request to one peer in turn, then receives its reply, and so on. Waits when no peer can take it.

import { Socket } from '../core/socket.js';
import { ReqPattern } from '../patterns/req.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Request extends Readable, Writable {
  /** The id by which a ROUTER at the other end knows this socket, 1 to 255 bytes of text; null for none (next; ZMQ_ROUTING_ID). */
  routingId: string | null;
  /** Greet each new peer with an empty message, so that a ROUTER learns of us. Default false (ZMQ_PROBE_ROUTER). */
  probeRouter: boolean;
  /** Number the requests and drop replies that do not return the number. Default false (ZMQ_REQ_CORRELATE). */
  correlate: boolean;
  /** Allow a new request before the reply to the last has come; use with `correlate`. Default false (ZMQ_REQ_RELAXED). */
  relaxed: boolean;
}

export class Request extends Socket {
  constructor(options?: SocketOptions<Request>) {
    super(3, ReqPattern, options);
  }
}

defineOptions(Request, ...SEND, ...RECEIVE, 'routingId', 'probeRouter', 'correlate', 'relaxed');
