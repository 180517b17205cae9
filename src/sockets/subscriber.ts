// SUB (RFC 29): from every publisher, what begins with a subscribed prefix.

import { Socket } from '../core/socket.js';
import { describe } from '../errors.js';
import { SubPattern } from '../patterns/sub.js';
import { EMPTY } from '../util/bytes.js';
import { defineOptions, RECEIVE } from './accessors.js';
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
    setTopics(this, prefixes, true);
  }

  /** Takes back as many earlier calls of `subscribe` with the same prefixes. @throws EBADF, EBUSY, TypeError */
  unsubscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, prefixes, false);
  }
}

defineOptions(Subscriber, ...RECEIVE, 'conflate', 'invertMatching');

function setTopics(socket: Subscriber, prefixes: readonly unknown[], add: boolean): void {
  const pattern = Socket.patternOf(socket) as SubPattern;
  const topics = prefixes.length === 0 ? [EMPTY] : prefixes.map(toTopic);
  for (const topic of topics) pattern.subscribe(topic, add);
}

function toTopic(prefix: unknown): Buffer {
  if (typeof prefix === 'string') return Buffer.from(prefix);
  if (prefix instanceof Uint8Array) return Buffer.from(prefix);
  if (prefix === null) return EMPTY;
  throw new TypeError(`Option value must be string or buffer, not ${describe(prefix)}`);
}
