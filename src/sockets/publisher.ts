// PUB (RFC 29): to every subscriber of a prefix of the first frame. Never waits; slow subscribers lose messages.

import type { Peer } from '../core/peer.js';
import { Socket } from '../core/socket.js';
import type { WaitOptions } from '../core/wait-options.js';
import type { PubPattern } from '../patterns/pub.js';
import { defineOptions, PUBLISH, SEND } from './accessors.js';
import { subscriberOf } from './subscriber-of.js';
import type { SocketOptions, Writable } from './types.js';

export interface Publisher extends Writable {
  /** Wait for subscribers at their high-water mark instead of dropping their messages. Default false (ZMQ_XPUB_NODROP). */
  noDrop: boolean;
  /** Keep only the last message in each direction. Default false (next; ZMQ_CONFLATE). */
  conflate: boolean;
  /**
   * Different topics that one peer may subscribe to, from 1; a peer that subscribes to more is disconnected (`disconnect`,
   * violation `subscription-limit`). Default 1000000 (not in libzmq).
   */
  maxSubscriptions: number;
  /** As `maxSubscriptions`, in bytes of all its topics together. Default 67108864, 64 MiB (not in libzmq). */
  maxSubscriptionBytes: number;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
}

/**
 * Sends to every subscriber of a prefix of the first frame (PUB, RFC 29). Subscribers that read too slowly lose messages, unless
 * `noDrop` is set.
 */
export class Publisher extends Socket {
  constructor(options?: SocketOptions<Publisher>) {
    super(1, options);
  }

  /**
   * A peer that a message with this first frame would go to, as soon as there is one, which may be at once; a subscriber of
   * anything when no topic is given. Keeps the process alive meanwhile.
   * @param options `timeout` in ms, default -1 without end; `signal`
   * @throws EBADF, TypeError, EINVAL; rejects with EAGAIN after `timeout` or on close, or with the signal's reason
   */
  waitForSubscriber(topic?: Buffer | string, options: WaitOptions = {}): Promise<Peer> {
    return subscriberOf(this, Socket.patternOf(this) as PubPattern, topic, options);
  }
}

defineOptions(Publisher, ...SEND, ...PUBLISH, 'conflate');
