// The contract between a socket and its messaging pattern. A pattern decides which pipe gets a message and whether an
// operation is legal now. It is synchronous and does no I/O; its socket calls it when pipes come, change and go.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import type { SocketType } from '../protocol/socket-types.js';

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
  /** PUB, XPUB, SUB: match messages that begin with none of the topics. */
  readonly invertMatching: boolean;
}

export type Verbosity = null | 'allSubs' | 'allSubsUnsubs';

export interface Pattern {
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
}

export interface PatternClass {
  new (options: PatternOptions): Pattern;
  readonly socketType: SocketType;
}
