// DEALER (RFC 28): sends to its peers in turn and receives from them in turn. Waits when none can take the message.

import { CorrelatedRequests } from '../core/correlated-requests.js';
import { type RequestOptions, request } from '../core/requests.js';
import { Socket } from '../core/socket.js';
import type { DealerPattern } from '../patterns/dealer.js';
import { defineOptions, defineRoutingId, RECEIVE, SEND } from './accessors.js';
import type { Message, MessageLike, Readable, SocketOptions, Writable } from './types.js';

export interface Dealer extends Readable, Writable {
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
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
}

/**
 * Sends to its peers in turn and receives from them in turn, as often as it likes (DEALER, RFC 28). Waits when none can take the message.
 */
export class Dealer extends Socket {
  constructor(options?: SocketOptions<Dealer>) {
    super(5, options);
  }

  /**
   * Sends a request and resolves with its reply. An attempt that is not answered within `timeout` ms is given up and the
   * request sent again, up to `retries` times, in turn to whichever peers there are; a late reply to an earlier attempt is
   * never taken for the answer. Any number may be
   * under way. Each goes out with an id and an empty frame in front, as through a REQ and a proxy, so that a REP, or a ROUTER
   * that answers with the envelope it got, returns the id. What is no reply to a request goes to `receive`; while requests
   * are under way up to 1000 such messages wait apart.
   * @param options `timeout`: ms for each attempt, default `receiveTimeout`; `retries`: attempts after the first, default 0;
   *   `signal`: gives up. A server may get a request more than once
   * @throws EBADF, EBUSY, TypeError, EINVAL; rejects with EAGAIN when the last attempt is over and on close, with
   *   the reason of an aborted `signal`. The socket is free for the next request in each case
   */
  request(message: MessageLike | MessageLike[], options?: RequestOptions): Promise<Message[]> {
    const operations = Socket.operationsOf(this);
    const pattern = operations.pattern as DealerPattern;
    return request(operations, () => new CorrelatedRequests(operations, pattern), message, options);
  }
}

defineOptions(Dealer, ...SEND, ...RECEIVE, 'probeRouter', 'conflate');
defineRoutingId(Dealer);
