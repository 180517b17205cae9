// SUB (RFC 29): from every publisher, what begins with a subscribed prefix.

import { Socket } from '../core/socket.js';
import { defineOptions, RECEIVE } from './accessors.js';
import type { Readable, SocketOptions } from './types.js';

/** ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE. */
const SUBSCRIBE = 6;
const UNSUBSCRIBE = 7;

export interface Subscriber extends Readable {
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
}

/** Receives, from every publisher, what begins with a subscribed prefix (SUB, RFC 29). */
export class Subscriber extends Socket {
  constructor(options?: SocketOptions<Subscriber>) {
    super(2, options);
  }

  /** Subscribes to messages whose first frame begins with any of the prefixes; to everything when none is given. @throws ENOTSOCK when closed, TypeError */
  subscribe(...prefixes: (Buffer | string)[]): void {
    if (prefixes.length === 0) this.setStringOption(SUBSCRIBE, null);
    for (const prefix of prefixes) this.setStringOption(SUBSCRIBE, prefix);
  }

  /** Takes back as many earlier calls of `subscribe` with the same prefixes. @throws ENOTSOCK when closed, TypeError */
  unsubscribe(...prefixes: (Buffer | string)[]): void {
    if (prefixes.length === 0) this.setStringOption(UNSUBSCRIBE, null);
    for (const prefix of prefixes) this.setStringOption(UNSUBSCRIBE, prefix);
  }
}

defineOptions(Subscriber, ...RECEIVE, 'conflate', 'invertMatching');
