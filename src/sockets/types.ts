// The public types that socket classes share: what can be sent and received, and the options, with unit and default.

import type { Context } from '../core/context.js';
import type { MessageLike } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Socket } from '../core/socket.js';
import type { BatchOptions } from '../core/verbs.js';
import type { WaitOptions } from '../core/wait-options.js';

/** One received frame. */
export type Message = Buffer;
export type { MessageLike } from '../core/message.js';

/**
 * Sockets that send.
 * @typeParam M what they send
 * @typeParam O what else `send` takes
 */
export interface Writable<
  M extends MessageLike | MessageLike[] = MessageLike | MessageLike[],
  O extends readonly unknown[] = [options?: WaitOptions],
> {
  /** Messages that may wait for each peer; 0 no limit. Default 1000 (ZMQ_SNDHWM). */
  sendHighWaterMark: number;
  /**
   * Bytes that may wait for each peer, beside `sendHighWaterMark`; a message is taken while less wait, so at most one message
   * more does. 0 no limit, the default (not in libzmq).
   */
  sendHighWaterBytes: number;
  /** How long a send may wait, in ms; -1 without end, the default; 0 not at all (ZMQ_SNDTIMEO). */
  sendTimeout: number;
  /** Sends that may wait at once, first come first served; one more throws EBUSY. From 1, the default (not in libzmq). */
  maxPendingSends: number;
  /** Kept and read back, without effect: Node cannot set it. In bytes; -1 the system's default (ZMQ_SNDBUF). */
  sendBufferSize: number;
  /** Kept and read back, without effect: for multicast transports. Default 1 (ZMQ_MULTICAST_HOPS). */
  multicastHops: number;
  /**
   * Sends a message: one frame, or a list of frames. Resolves when the message is queued or dropped, as the socket type
   * has it. When it rejects, nothing of the message has been or will be sent.
   * @param options for this call: `timeout` in ms in place of `sendTimeout`, and `signal` to give up
   * @throws EBADF, EBUSY, TypeError, EINVAL for a bad timeout; rejects with EAGAIN after the timeout or on close, EFSM,
   *   ENOTSUP, EHOSTUNREACH, and with the reason of an aborted `signal`
   */
  send(message: M, ...options: O): Promise<void>;
  /**
   * Sends a message at once, as `send` does, or not at all: false when that would have to wait. Synchronous: a loop of it
   * leaves no room for anything else in the process, and on types that drop when they are full (PUB, ROUTER) it has no end
   * of its own.
   * @throws EBADF, EBUSY, TypeError, EFSM, ENOTSUP, EHOSTUNREACH
   */
  trySend(message: M): boolean;
}

/** What `receiveMessage` resolves with. */
export interface MessageFrom<M extends object[] = Message[]> {
  /** The message's frames. */
  parts: M;
  /** Who sent it. */
  peer: Peer;
}

/** Sockets that receive. */
export interface Readable<M extends object[] = Message[]> {
  /** Messages that may wait from each peer; 0 no limit. Default 1000 (ZMQ_RCVHWM). */
  receiveHighWaterMark: number;
  /**
   * Bytes that may wait from each peer, beside `receiveHighWaterMark`; the peer is asked for no more while as many wait. 0 no
   * limit, the default (not in libzmq).
   */
  receiveHighWaterBytes: number;
  /** How long a receive may wait, in ms; -1 without end, the default; 0 not at all (ZMQ_RCVTIMEO). */
  receiveTimeout: number;
  /** Receives that may wait at once, first come first served; one more throws EBUSY. From 1, the default (not in libzmq). */
  maxPendingReceives: number;
  /** Kept and read back, without effect: Node cannot set it. In bytes; -1 the system's default (ZMQ_RCVBUF). */
  receiveBufferSize: number;
  /**
   * The next message, as a list of its frames. A receive that gave up takes no message with it.
   * @param options for this call: `timeout` in ms in place of `receiveTimeout`, and `signal` to give up
   * @throws EBADF, EBUSY, TypeError, EINVAL for a bad timeout; rejects with EAGAIN after the timeout or on close, EFSM,
   *   ENOTSUP, and with the reason of an aborted `signal`
   */
  receive(options?: WaitOptions): Promise<M>;
  /**
   * The next message and the peer that sent it. Plain `receive` pays nothing for it.
   * @throws as `receive`, and rejects so
   */
  receiveMessage(options?: WaitOptions): Promise<MessageFrom<M>>;
  /**
   * The next message if it is there, else undefined. Synchronous: new messages reach the process only between turns of its
   * event loop, so a loop of it ends, and waiting with it is in vain.
   * @throws EBADF, EBUSY, EFSM, ENOTSUP
   */
  tryReceive(): M | undefined;
  /**
   * Waits for a message as `receive` does, and takes with it what else is there, up to `max` messages together.
   * @throws as `receive`; EINVAL for a `max` that is no whole number from 1
   */
  receiveBatch(options?: BatchOptions): Promise<M[]>;
  /**
   * Messages without end, as iterating over the socket itself, with options for each wait: iteration throws EAGAIN after
   * `timeout`, and the reason of an aborted `signal`. Ends when the socket is closed.
   * @throws TypeError, EINVAL
   */
  messages(options?: WaitOptions): AsyncIterable<M>;
  /** Messages without end; ends when the socket is closed. */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>;
}

type IfEquals<X, Y, A> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? A : never;
type WritableKeys<T> = {
  // biome-ignore lint/complexity/noBannedTypes: any function at all
  [P in keyof T]-?: T[P] extends Function ? never : IfEquals<{ [Q in P]: T[P] }, { -readonly [Q in P]: T[P] }, P>;
}[keyof T];

/**
 * What a socket's constructor takes: its writable properties, and the context it shall belong to. `routingId` may be a Buffer,
 * though it reads as text.
 */
export type SocketOptions<S extends Socket> = {
  [P in WritableKeys<S>]?: P extends 'routingId' ? S[P] | Buffer : S[P];
} & {
  /** Default: the one that all share. */
  context?: Context;
  /** A function, which without `strictNullChecks` looks like a method. */
  authenticator?: S['authenticator'];
};
