// REQ (RFC 28): sends a request to one peer in turn, then receives its reply, and so on. Waits when no peer can take it.

import { LockStepRequests } from '../core/lock-step-requests.js';
import { type RequestOptions, request } from '../core/requests.js';
import { Socket } from '../core/socket.js';
import type { ReqPattern } from '../patterns/req.js';
import { defineOptions, defineRoutingId, RECEIVE, SEND } from './accessors.js';
import type { Message, MessageLike, Readable, SocketOptions, Writable } from './types.js';

export interface Request extends Readable, Writable {
  /**
   * The id by which a ROUTER at the other end knows this socket: text, or 1 to 255 bytes that do not begin with 00. null
   * while none was set; setting null is EINVAL. Reads as text; the bytes are in `routingIdBytes` (next; ZMQ_ROUTING_ID).
   */
  get routingId(): string | null;
  /** 1 to 255 bytes; text is sent as UTF-8. @throws ENOTSOCK when closed, TypeError, EINVAL */
  set routingId(value: string | Buffer | null);
  /** The bytes of `routingId`, a copy; null while none was set. @throws ENOTSOCK when closed */
  readonly routingIdBytes: Buffer | null;
  /** Greet each new peer with an empty message, so that a ROUTER learns of us. Default false (ZMQ_PROBE_ROUTER). */
  probeRouter: boolean;
  /** Number the requests and drop replies that do not return the number. Default false (ZMQ_REQ_CORRELATE). */
  correlate: boolean;
  /** Allow a new request before the reply to the last has come; use with `correlate`. Default false (ZMQ_REQ_RELAXED). */
  relaxed: boolean;
}

/**
 * Sends a request to one peer in turn, then receives its reply, and so on (REQ, RFC 28). Waits when no peer can take it.
 */
export class Request extends Socket {
  constructor(options?: SocketOptions<Request>) {
    super(3, options);
  }

  /**
   * Sends a request and resolves with its reply. An attempt that is not answered within `timeout` ms is given up and the
   * request sent again, up to `retries` times, in turn to whichever peers there are; a late reply to an earlier attempt is
   * never taken for the answer: with `correlate` it is
   * known by its id, without, the connection to the old peer is made anew. Calls queue up, each has its turn for all of its
   * attempts; do not mix them with `send` and `receive` while one is under way.
   * @param options `timeout`: ms for each attempt, default `receiveTimeout`; `retries`: attempts after the first, default 0;
   *   `signal`: gives up. A server may get a request more than once
   * @throws EBADF, EBUSY, TypeError, EINVAL; rejects with EAGAIN when the last attempt is over and on close, EFSM while a
   *   request of `send` waits for its reply, with
   *   the reason of an aborted `signal`. The socket is free for the next request in each case
   */
  request(message: MessageLike | MessageLike[], options?: RequestOptions): Promise<Message[]> {
    const operations = Socket.operationsOf(this);
    const pattern = operations.pattern as ReqPattern;
    return request(operations, () => new LockStepRequests(operations, pattern), message, options);
  }
}

defineOptions(Request, ...SEND, ...RECEIVE, 'probeRouter', 'correlate', 'relaxed');
defineRoutingId(Request);
