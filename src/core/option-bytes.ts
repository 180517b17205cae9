// What an option's value is as bytes, as libzmq's zmq_setsockopt and zmq_getsockopt take and give it, and which values are
// legal. Everything that is set passes through here, so that a property and the same option by number agree.

import { describe, typeError, type ZmqError, zmqError } from '../errors.js';
import { z85Decode } from '../security/z85.js';
import { node } from '../util/node-modules.js';
import { INT_MAX, INT_MIN, OPTIONS, type OptionKind, type OptionName, type OptionSpec, OWN } from './options.js';
import { checkedProperties, type Metadata } from './properties.js';

/** Every number is little-endian here, as on nearly every machine libzmq runs on. */
const INT_BYTES = 4;
const LONG_BYTES = 8;
const UINT_MAX = 2 ** 32 - 1;
const KEY_BYTES = 32;
const KEY_CHARACTERS = 40;
const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** 32 bits, as a number with or without sign; fractions are cut. */
export function int32Bytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(INT_BYTES);
  bytes.writeInt32LE(value | 0);
  return bytes;
}

/** Cut to a whole number; what is too large becomes the largest. */
export function int64Bytes(value: number): Buffer {
  const whole = BigInt(Math.trunc(value));
  const bytes = Buffer.allocUnsafe(LONG_BYTES);
  bytes.writeBigInt64LE(whole > INT64_MAX ? INT64_MAX : whole < INT64_MIN ? INT64_MIN : whole);
  return bytes;
}

export function uint64Bytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(LONG_BYTES);
  bytes.writeBigUInt64LE(uint64Of(value));
  return bytes;
}

/** zeromq.js: negative is 0, too large the largest. */
function uint64Of(value: number): bigint {
  if (value < 0) return 0n;
  if (value >= 2 ** 64) return UINT64_MAX;
  return BigInt(Math.trunc(value));
}

/**
 * The value that these bytes stand for.
 * @param bytes null for none at all, which is not the same as an empty string
 * @throws EINVAL for the wrong number of bytes and for values out of range
 */
export function decodeOption(name: OptionName, bytes: Buffer | null): unknown {
  const spec = OPTIONS[name];
  switch (spec.kind) {
    case 'int':
    case 'uint':
      return numberIn(name, spec, intOf(name, bytes));
    case 'bool':
      return numberIn(name, spec, intOf(name, bytes)) !== 0;
    case 'int64':
      return Number(long(name, bytes).readBigInt64LE());
    case 'uint64':
      return Number(long(name, bytes).readBigUInt64LE());
    case 'text':
      return decodeBytes(name, spec, bytes)?.toString() ?? null;
    case 'bytes':
    case 'octets':
      return decodeBytes(name, spec, bytes);
    case 'key':
      return decodeKey(name, bytes);
    default:
      throw refused(name, 'not set by its number');
  }
}

/** The bytes of a value as C reads them, or undefined where `size` is not what C has to ask for. */
export function encodeOption(kind: OptionKind, value: unknown, size: number): Buffer | undefined {
  switch (kind) {
    case 'int':
    case 'uint':
    case 'bool':
      return size === INT_BYTES ? int32Bytes(Number(value)) : undefined;
    case 'int64':
      return size === LONG_BYTES ? int64Bytes(value as number) : undefined;
    case 'uint64':
      return size === LONG_BYTES ? uint64Bytes(value as number) : undefined;
    case 'text':
    case 'octets':
      return fitting(Buffer.concat([Buffer.from((value as string | Buffer | null) ?? ''), Buffer.of(0)]), size);
    case 'bytes':
      return fitting((value as Buffer | undefined) ?? Buffer.alloc(0), size);
    default:
      return undefined;
  }
}

function fitting(bytes: Buffer, size: number): Buffer | undefined {
  return bytes.length <= size ? bytes : undefined;
}

/** An EINVAL that says which option, and what it takes. */
export function refused(name: OptionName | number, why: string): ZmqError {
  return zmqError('EINVAL', `${typeof name === 'number' ? `option ${name}` : name}: ${why}`);
}

/** A C int. @throws EINVAL */
export function intOf(name: OptionName | number, bytes: Buffer | null): number {
  if (bytes?.length === INT_BYTES) return bytes.readInt32LE();
  throw refused(name, `takes a number of 32 bits, not ${bytes?.length ?? 0} bytes`);
}

function long(name: OptionName, bytes: Buffer | null): Buffer {
  if (bytes?.length === LONG_BYTES) return bytes;
  throw refused(name, `takes a number of 64 bits, not ${bytes?.length ?? 0} bytes`);
}

function numberIn(name: OptionName, spec: OptionSpec, value: number): number {
  const min = spec.min ?? 0;
  const max = spec.max ?? (spec.kind === 'bool' ? 1 : INT_MAX);
  // -1 is the default of the heartbeat's timeout, and can be set again.
  if (name === 'heartbeatTimeout' && value === -1) return value;
  const stepped = spec.step === undefined ? value : Math.trunc(value / spec.step) * spec.step;
  if (stepped >= min && stepped <= max) return stepped + 0;
  throw refused(name, `a whole number from ${min} to ${max}, not ${value}`);
}

/** A copy: the caller may reuse its buffer. */
function decodeBytes(name: OptionName, spec: OptionSpec, bytes: Buffer | null): Buffer | undefined {
  if (bytes === null && spec.none !== undefined) return undefined;
  if (bytes?.length === 0 && spec.none === 'empty') return undefined;
  const { min = 1, max = Number.POSITIVE_INFINITY } = spec;
  const length = bytes?.length ?? 0;
  if (bytes === null || length < min || length > max) throw refused(name, `${min} to ${max} bytes, not ${length}`);
  if (name === 'routingId') checkRoutingId(name, bytes);
  return Buffer.from(bytes);
}

/** RFC 28: ids that begin with 00 are those a ROUTER makes up. @throws EINVAL */
export function checkRoutingId(name: 'routingId', bytes: Buffer): void {
  if (bytes[0] === 0) throw refused(name, 'one that begins with 00 is reserved for those that a ROUTER makes up');
}

/** 32 bytes, or 40 characters of Z85, with or without C's NUL behind them. */
function decodeKey(name: OptionName, bytes: Buffer | null): Buffer {
  if (bytes?.length === KEY_BYTES) return Buffer.from(bytes);
  const text = (bytes?.toString('latin1') ?? '').replace(/^(.{40})\0$/s, '$1');
  if (text.length === KEY_CHARACTERS) return z85Decode(text);
  throw refused(name, `a key is 32 bytes or 40 characters of Z85, not ${text.length} bytes of something else`);
}

/** `address` or `address/bits`, as `address/bits` without brackets. @throws EINVAL */
export function acceptFilter(text: string, ipv6: boolean): string {
  const [, host, bits] = /^([^/]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text) ?? [];
  const address = host?.replace(/^\[(.*)\]$/, '$1') ?? '';
  const size = host !== undefined && node.net.isIPv4(host) ? 32 : ipv6 && node.net.isIPv6(address) ? 128 : undefined;
  if (size !== undefined && Number(bits ?? 0) <= size) return `${address}/${bits ?? size}`;
  const kinds = ipv6 ? 'an IPv4 or IPv6 address' : 'an IPv4 address (IPv6 needs the option ipv6, set before)';
  throw refused('tcpAcceptFilter', `${kinds} or network as address/bits, not ${describe(text)}`);
}

/** ZMQ_METADATA: what there is, with `X-name:value` beside it unless that name is there. @throws EINVAL */
export function withProperty(known: Metadata, bytes: Buffer | null): Metadata {
  const text = bytes?.toString('latin1') ?? '';
  const colon = text.indexOf(':');
  if (bytes === null || colon < 0 || colon === text.length - 1 || text.length === INT_BYTES) {
    throw zmqError('EINVAL', 'metadata: X-name:value, both of them not empty');
  }
  const name = text.slice(0, colon);
  // libzmq: the first value of a name stands.
  if (known.some(([other]) => other.toLowerCase() === name.toLowerCase())) return known;
  return checkedProperties({ ...Object.fromEntries(known), [name]: bytes.subarray(colon + 1) });
}

/** @param label names the option in the error; undefined where its value must not be shown */
export function wrongKind(kind: string, value: unknown, label: string | undefined): TypeError {
  const detail = label === undefined ? `not ${typeof value}` : `${label} got ${describe(value)}`;
  return typeError(`Option value must be ${kind}`, detail);
}

/** @throws TypeError; EINVAL for NaN and the infinities, which zeromq.js turns into 0 */
export function checkedNumber(value: unknown, label: string | undefined): number {
  if (typeof value !== 'number') throw wrongKind('a number', value, label);
  if (Number.isFinite(value)) return value;
  throw zmqError('EINVAL', `${label}: a finite number, not ${value}`);
}

/** @throws TypeError; EINVAL beyond 32 bits, of which zeromq.js takes the lower ones */
export function checkedInt(value: unknown, label: string | undefined): number {
  const number = checkedNumber(value, label);
  if (number > INT_MIN - 1 && number < UINT_MAX + 1) return number;
  throw zmqError('EINVAL', `${label}: a number of 32 bits, not ${number}`);
}

/** @throws TypeError */
export function checkedBoolean(value: unknown, label: string | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongKind('a boolean', value, label);
}

/**
 * The value to store for what a caller assigned to an option that libzmq has not. Where there is nothing to be compatible
 * with, fractions are mistakes.
 * @throws TypeError for a value of the wrong kind, EINVAL for one out of range
 */
export function checkedOwnOption(name: OptionName, value: unknown): unknown {
  const { kind, min = 0, max = INT_MAX } = OPTIONS[name];
  if (kind === 'bool') return checkedBoolean(value, name);
  const number = checkedNumber(value, name);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw refused(name, `a whole number from ${min} to ${max}, not ${value}`);
}

/** An option of this library's own. */
export function isOwn(name: OptionName): boolean {
  return OPTIONS[name].id > OWN;
}
