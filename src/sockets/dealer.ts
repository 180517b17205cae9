// DEALER (RFC 28): sends to its peers in turn and receives from them in turn. Waits when none can take the message.

import { Socket } from '../core/socket.js';
import { DealerPattern } from '../patterns/dealer.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Dealer extends Readable, Writable {
  /** The id by which a ROUTER at the other end knows this socket, 1 to 255 bytes of text; null for none (next; ZMQ_ROUTING_ID). */
  routingId: string | null;
  /** Greet each new peer with an empty message, so that a ROUTER learns of us. Default false (ZMQ_PROBE_ROUTER). */
  probeRouter: boolean;
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
}

export class Dealer extends Socket {
  constructor(options?: SocketOptions<Dealer>) {
    super(5, DealerPattern, options);
  }
}

defineOptions(Dealer, ...SEND, ...RECEIVE, 'routingId', 'probeRouter', 'conflate');
