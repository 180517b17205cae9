// SUB (RFC 29): from every publisher, what begins with a subscribed prefix.

import { Socket } from '../core/socket.js';
import { SubPattern } from '../patterns/sub.js';
import { defineOptions, RECEIVE } from './accessors.js';
import { toTopics } from './topics.js';
import type { Readable, SocketOptions } from './types.js';

export interface Subscriber extends Readable {
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
}

export class Subscriber extends Socket {
  constructor(options?: SocketOptions<Subscriber>) {
    super(2, SubPattern, options);
  }

  /** Subscribes to messages whose first frame begins with any of the prefixes; to everything when none is given. @throws EBADF, EBUSY, TypeError */
  subscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), true);
  }

  /** Takes back as many earlier calls of `subscribe` with the same prefixes. @throws EBADF, EBUSY, TypeError */
  unsubscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), false);
  }
}

defineOptions(Subscriber, ...RECEIVE, 'conflate', 'invertMatching');

function setTopics(socket: Subscriber, topics: readonly Buffer[], add: boolean): void {
  const pattern = Socket.patternOf(socket) as SubPattern;
  for (const topic of topics) pattern.subscribe(topic, add);
}
