// The contract between a socket and its messaging pattern. A pattern decides which pipe gets a message and whether an
// operation is legal now. It is synchronous and does no I/O; its socket calls it when pipes come, change and go.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import type { AnySocketType } from '../protocol/socket-types.js';

/** Socket options that patterns read; live, so that a change takes effect at once (libzmq's socket-level flags). */
export interface PatternOptions {
  /** ROUTER: refuse unroutable messages with EHOSTUNREACH instead of dropping them. */
  readonly mandatory: boolean;
  /** ROUTER: a peer with a taken routing id takes it over. */
  readonly handover: boolean;
  /** REQ, DEALER, ROUTER: greet each new peer with an empty message. */
  readonly probeRouter: boolean;
  /** REQ: prefix requests with an id and drop replies that do not return it. */
  readonly correlate: boolean;
  /** REQ: a new request may be sent before the reply to the last has come. */
  readonly relaxed: boolean;
  /** PUB, XPUB: wait for slow subscribers instead of dropping. */
  readonly noDrop: boolean;
  /** XPUB: which repeated subscriptions the application sees. */
  readonly verbosity: Verbosity;
  /** XPUB: the application decides on each subscription. */
  readonly manual: boolean;
  /** XPUB: sent to each new subscriber. */
  readonly welcomeMessage: Buffer | undefined;
  /** XPUB: manual, and the next message goes to the peer whose subscription was received last, and to no other. */
  readonly manualLastValue: boolean;
  /** ROUTER: bit 1 shows connects, bit 2 disconnects, as empty messages from the peer. */
  readonly routerNotify: number;
  /** DEALER, ROUTER: sent to each new peer. */
  readonly helloMessage: Buffer | undefined;
  /** ROUTER: received for each peer that is lost. */
  readonly disconnectMessage: Buffer | undefined;
  /** PUB, XPUB, SUB: match messages that begin with none of the topics. */
  readonly invertMatching: boolean;
  /** PUB, XPUB: different topics that one peer may subscribe to. */
  readonly maxSubscriptions: number;
  /** PUB, XPUB: bytes of all topics of one peer. */
  readonly maxSubscriptionBytes: number;
}

/** @inline */
export type Verbosity = null | 'allSubs' | 'allSubsUnsubs';

/** What a pattern receives from: its fair queue. */
export interface Incoming {
  /** Who sent the message received last; undefined before the first. */
  readonly peer: Peer | undefined;
  /** Messages that wait to be received. */
  readonly queued: number;
}

export interface Pattern {
  readonly incoming: Incoming;
  /** Told of each message that has nowhere to go and is dropped for it. */
  onUnroutable?: (message: Message) => void;
  /** Told when a topic has a further subscriber. */
  onSubscribed?: () => void;
  /** Told that there is work for later: `work` is to be called once in each turn of the event loop until it says false. */
  onWork?: () => void;
  /** A pipe exists; its peer may not be known yet. False: this socket takes no further peer. */
  attach(pipe: Pipe): boolean;
  /** The pipe's peer is there, for the first time or again. False: it is refused. */
  connected(pipe: Pipe): boolean;
  /** The pipe is gone: nothing can be sent to it; what it brought may still be received. */
  detach(pipe: Pipe): void;
  /** The pipe went from empty to readable. */
  readActivated(pipe: Pipe): void;
  /** The pipe was at its high-water mark and takes messages again. */
  writeActivated(pipe: Pipe): void;
  /** The pipe's peer subscribed or cancelled. */
  subscription(pipe: Pipe, topic: Buffer, add: boolean): void;

  /** `receive` would return a message. */
  readonly readable: boolean;
  /** The next message, or undefined when there is none. @throws EFSM, ENOTSUP */
  receive(): Message | undefined;
  /** `send` would take a message. */
  readonly writable: boolean;
  /** False: not now. @throws EFSM, ENOTSUP, EHOSTUNREACH */
  send(message: Message): boolean;

  /** Does some of what would take too long at once. False: there is no more to do for now. */
  work?(): boolean;
  /** SUB, and XPUB in manual mode: the user subscribes or cancels. False: not here, or not now. */
  setTopic?(topic: Buffer, add: boolean): boolean;
  /** PUB, XPUB: different topics that peers subscribed to; SUB, XSUB: subscriptions (ZMQ_TOPICS_COUNT). */
  readonly topicCount?: number;
  /** ROUTER: a peer, there or expected, has this routing id. */
  isTaken?(id: Buffer): boolean;
}

export interface PatternClass {
  new (options: PatternOptions): Pattern;
  readonly socketType: AnySocketType;
}
