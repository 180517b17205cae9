// One socket's options by libzmq's numbers: which number means what, which are computed, which set something else beside
// their own value. Values live in `OptionValues`, where the rest of the core reads them.

import { type ZmqError, zmqError } from '../errors.js';
import type { Pattern } from '../patterns/pattern.js';
import { z85Encode } from '../security/z85.js';
import {
  acceptFilter,
  checkedOwnOption,
  checkRoutingId,
  decodeOption,
  encodeOption,
  int32Bytes,
  intOf,
  isOwn,
  refused,
  withProperty,
} from './option-bytes.js';
import { STORED_ONLY } from './option-stored.js';
import {
  defaultOptions,
  INT_MAX,
  MECHANISMS,
  type MechanismName,
  OPTIONS,
  type OptionName,
  type OptionValues,
  STRING_MAX,
} from './options.js';

const WARNING = 'Socket option will not take effect until next connect/bind.';
const MARKS: readonly OptionName[] = [
  'sendHighWaterMark',
  'receiveHighWaterMark',
  'sendHighWaterBytes',
  'receiveHighWaterBytes',
];
const ROUTERS = [4, 6];
const WITH_CONNECT_ID = [4, 6, 11];
const PUBS = [1, 9];
const POLLIN = 1;
const POLLOUT = 2;

/** What options read and change of the socket they belong to. */
export interface OptionSubject {
  readonly closed: boolean;
  /** Something is bound, connected, or being bound. */
  readonly inUse: boolean;
  readonly lastEndpoint: string | null;
  readonly pattern: Pattern;
  /** The high-water marks of existing pipes follow the options. */
  marksChanged(): void;
}

type Setter = (store: OptionStore, bytes: Buffer | null) => void;

/** Numbers that do more than set the value of their name. */
const SETTERS: Readonly<Record<number, Setter>> = {
  6: (store, bytes) => store.setTopic(bytes, true),
  7: (store, bytes) => store.setTopic(bytes, false),
  31: ({ values }, bytes) => {
    values.ipv6 = !decodeOption('ipv6', bytes);
  },
  38: ({ values }, bytes) => {
    const filter = decodeOption('tcpAcceptFilter', bytes) as string | null;
    values.tcpAcceptFilter = filter === null ? [] : [...values.tcpAcceptFilter, acceptFilter(filter, values.ipv6)];
  },
  40: (store, bytes) => {
    store.values.verbosity = store.natural(40, bytes, PUBS) ? 'allSubs' : null;
  },
  41: (store, bytes) => {
    if (store.natural(41, bytes, ROUTERS)) throw zmqError('EINVAL', 'a ROUTER is never raw here; use a Stream');
  },
  44: (store, bytes) => store.setServer('PLAIN', decodeOption('plainServer', bytes) as boolean),
  45: (store, bytes) => store.setCredential('plainUsername', bytes),
  46: (store, bytes) => store.setCredential('plainPassword', bytes),
  47: (store, bytes) => store.setServer('CURVE', decodeOption('curveServer', bytes) as boolean),
  48: (store, bytes) => store.setKey('curvePublicKey', bytes),
  49: (store, bytes) => store.setKey('curveSecretKey', bytes),
  50: (store, bytes) => {
    store.setKey('curveServerKey', bytes);
    store.values.asServer = false;
  },
  61: (store, bytes) => store.setConnectRoutingId(bytes),
  78: (store, bytes) => {
    store.values.verbosity = store.natural(78, bytes, PUBS) ? 'allSubsUnsubs' : null;
  },
  95: ({ values }, bytes) => {
    values.metadata = withProperty(values.metadata, bytes);
  },
  98: (store, bytes) => {
    const on = store.natural(98, bytes, PUBS);
    store.values.manual = on;
    store.values.manualLastValue = on;
  },
};

/** Take effect at once, beside those whose entry in the table says so: topics, ids for the next connect, flags of XPUB. */
const LIVE_NUMBERS = [6, 7, 61, 78];

/** Numbers that are computed when read. */
const GETTERS: Readonly<Record<number, (store: OptionStore, size: number) => Buffer | undefined>> = {
  13: (_, size) => padded(0, size),
  15: ({ subject: { pattern } }, size) =>
    padded((pattern.readable ? POLLIN : 0) | (pattern.writable ? POLLOUT : 0), size),
  16: ({ type }, size) => encodeOption('int', type, size),
  31: ({ values }, size) => encodeOption('bool', !values.ipv6, size),
  32: ({ subject }, size) => encodeOption('text', subject.lastEndpoint, size),
  43: ({ values }, size) => encodeOption('int', MECHANISMS.indexOf(values.mechanism), size),
  44: ({ values }, size) => encodeOption('bool', values.asServer && values.mechanism === 'PLAIN', size),
  47: ({ values }, size) => encodeOption('bool', values.asServer && values.mechanism === 'CURVE', size),
  81: (_, size) => padded(0, size),
  116: ({ subject: { pattern } }, size) =>
    pattern.topicCount === undefined ? undefined : padded(pattern.topicCount, size),
};

/** Names by number. */
const NAMES: Readonly<Record<number, OptionName>> = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, { id }]) => [id, name as OptionName]),
);

export class OptionStore {
  readonly type: number;
  readonly values: OptionValues = defaultOptions();
  /** Set by the socket as soon as it is whole. */
  declare subject: OptionSubject;
  /** Numbers without effect: kept to be read back. */
  #stored: Map<number, number> | undefined;
  #connectRoutingId: Buffer | undefined;

  constructor(type: number) {
    this.type = type;
  }

  /**
   * The value by number, as C would get it.
   * @param size bytes that the reader has room for; numbers are given only where it is their size
   * @throws ENOTSOCK when closed, EINVAL for unknown numbers, other sizes, and what cannot be read
   */
  get(id: number, size: number): Buffer {
    this.checkOpen();
    const computed = GETTERS[id];
    const bytes = computed === undefined ? this.#plain(id, size) : computed(this, size);
    if (bytes === undefined) throw unknown(id);
    return bytes;
  }

  /** The value by number as text, with what C would cut at a NUL; null for none. @throws as `get` */
  getText(id: number): string | null {
    const key = this.#key(id);
    if (key !== undefined) return key;
    const bytes = this.get(id, Number.POSITIVE_INFINITY);
    const kind = id === 32 ? 'text' : OPTIONS[NAMES[id] as OptionName]?.kind;
    if (kind === undefined) return bytes.toString('latin1').replace(/\0.*$/s, '');
    const text = kind === 'bytes' ? bytes : bytes.subarray(0, -1);
    return text.length === 0 ? null : text.toString();
  }

  /**
   * Sets a value by number, as C would.
   * @throws ENOTSOCK when closed, EINVAL for unknown numbers and illegal values
   */
  set(id: number, bytes: Buffer | null): void {
    this.checkOpen();
    const setter = SETTERS[id];
    if (setter !== undefined) setter(this, bytes);
    else this.#setPlain(id, bytes);
    if (this.subject.inUse && !isLive(id)) process.emitWarning(WARNING);
  }

  /** For options that libzmq has not. @throws ENOTSOCK when closed */
  getOwn(name: OptionName): unknown {
    this.checkOpen();
    return this.values[name as keyof OptionValues];
  }

  /** @throws ENOTSOCK when closed, TypeError, EINVAL */
  setOwn(name: OptionName, value: unknown): void {
    this.checkOpen();
    this.#put(name, checkedOwnOption(name, value));
    if (MARKS.includes(name)) this.subject.marksChanged();
  }

  /** The id for the peer of this `connect`, which alone has it, whatever becomes of it (ZMQ_CONNECT_ROUTING_ID). */
  takeConnectRoutingId(): Buffer | undefined {
    const id = this.#connectRoutingId;
    this.#connectRoutingId = undefined;
    return id;
  }

  /** @throws ENOTSOCK */
  checkOpen(): void {
    if (this.subject.closed) throw zmqError('ENOTSOCK');
  }

  // What the table of setters is made of.

  /** ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE: SUB's, and XPUB's in manual mode. */
  setTopic(bytes: Buffer | null, add: boolean): void {
    const done = this.subject.pattern.setTopic?.(Buffer.from(bytes ?? ''), add);
    if (!done) throw zmqError('EINVAL', 'topics are for SUB, and for XPUB while `manual` is set');
  }

  setServer(mechanism: MechanismName, on: boolean): void {
    this.values.asServer = on;
    this.values.mechanism = on ? mechanism : 'NULL';
  }

  /** libzmq: null selects NULL, and leaves what was set before. */
  setCredential(name: 'plainUsername' | 'plainPassword', bytes: Buffer | null): void {
    const value = decodeOption(name, bytes) as Buffer | undefined;
    this.values.mechanism = value === undefined ? 'NULL' : 'PLAIN';
    if (value === undefined) return;
    this.values[name] = value;
    this.values.asServer = false;
  }

  setKey(name: 'curvePublicKey' | 'curveSecretKey' | 'curveServerKey', bytes: Buffer | null): void {
    this.values[name] = decodeOption(name, bytes) as Buffer;
    this.values.mechanism = 'CURVE';
  }

  setConnectRoutingId(bytes: Buffer | null): void {
    this.#checkType(61, WITH_CONNECT_ID);
    if (bytes === null || bytes.length === 0 || bytes.length > STRING_MAX) {
      throw refused('routingId', `1 to ${STRING_MAX} bytes, not ${bytes?.length ?? 0}`);
    }
    checkRoutingId('routingId', bytes);
    this.#connectRoutingId = Buffer.from(bytes);
  }

  /** A flag of some socket types, for which any number but a negative one will do. */
  natural(id: number, bytes: Buffer | null, types: readonly number[]): boolean {
    this.#checkType(id, types);
    const value = intOf(NAMES[id] ?? id, bytes);
    if (value >= 0) return value !== 0;
    throw refused(NAMES[id] ?? id, `a whole number from 0 to ${INT_MAX}, not ${value}`);
  }

  #plain(id: number, size: number): Buffer | undefined {
    const name = NAMES[id];
    if (name === undefined || isOwn(name)) return this.#storedOnly(id, size);
    const { kind, unreadable, unavailable } = OPTIONS[name];
    if (unreadable || unavailable) return undefined;
    return encodeOption(kind, this.values[name as keyof OptionValues], size);
  }

  #setPlain(id: number, bytes: Buffer | null): void {
    const name = NAMES[id];
    if (name === undefined || isOwn(name)) {
      this.#store(id, bytes);
      return;
    }
    const { types, unavailable } = OPTIONS[name];
    if (unavailable) throw unknown(id);
    if (types !== undefined) this.#checkType(id, types);
    this.#put(name, decodeOption(name, bytes));
    if (MARKS.includes(name)) this.subject.marksChanged();
  }

  #storedOnly(id: number, size: number): Buffer | undefined {
    const spec = STORED_ONLY[id];
    if (spec === undefined || spec.unreadable) return undefined;
    return encodeOption('int', this.#stored?.get(id) ?? spec.default, size);
  }

  #store(id: number, bytes: Buffer | null): void {
    const spec = STORED_ONLY[id];
    if (spec === undefined) throw unknown(id);
    if (spec.types !== undefined) this.#checkType(id, spec.types);
    const value = intOf(id, bytes);
    if (value < spec.min || value > spec.max)
      throw refused(id, `a number from ${spec.min} to ${spec.max}, not ${value}`);
    this.#stored ??= new Map();
    this.#stored.set(id, spec.flag ? Number(value !== 0) : value);
  }

  #put(name: OptionName, value: unknown): void {
    (this.values as unknown as Record<string, unknown>)[name] = value;
  }

  /** Decision: CURVE keys read back as Z85. */
  #key(id: number): string | null | undefined {
    const name = NAMES[id];
    if (name === undefined || OPTIONS[name].kind !== 'key') return undefined;
    this.checkOpen();
    const key = this.values[name as keyof OptionValues] as Buffer | undefined;
    return key === undefined ? null : z85Encode(key);
  }

  #checkType(id: number, types: readonly number[]): void {
    if (!types.includes(this.type)) throw zmqError('EINVAL', `this type of socket has no option ${NAMES[id] ?? id}`);
  }
}

/** For errors: which option this is; undefined for one whose value must not be shown. */
export function labelOf(id: number): string | undefined {
  const name = NAMES[id];
  if (name === undefined) return `option ${id}`;
  return OPTIONS[name].secret ? undefined : name;
}

function isLive(id: number): boolean {
  return LIVE_NUMBERS.includes(id) || OPTIONS[NAMES[id] as OptionName]?.live === true;
}

function unknown(id: number): ZmqError {
  return zmqError('EINVAL', `option ${id} does not exist here, or not in this form`);
}

/** Computed numbers go into whatever room there is. */
function padded(value: number, size: number): Buffer | undefined {
  return size < 4 ? undefined : Buffer.concat([int32Bytes(value), Buffer.alloc(4)]).subarray(0, Math.min(size, 8));
}
