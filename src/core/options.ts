// Every socket option in one table: its libzmq number, kind, default and range. The classes of src/sockets/ get their
// properties from here; `OptionValues` is what the rest of the core reads. What a value is as bytes, and whether it is
// legal, is decided in option-bytes.ts; which number means what in option-store.ts.

import type { PatternOptions, Verbosity } from '../patterns/pattern.js';
import { LIMITS } from '../protocol/limits.js';
import type { Authenticator } from './authenticator.js';
import type { CommonOptions } from './common-options.js';
import type { Metadata } from './properties.js';

export type { CommonOptions } from './common-options.js';

/** ZMQ_MECHANISM, by the name it has on the wire. */
export const MECHANISMS = ['NULL', 'PLAIN', 'CURVE'] as const;
export type MechanismName = (typeof MECHANISMS)[number];

/** Properties whose value is kept under another name or in another form, or not at all. */
type KeptOtherwise =
  | 'plainServer'
  | 'curveServer'
  | 'plainUsername'
  | 'plainPassword'
  | `curve${string}Key`
  | 'tcpAcceptFilter'
  | `vmci${string}`
  | `gssapi${string}`;

/** The value of each option, by its public name. */
export interface OptionValues extends Omit<CommonOptions, KeptOtherwise>, PatternOptions {
  sendHighWaterMark: number;
  receiveHighWaterMark: number;
  sendHighWaterBytes: number;
  receiveHighWaterBytes: number;
  sendTimeout: number;
  receiveTimeout: number;
  maxPendingSends: number;
  maxPendingReceives: number;
  sendBufferSize: number;
  receiveBufferSize: number;
  multicastHops: number;
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
  manualLastValue: boolean;
  welcomeMessage: Buffer | undefined;
  invertMatching: boolean;
  /** STREAM: show connects and disconnects as empty messages. */
  notify: boolean;
  /** What the last of the security options selected; any but NULL is refused until it is there. */
  mechanism: MechanismName;
  /** Of PLAIN and CURVE: answers handshakes. */
  asServer: boolean;
  plainUsername: Buffer | undefined;
  plainPassword: Buffer | undefined;
  /** 32 bytes, as all keys. */
  curvePublicKey: Buffer | undefined;
  curveSecretKey: Buffer | undefined;
  curveServerKey: Buffer | undefined;
  /** Networks as `address/bits`, the address without brackets; none: peers from anywhere. */
  tcpAcceptFilter: readonly string[];
  socksUsername: string | null;
  socksPassword: string | null;
  /** Properties for READY beside our own, sorted by name. */
  metadata: Metadata;
  /** Who decides which peers may come in, in place of a ZAP handler. */
  authenticator: Authenticator | undefined;
  /** ROUTER: bit 1 shows connects, bit 2 disconnects, as empty messages. */
  routerNotify: number;
  /** DEALER, ROUTER: sent to each new peer. */
  helloMessage: Buffer | undefined;
  /** ROUTER: received for each accepted peer that is lost. */
  disconnectMessage: Buffer | undefined;
  /** DEALER: received for each connection that is lost. */
  hiccupMessage: Buffer | undefined;
  /** Bit 1: no further attempt once a connection is refused; bit 2: none after a failed handshake. */
  reconnectStop: number;
}

/** Those of the table; `metadata` has its own place, properties.ts, and `authenticator`, authenticator.ts. */
export type OptionName =
  | Exclude<keyof OptionValues, 'mechanism' | 'asServer' | 'metadata' | 'authenticator'>
  | 'plainServer'
  | 'curveServer'
  | 'vmciBufferSize'
  | 'vmciBufferMinSize'
  | 'vmciBufferMaxSize'
  | 'vmciConnectTimeout';

/**
 * What a value is: a C int, 32 or 64 bits with or without sign; a flag, which is an int too; `text` with a NUL behind it
 * where C reads it; `octets` the same, but kept as bytes; `bytes` without the NUL; a `key` of CURVE.
 */
export type OptionKind =
  | 'int'
  | 'uint'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'text'
  | 'octets'
  | 'bytes'
  | 'key'
  | 'verbosity';

export interface OptionSpec {
  /** libzmq's number (zmq.h). */
  readonly id: number;
  readonly kind: OptionKind;
  /** Absent where the value is not kept under this name. */
  readonly default?: number | boolean | null | undefined | readonly [];
  /** Of a number its least value (of a flag: as an int), of bytes their least count. */
  readonly min?: number;
  readonly max?: number;
  /** Values are rounded towards 0 to a multiple of this. */
  readonly step?: number;
  /** What stands for no bytes at all: null only, or an empty string too. Absent: nothing does. */
  readonly none?: 'null' | 'empty';
  /** The property has no getter, as in zeromq.js. */
  readonly writeOnly?: true;
  /** EINVAL when read by number. */
  readonly unreadable?: true;
  /** libzmq's numbers of the socket types that have it; all when absent. */
  readonly types?: readonly number[];
  /** Takes effect on what is bound and connected, too. */
  readonly live?: true;
  /** Never shown in an error. */
  readonly secret?: true;
  /** Here only to be refused: EINVAL, read or set. */
  readonly unavailable?: true;
}

export const INT_MAX = 2 ** 31 - 1;
export const INT_MIN = -(2 ** 31);
/** Bytes of the name of an interface (Linux: IFNAMSIZ). */
const INTERFACE_MAX = 16;
/** Bytes of a string option (libzmq: UCHAR_MAX). */
export const STRING_MAX = 255;
/** Options that libzmq has not are numbered from here. */
export const OWN = 10_000;
/** libzmq keeps the TTL in tenths of a second in 16 bits. */
const TTL_MAX = 6_553_599;

const PUBS = [1, 9];
const ROUTERS = [4, 6];
const PROBERS = [3, 4, 5, 6];
/** libzmq takes any int, or any that is not negative, for some flags, and 0 and 1 only for others. */
const ANY_INT = { kind: 'bool', min: INT_MIN, max: INT_MAX } as const;
const NATURAL = { kind: 'bool', min: 0, max: INT_MAX } as const;
const FLAG = { ...NATURAL, default: false, writeOnly: true, unreadable: true, live: true } as const;
const MESSAGE = { kind: 'bytes', default: undefined, none: 'empty', unreadable: true } as const;
/** The public ones, too: who takes one for the other, or gives a whole pair, shall not find the secret in a log. */
const KEY = { kind: 'key', default: undefined, secret: true } as const;
const CREDENTIAL = { kind: 'octets', default: undefined, none: 'null', min: 1, max: STRING_MAX, secret: true } as const;

export const OPTIONS: Readonly<Record<OptionName, OptionSpec>> = Object.freeze({
  affinity: { id: 4, kind: 'uint64', default: 0 },
  routingId: { id: 5, kind: 'bytes', default: undefined, min: 1, max: STRING_MAX },
  rate: { id: 8, kind: 'int', default: 100, min: 1 },
  recoveryInterval: { id: 9, kind: 'int', default: 10_000, min: 0 },
  sendBufferSize: { id: 11, kind: 'int', default: -1, min: -1 },
  receiveBufferSize: { id: 12, kind: 'int', default: -1, min: -1 },
  linger: { id: 17, kind: 'int', default: -1, min: -1, live: true },
  reconnectInterval: { id: 18, kind: 'int', default: 100, min: -1 },
  backlog: { id: 19, kind: 'int', default: 100, min: 0 },
  reconnectMaxInterval: { id: 21, kind: 'int', default: 0, min: 0 },
  maxMessageSize: { id: 22, kind: 'int64', default: -1 },
  sendHighWaterMark: { id: 23, kind: 'int', default: 1000, min: 0, live: true },
  receiveHighWaterMark: { id: 24, kind: 'int', default: 1000, min: 0, live: true },
  sendHighWaterBytes: { id: OWN + 2, kind: 'int', default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, live: true },
  receiveHighWaterBytes: { id: OWN + 3, kind: 'int', default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, live: true },
  multicastHops: { id: 25, kind: 'int', default: 1, min: 1 },
  receiveTimeout: { id: 27, kind: 'int', default: -1, min: -1, live: true },
  sendTimeout: { id: 28, kind: 'int', default: -1, min: -1, live: true },
  mandatory: { id: 33, ...NATURAL, default: false, types: ROUTERS, live: true },
  tcpKeepalive: { id: 34, kind: 'int', default: -1, min: -1, max: 1 },
  tcpKeepaliveCount: { id: 35, kind: 'int', default: -1, min: -1 },
  tcpKeepaliveIdle: { id: 36, kind: 'int', default: -1, min: -1 },
  tcpKeepaliveInterval: { id: 37, kind: 'int', default: -1, min: -1 },
  tcpAcceptFilter: { id: 38, kind: 'text', default: [], min: 1, max: STRING_MAX, none: 'null', unreadable: true },
  immediate: { id: 39, kind: 'bool', default: false },
  verbosity: { id: 40, kind: 'verbosity', default: null, types: PUBS, writeOnly: true, unreadable: true, live: true },
  ipv6: { id: 42, kind: 'bool', default: false },
  plainServer: { id: 44, kind: 'bool' },
  plainUsername: { id: 45, ...CREDENTIAL },
  plainPassword: { id: 46, ...CREDENTIAL },
  curveServer: { id: 47, kind: 'bool' },
  curvePublicKey: { id: 48, ...KEY },
  curveSecretKey: { id: 49, ...KEY },
  curveServerKey: { id: 50, ...KEY },
  probeRouter: { id: 51, ...FLAG, types: PROBERS },
  correlate: { id: 52, ...FLAG, types: [3] },
  relaxed: { id: 53, ...FLAG, types: [3] },
  conflate: { id: 54, kind: 'bool', default: false, writeOnly: true },
  zapDomain: { id: 55, kind: 'text', default: null, min: 1, max: STRING_MAX },
  handover: { id: 56, ...FLAG, types: ROUTERS },
  typeOfService: { id: 57, kind: 'uint', default: 0, min: 0 },
  handshakeInterval: { id: 66, kind: 'int', default: 30_000, min: 0 },
  socksProxy: { id: 68, kind: 'text', default: null, min: 1, none: 'null' },
  noDrop: { id: 69, ...FLAG, types: PUBS },
  manual: { id: 71, ...FLAG, types: PUBS },
  welcomeMessage: { id: 72, ...MESSAGE, types: PUBS, writeOnly: true, live: true },
  notify: { id: 73, kind: 'bool', default: true, types: [11], writeOnly: true, unreadable: true, live: true },
  invertMatching: { id: 74, ...ANY_INT, default: false, live: true },
  heartbeatInterval: { id: 75, kind: 'int', default: 0, min: 0 },
  heartbeatTimeToLive: { id: 76, kind: 'int', default: 0, min: 0, max: TTL_MAX, step: 100 },
  heartbeatTimeout: { id: 77, kind: 'int', default: -1, min: -1 },
  connectTimeout: { id: 79, kind: 'int', default: 0, min: 0 },
  tcpMaxRetransmitTimeout: { id: 80, kind: 'int', default: 0, min: 0 },
  multicastMaxTransportDataUnit: { id: 84, kind: 'int', default: 1500, min: 1 },
  vmciBufferSize: { id: 85, kind: 'uint64', unavailable: true },
  vmciBufferMinSize: { id: 86, kind: 'uint64', unavailable: true },
  vmciBufferMaxSize: { id: 87, kind: 'uint64', unavailable: true },
  vmciConnectTimeout: { id: 88, kind: 'int', unavailable: true },
  interface: { id: 92, kind: 'text', default: null, min: 1, max: INTERFACE_MAX, none: 'null' },
  zapEnforceDomain: { id: 93, ...ANY_INT, default: false },
  loopbackFastPath: { id: 94, ...ANY_INT, default: false },
  routerNotify: { id: 97, kind: 'int', default: 0, min: 0, max: 3, types: ROUTERS, live: true },
  manualLastValue: { id: 98, ...FLAG, types: PUBS },
  socksUsername: { id: 99, kind: 'text', default: null, max: STRING_MAX, none: 'empty' },
  socksPassword: { id: 100, kind: 'text', default: null, max: STRING_MAX, none: 'empty', secret: true },
  reconnectStop: { id: 109, kind: 'int', default: 0, min: INT_MIN },
  helloMessage: { id: 110, ...MESSAGE, live: true },
  disconnectMessage: { id: 111, ...MESSAGE, live: true },
  hiccupMessage: { id: 114, ...MESSAGE },
  ipcMode: { id: OWN + 1, kind: 'int', default: 0o600, min: 0, max: 0o777 },
  lenient: { id: OWN + 4, kind: 'bool', default: false },
  maxPendingSends: { id: OWN + 21, kind: 'int', default: 1, min: 1, live: true },
  maxPendingReceives: { id: OWN + 22, kind: 'int', default: 1, min: 1, live: true },
  // What peers may do; the least values leave room for every honest one.
  maxHandshakeFrameSize: { id: OWN + 31, kind: 'int', default: LIMITS.handshakeFrameSize, min: 1024 },
  maxMetadataProperties: { id: OWN + 32, kind: 'int', default: LIMITS.metadataProperties, min: 2 },
  maxHandshakes: { id: OWN + 33, kind: 'int', default: 1024, min: 1 },
  maxMessageParts: { id: OWN + 34, kind: 'int', default: LIMITS.messageParts, min: 1 },
  maxSubscriptions: { id: OWN + 35, kind: 'int', default: 1_000_000, min: 1, live: true },
  maxSubscriptionBytes: { id: OWN + 36, kind: 'int', default: LIMITS.topicSize, min: 1, live: true },
  maxTurnMessages: { id: OWN + 37, kind: 'int', default: LIMITS.turnMessages, min: 1 },
  maxTurnBytes: { id: OWN + 38, kind: 'int', default: LIMITS.turnBytes, min: 1024 },
});

/** As a literal, so that all sockets share one shape. */
const DEFAULTS: OptionValues = Object.freeze({
  ...(Object.fromEntries(
    Object.entries(OPTIONS)
      .filter(([, spec]) => 'default' in spec)
      .map(([name, spec]) => [name, spec.default]),
  ) as unknown as OptionValues),
  metadata: [],
  authenticator: undefined,
  mechanism: 'NULL',
  asServer: false,
});

export function defaultOptions(): OptionValues {
  return { ...DEFAULTS };
}
