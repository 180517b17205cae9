// PAIR (RFC 31): one peer, both ways, in order. Waits when the peer is full or absent.

import { Socket } from '../core/socket.js';
import { PairPattern } from '../patterns/pair.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface Pair extends Readable, Writable {}

export class Pair extends Socket {
  constructor(options?: SocketOptions<Pair>) {
    super(0, PairPattern, options);
  }
}

defineOptions(Pair, ...SEND, ...RECEIVE);
