// XPUB (RFC 29): PUB that receives its peers' subscriptions, as messages 01 prefix and 00 prefix.

import { Socket } from '../core/socket.js';
import { XpubPattern } from '../patterns/xpub.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import { toTopics } from './topics.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface XPublisher extends Readable, Writable {
  /** Wait for subscribers at their high-water mark instead of dropping their messages. Default false (ZMQ_XPUB_NODROP). */
  noDrop: boolean;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
  /** Subscriptions take effect only as the application decides. Default false (ZMQ_XPUB_MANUAL). */
  manual: boolean;
  /** A message for each new subscriber; null for none, the default (next; ZMQ_XPUB_WELCOME_MSG). */
  welcomeMessage: string | null;
  /** Show repeated subscriptions too: null none, the default; "allSubs"; "allSubsUnsubs" (ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER). */
  verbosity: null | 'allSubs' | 'allSubsUnsubs';
}

export class XPublisher extends Socket {
  constructor(options?: SocketOptions<XPublisher>) {
    super(9, XpubPattern, options);
  }

  /** With `manual`: gives the topics to the peer whose subscription was received last. @throws EBADF, EBUSY, TypeError */
  subscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), true);
  }

  /** With `manual`: takes the topics from the peer whose message was received last. @throws EBADF, EBUSY, TypeError */
  unsubscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), false);
  }
}

defineOptions(XPublisher, ...SEND, ...RECEIVE, 'noDrop', 'manual', 'welcomeMessage', 'invertMatching', 'verbosity');

function setTopics(socket: XPublisher, topics: readonly Buffer[], add: boolean): void {
  const pattern = Socket.patternOf(socket) as XpubPattern;
  for (const topic of topics) pattern.setManually(topic, add);
}
