// The public types that socket classes share: what can be sent and received, and the options, with unit and default.

import type { Context } from '../core/context.js';
import type { MessageLike } from '../core/message.js';
import type { Socket } from '../core/socket.js';

/** One received frame. */
export type Message = Buffer;
export type { MessageLike } from '../core/message.js';

/** Options of every socket. Those marked (next) apply to the next bind or connect, the others at once. */
export interface CommonOptions {
  /**
   * How long close, disconnect and unbind wait for unsent messages, in ms; -1 without end, 0 not at all. Default -1, and 0
   * for SUB and XSUB (ZMQ_LINGER).
   */
  linger: number;
  /** The wait before connecting again, in ms, plus a random part as large; -1 never. Default 100 (next; ZMQ_RECONNECT_IVL). */
  reconnectInterval: number;
  /** The wait doubles up to this many ms; 0 keeps it constant. Default 0 (next; ZMQ_RECONNECT_IVL_MAX). */
  reconnectMaxInterval: number;
  /** Connections that the system may queue for a bound endpoint. Default 100 (next; ZMQ_BACKLOG). */
  backlog: number;
  /** Bytes of a received message, all parts together; a peer that sends more is disconnected. -1 no limit, the default (next; ZMQ_MAXMSGSIZE). */
  maxMessageSize: number;
  /** TCP keep-alive: -1 the system's default, 0 off, 1 on. Default -1 (next; ZMQ_TCP_KEEPALIVE). */
  tcpKeepalive: number;
  /** Idle seconds before the first keep-alive probe; -1 the system's default. Default -1 (next; ZMQ_TCP_KEEPALIVE_IDLE). */
  tcpKeepaliveIdle: number;
  /** Queue messages only for peers that are there. Default false (next; ZMQ_IMMEDIATE). */
  immediate: boolean;
  /** Use IPv6 beside IPv4. Default false (next; ZMQ_IPV6). */
  ipv6: boolean;
  /** The time a peer has for its handshake, in ms; 0 no limit. Default 30000 (next; ZMQ_HANDSHAKE_IVL). */
  handshakeInterval: number;
  /** The time between heartbeats, in ms; 0 none, the default (next; ZMQ_HEARTBEAT_IVL). */
  heartbeatInterval: number;
  /** The silence after which the peer shall drop us, in ms, in steps of 100; 0 no wish, the default (next; ZMQ_HEARTBEAT_TTL). */
  heartbeatTimeToLive: number;
  /** The silence after a heartbeat that ends the connection, in ms; -1 as heartbeatInterval, the default (next; ZMQ_HEARTBEAT_TIMEOUT). */
  heartbeatTimeout: number;
  /** The time an attempt to connect may take, in ms; 0 the system's default (next; ZMQ_CONNECT_TIMEOUT). */
  connectTimeout: number;
}

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
