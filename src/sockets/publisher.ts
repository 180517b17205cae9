// PUB (RFC 29): to every subscriber of a prefix of the first frame. Never waits; slow subscribers lose messages.

import { Socket } from '../core/socket.js';
import { PubPattern } from '../patterns/pub.js';
import { defineOptions, SEND } from './accessors.js';
import type { SocketOptions, Writable } from './types.js';

export interface Publisher extends Writable {
  /** Wait for subscribers at their high-water mark instead of dropping their messages. Default false (ZMQ_XPUB_NODROP). */
  noDrop: boolean;
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
}

export class Publisher extends Socket {
  constructor(options?: SocketOptions<Publisher>) {
    super(1, PubPattern, options);
  }
}

defineOptions(Publisher, ...SEND, 'noDrop', 'conflate', 'invertMatching');
