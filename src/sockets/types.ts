// The public types that socket classes share: what can be sent and received, and the options, with unit and default.

import type { Context } from '../core/context.js';
import type { MessageLike } from '../core/message.js';
import type { Socket } from '../core/socket.js';

/** One received frame. */
export type Message = Buffer;
export type { MessageLike } from '../core/message.js';

/** Sockets that send. */
export interface Writable<M extends MessageLike | MessageLike[] = MessageLike | MessageLike[]> {
  /** Messages that may wait for each peer; 0 no limit. Default 1000 (ZMQ_SNDHWM). */
  sendHighWaterMark: number;
  /** How long a send may wait, in ms; -1 without end, the default; 0 not at all (ZMQ_SNDTIMEO). */
  sendTimeout: number;
  /**
   * Sends a message: one frame, or a list of frames. Resolves when the message is queued or dropped, as the socket type
   * has it.
   * @throws EBADF, EBUSY, TypeError; rejects with EAGAIN after `sendTimeout` or on close, EFSM, ENOTSUP, EHOSTUNREACH
   */
  send(message: M): Promise<void>;
}

/** Sockets that receive. */
export interface Readable<M extends object[] = Message[]> {
  /** Messages that may wait from each peer; 0 no limit. Default 1000 (ZMQ_RCVHWM). */
  receiveHighWaterMark: number;
  /** How long a receive may wait, in ms; -1 without end, the default; 0 not at all (ZMQ_RCVTIMEO). */
  receiveTimeout: number;
  /**
   * The next message, as a list of its frames.
   * @throws EBADF, EBUSY; rejects with EAGAIN after `receiveTimeout` or on close, EFSM, ENOTSUP
   */
  receive(): Promise<M>;
  /** Messages without end; ends when the socket is closed. */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>;
}

type IfEquals<X, Y, A> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? A : never;
type WritableKeys<T> = {
  // biome-ignore lint/complexity/noBannedTypes: any function at all
  [P in keyof T]-?: T[P] extends Function ? never : IfEquals<{ [Q in P]: T[P] }, { -readonly [Q in P]: T[P] }, P>;
}[keyof T];

/** What a socket's constructor takes: its writable properties, and the context it shall belong to. */
export type SocketOptions<S extends Socket> = Partial<Pick<S, WritableKeys<S>>> & { context?: Context };
