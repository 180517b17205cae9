// Every socket option in one table: its libzmq number, kind, default and range. The classes of src/sockets/ get their
// properties from here; `OptionValues` is what the rest of the core reads.

import { describe, zmqError } from '../errors.js';
import type { PatternOptions, Verbosity } from '../patterns/pattern.js';

/** Options of every socket. Those marked (next) apply to the next bind or connect, the others at once. */
export interface CommonOptions {
  /**
   * How long close, disconnect and unbind wait for unsent messages, in ms; -1 without end, 0 not at all. Default -1, and 0
   * for SUB and XSUB (ZMQ_LINGER).
   */
  linger: number;
  /** The wait before connecting again, in ms, plus a random part as large; -1 or 0 never. Default 100 (next; ZMQ_RECONNECT_IVL). */
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

/** The value of each option, by its public name. */
export interface OptionValues extends CommonOptions, PatternOptions {
  sendHighWaterMark: number;
  receiveHighWaterMark: number;
  sendTimeout: number;
  receiveTimeout: number;
  routingId: Buffer | undefined;
  conflate: boolean;
  mandatory: boolean;
  handover: boolean;
  probeRouter: boolean;
  correlate: boolean;
  relaxed: boolean;
  noDrop: boolean;
  verbosity: Verbosity;
  manual: boolean;
  welcomeMessage: Buffer | undefined;
  invertMatching: boolean;
}

export type OptionName = keyof OptionValues;

interface OptionSpec {
  /** libzmq's number (zmq.h). */
  readonly id: number;
  readonly kind: 'int' | 'bool' | 'bytes' | 'verbosity';
  readonly default: number | boolean | null | undefined;
  readonly min?: number;
  readonly max?: number;
  /** Values are rounded down to a multiple of this. */
  readonly step?: number;
  /** Write-only in libzmq: reads as undefined, as in zeromq.js. */
  readonly writeOnly?: true;
}

const INT_MAX = 2 ** 31 - 1;
/** libzmq keeps the TTL in tenths of a second in 16 bits. */
const TTL_MAX = 6_553_599;

export const OPTIONS: Readonly<Record<OptionName, OptionSpec>> = Object.freeze({
  routingId: { id: 5, kind: 'bytes', default: undefined, min: 1, max: 255 },
  linger: { id: 17, kind: 'int', default: -1, min: -1 },
  reconnectInterval: { id: 18, kind: 'int', default: 100, min: -1 },
  backlog: { id: 19, kind: 'int', default: 100, min: 0 },
  reconnectMaxInterval: { id: 21, kind: 'int', default: 0, min: 0 },
  maxMessageSize: { id: 22, kind: 'int', default: -1, min: -1, max: Number.MAX_SAFE_INTEGER },
  sendHighWaterMark: { id: 23, kind: 'int', default: 1000, min: 0 },
  receiveHighWaterMark: { id: 24, kind: 'int', default: 1000, min: 0 },
  receiveTimeout: { id: 27, kind: 'int', default: -1, min: -1 },
  sendTimeout: { id: 28, kind: 'int', default: -1, min: -1 },
  mandatory: { id: 33, kind: 'bool', default: false },
  tcpKeepalive: { id: 34, kind: 'int', default: -1, min: -1, max: 1 },
  tcpKeepaliveIdle: { id: 36, kind: 'int', default: -1, min: -1 },
  immediate: { id: 39, kind: 'bool', default: false },
  verbosity: { id: 40, kind: 'verbosity', default: null, writeOnly: true },
  ipv6: { id: 42, kind: 'bool', default: false },
  probeRouter: { id: 51, kind: 'bool', default: false, writeOnly: true },
  correlate: { id: 52, kind: 'bool', default: false, writeOnly: true },
  relaxed: { id: 53, kind: 'bool', default: false, writeOnly: true },
  conflate: { id: 54, kind: 'bool', default: false, writeOnly: true },
  handover: { id: 56, kind: 'bool', default: false, writeOnly: true },
  handshakeInterval: { id: 66, kind: 'int', default: 30_000, min: 0 },
  noDrop: { id: 69, kind: 'bool', default: false, writeOnly: true },
  manual: { id: 71, kind: 'bool', default: false, writeOnly: true },
  welcomeMessage: { id: 72, kind: 'bytes', default: undefined, writeOnly: true },
  invertMatching: { id: 74, kind: 'bool', default: false },
  heartbeatInterval: { id: 75, kind: 'int', default: 0, min: 0 },
  heartbeatTimeToLive: { id: 76, kind: 'int', default: 0, min: 0, max: TTL_MAX, step: 100 },
  heartbeatTimeout: { id: 77, kind: 'int', default: -1, min: -1 },
  connectTimeout: { id: 79, kind: 'int', default: 0, min: 0 },
});

export function defaultOptions(): OptionValues {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(OPTIONS)) values[name] = spec.default;
  return values as unknown as OptionValues;
}

/**
 * The value to store for what a caller assigned.
 * @throws TypeError for a value of the wrong kind, EINVAL for one out of range
 */
export function checkedOption(name: OptionName, value: unknown): unknown {
  const spec = OPTIONS[name];
  switch (spec.kind) {
    case 'bool':
      if (typeof value !== 'boolean')
        throw new TypeError(`Option value must be a boolean, ${name} got ${describe(value)}`);
      return value;
    case 'int':
      return checkedInt(name, spec, value);
    case 'bytes':
      return checkedBytes(name, spec, value);
    case 'verbosity':
      if (value === null || value === 'allSubs' || value === 'allSubsUnsubs') return value;
      throw zmqError('EINVAL', `verbosity is null, "allSubs" or "allSubsUnsubs", not ${describe(value)}`);
  }
}

function checkedInt(name: OptionName, spec: OptionSpec, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`Option value must be a number, ${name} got ${describe(value)}`);
  const min = spec.min ?? 0;
  const max = spec.max ?? INT_MAX;
  const whole = Math.trunc(value);
  if (whole >= min && whole <= max) return whole - (whole % (spec.step ?? 1));
  throw zmqError('EINVAL', `${name} is a whole number from ${min} to ${max}, not ${value}`);
}

/** Empty and null both mean none. A copy: the caller may reuse its buffer. */
function checkedBytes(name: OptionName, spec: OptionSpec, value: unknown): Buffer | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) {
    throw new TypeError(`Option value must be a string or buffer, ${name} got ${describe(value)}`);
  }
  const bytes = Buffer.from(value as string);
  if (name === 'routingId' && bytes[0] === 0) throw zmqError('EINVAL', 'a routingId that begins with 00 is reserved');
  if (bytes.length === 0 && spec.min === undefined) return undefined;
  if (bytes.length >= (spec.min ?? 0) && bytes.length <= (spec.max ?? Number.POSITIVE_INFINITY)) return bytes;
  throw zmqError('EINVAL', `${name} is ${spec.min} to ${spec.max} bytes long, not ${bytes.length}`);
}
