// PULL (RFC 30): receives from its peers in turn.

import { Socket } from '../core/socket.js';
import { defineOptions, RECEIVE } from './accessors.js';
import type { Readable, SocketOptions } from './types.js';

export interface Pull extends Readable {
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
}

/** Receives from its peers in turn (PULL, RFC 30). */
export class Pull extends Socket {
  constructor(options?: SocketOptions<Pull>) {
    super(7, options);
  }
}

defineOptions(Pull, ...RECEIVE, 'conflate');
