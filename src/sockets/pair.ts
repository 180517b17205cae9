// PAIR (RFC 31): one peer, both ways, in order. Waits when the peer is full or absent.

import { Socket } from '../core/socket.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Pair extends Readable, Writable {}

/** One peer, both ways, in order (PAIR, RFC 31). Waits when the peer is full or absent; a second peer is refused. */
export class Pair extends Socket {
  constructor(options?: SocketOptions<Pair>) {
    super(0, options);
  }
}

defineOptions(Pair, ...SEND, ...RECEIVE);
