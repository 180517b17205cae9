// XPUB (RFC 29): PUB that receives its peers' subscriptions, as messages 01 prefix and 00 prefix.

import type { MessageLike } from '../core/message.js';
import { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import { Socket } from '../core/socket.js';
import { presentMessage } from '../core/verbs.js';
import type { WaitOptions } from '../core/wait-options.js';
import { describe, zmqError } from '../errors.js';
import type { Verbosity } from '../patterns/pattern.js';
import type { XpubPattern } from '../patterns/xpub.js';
import { defineOptions, PUBLISH, RECEIVE, SEND } from './accessors.js';
import { subscriberOf } from './subscriber-of.js';
import { toTopics } from './topics.js';
import type { Readable, SocketOptions, Writable } from './types.js';

/** ZMQ_XPUB_VERBOSE and ZMQ_XPUB_VERBOSER. */
const VERBOSE = 40;
const VERBOSER = 78;

export interface XPublisher extends Readable, Writable {
  /** Wait for subscribers at their high-water mark instead of dropping their messages. Default false (ZMQ_XPUB_NODROP). */
  noDrop: boolean;
  /**
   * Different topics that one peer may subscribe to, from 1; a peer that subscribes to more is disconnected (`disconnect`,
   * violation `subscription-limit`). Default 1000000 (not in libzmq).
   */
  maxSubscriptions: number;
  /** As `maxSubscriptions`, in bytes of all its topics together. Default 67108864, 64 MiB (not in libzmq). */
  maxSubscriptionBytes: number;
  /** Match the messages that begin with none of the topics; on both ends or on none. Default false (ZMQ_INVERT_MATCHING). */
  invertMatching: boolean;
  /** Subscriptions take effect only as the application decides. Default false (ZMQ_XPUB_MANUAL). */
  manual: boolean;
  /** A message for each new subscriber; null for none, the default (next; ZMQ_XPUB_WELCOME_MSG). */
  welcomeMessage: string | null;
}

/**
 * As Publisher, and receives the subscriptions of its peers, as messages: 01 and the prefix, or 00 and the prefix (XPUB, RFC 29).
 */
export class XPublisher extends Socket {
  constructor(options?: SocketOptions<XPublisher>) {
    super(9, options);
  }

  /**
   * Show repeated subscriptions too: null none, the default; "allSubs"; "allSubsUnsubs". Cannot be read
   * (ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER). @throws ENOTSOCK when closed, EINVAL for anything else
   */
  set verbosity(value: Verbosity) {
    if (value === null) this.setBoolOption(VERBOSE, false);
    else if (value === 'allSubs') this.setBoolOption(VERBOSE, true);
    else if (value === 'allSubsUnsubs') this.setBoolOption(VERBOSER, true);
    else throw zmqError('EINVAL', `verbosity is null, "allSubs" or "allSubsUnsubs", not ${describe(value)}`);
  }

  /**
   * A peer that a message with this first frame would go to, as soon as there is one, which may be at once; a subscriber of
   * anything when no topic is given. Keeps the process alive meanwhile.
   * @param options `timeout` in ms, default -1 without end; `signal`
   * @throws EBADF, TypeError, EINVAL; rejects with EAGAIN after `timeout` or on close, or with the signal's reason
   */
  waitForSubscriber(topic?: Buffer | string, options: WaitOptions = {}): Promise<Peer> {
    return subscriberOf(this, Socket.patternOf(this) as XpubPattern, topic, options);
  }

  /** With `manual`: gives the topics to the peer whose subscription was received last. @throws EBADF, EBUSY, TypeError */
  subscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), true);
  }

  /** With `manual`: takes the topics from the peer whose message was received last. @throws EBADF, EBUSY, TypeError */
  unsubscribe(...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), false);
  }

  /** With `manual`: gives the topics to this peer, whichever was heard last; without effect once it is gone. @throws EBADF, EBUSY, TypeError */
  subscribePeer(peer: Peer, ...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), true, peer);
  }

  /** With `manual`: takes the topics from this peer. @throws EBADF, EBUSY, TypeError */
  unsubscribePeer(peer: Peer, ...prefixes: (Buffer | string)[]): void {
    setTopics(this, toTopics(prefixes), false, peer);
  }

  /**
   * Sends a message to this peer alone, whatever it has subscribed to; a SUB drops what it did not ask for. For a first
   * message to a new subscriber, such as the last value of its topic.
   * @returns false when the peer is gone or its queue is full: then the message is dropped
   * @throws EBADF, EBUSY, TypeError
   */
  sendTo(peer: Peer, message: MessageLike | MessageLike[]): boolean {
    const pattern = Socket.patternOf(this) as XpubPattern;
    const parts = presentMessage(message);
    const pipe = pipeOf(peer);
    return parts === undefined || (pipe !== undefined && pattern.sendTo(pipe, parts));
  }
}

defineOptions(XPublisher, ...SEND, ...RECEIVE, ...PUBLISH, 'manual', 'welcomeMessage');

function setTopics(socket: XPublisher, topics: readonly Buffer[], add: boolean, peer?: Peer): void {
  const pattern = Socket.patternOf(socket) as XpubPattern;
  const pipe = peer === undefined ? undefined : pipeOf(peer);
  if (peer !== undefined && pipe === undefined) return;
  for (const topic of topics) pattern.setManually(topic, add, pipe);
}

/** Undefined when the peer is gone. @throws TypeError */
function pipeOf(peer: Peer): Pipe | undefined {
  if (!(peer instanceof Peer)) throw new TypeError("Peer must be one of the socket's");
  return Peer.pipeOf(peer);
}
