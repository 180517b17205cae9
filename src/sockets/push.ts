// PUSH (RFC 30): sends to its peers in turn. Waits when none can take the message.

import { Socket } from '../core/socket.js';
import { defineOptions, SEND } from './accessors.js';
import type { SocketOptions, Writable } from './types.js';

export interface Push extends Writable {
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
}

/** Sends each message to one of its peers, in turn (PUSH, RFC 30). Waits when none can take it. */
export class Push extends Socket {
  constructor(options?: SocketOptions<Push>) {
    super(8, options);
  }
}

defineOptions(Push, ...SEND, 'conflate');
