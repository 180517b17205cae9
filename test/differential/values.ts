// The values of scripts, made and described: what JSON cannot say on the way in, and what differs from run to run (ports,
// folders, made-up routing ids) on the way out.

import { createHash } from 'node:crypto';
import type { ErrorRecord, Json, Value } from './script.js';

const VIEWS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => unknown>> = {
  Buffer: (bytes) => Buffer.from(bytes),
  Uint8Array: (bytes) => bytes,
  Uint16Array: (bytes) => new Uint16Array(bytes.buffer),
  Float64Array: (bytes) => new Float64Array(bytes.buffer),
  Int8Array: (bytes) => new Int8Array(bytes.buffer),
  ArrayBuffer: (bytes) => bytes.buffer,
  SharedArrayBuffer: (bytes) => {
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    return shared;
  },
  DataView: (bytes) => new DataView(bytes.buffer),
  /** The middle of a larger buffer. */
  part: (bytes) => {
    const whole = new Uint8Array(bytes.length + 4).fill(0x2e);
    whole.set(bytes, 2);
    return whole.subarray(2, 2 + bytes.length);
  },
};

/** What the `$` of a value says, other than references. */
const SPECIAL: Readonly<Record<string, (value: { readonly [key: string]: Json }) => unknown>> = {
  undefined: () => undefined,
  bigint: ({ value }) => BigInt(value as string),
  date: ({ value }) => new Date(value as number),
  symbol: ({ value }) => Symbol(value as string),
  function: () => function named() {},
  nan: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  bytes: ({ hex, as }) => {
    const bytes = new Uint8Array(Buffer.from(hex as string, 'hex'));
    return VIEWS[(as as string | undefined) ?? 'Buffer']?.(bytes);
  },
  repeat: ({ text, times }) => Buffer.from((text as string).repeat(times as number)),
  spoken: () => ({ toString: () => 'spoken' }),
};

/** @param refer resolves `{ $: 'object', name }` and `{ $: 'id', of }`; undefined when it is neither */
export function decodeValue(
  value: Value,
  place: (text: string) => string,
  refer: (value: { readonly [key: string]: Json }) => unknown,
): unknown {
  if (typeof value === 'string') return place(value);
  if (Array.isArray(value)) return value.map((item) => decodeValue(item, place, refer));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as { readonly [key: string]: Json };
  const kind = object.$;
  if (typeof kind === 'string') {
    const special = SPECIAL[kind];
    return special === undefined ? refer(object) : special(object);
  }
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, decodeValue(item, place, refer)]));
}

/** Gives things that differ from run to run names in the order in which they are first seen. */
export class Names {
  readonly #seen = new Map<string, string>();
  readonly #replacements: readonly (readonly [string, string])[];

  /** @param known texts and what stands for them */
  constructor(known: readonly (readonly [string, string])[]) {
    this.#replacements = known;
  }

  text(text: string): string {
    let named = text;
    for (const [from, to] of this.#replacements) named = named.replaceAll(from, to);
    return named
      .replace(/(tcp:\/\/[^\s;]*?):(\d{4,5})\b/g, (_, host, port) => `${host}:${this.#name('port', port)}`)
      .replace(/ipc:\/\/tmp\w{6}\//g, (folder) => `ipc://${this.#name('tmp', folder)}/`);
  }

  /** ROUTER makes up ids of five bytes that begin with zero. */
  bytes(bytes: Buffer): Json {
    if (bytes.length === 5 && bytes[0] === 0) return { id: this.#name('id', bytes.toString('hex')) };
    if (bytes.length > 64) return { bytes: bytes.length, sha: createHash('sha1').update(bytes).digest('hex') };
    const text = bytes.toString('latin1');
    return /^[\x20-\x7e]*$/.test(text) ? { bytes: text } : { hex: bytes.toString('hex') };
  }

  #name(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const count = [...this.#seen.keys()].filter((one) => one.startsWith(`${kind} `)).length;
    const name = `<${kind} ${count + 1}>`;
    this.#seen.set(key, name);
    return name;
  }
}

export function encodeValue(value: unknown, names: Names): Json {
  if (value === undefined) return '<undefined>';
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : `<${value}>`;
  if (typeof value === 'string') return names.text(value);
  if (Buffer.isBuffer(value)) return names.bytes(value);
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, names));
  if (value instanceof Error) return encodeError(value, names) as unknown as Json;
  if (typeof value !== 'object') return `<${typeof value}>`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `<${classOf(value)}>`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeValue(item, names)]));
}

export function encodeError(error: unknown, names: Names): ErrorRecord {
  if (!(error instanceof Error)) return { kind: typeof error, name: '', message: String(error), keys: [] };
  const { code, errno, address } = error as NodeJS.ErrnoException & { address?: string };
  const kinds = [TypeError, RangeError, SyntaxError, ReferenceError];
  return {
    kind: kinds.find((kind) => error instanceof kind)?.name ?? 'Error',
    name: error.name,
    message: names.text(error.message),
    ...(code === undefined ? {} : { code: encodeValue(code, names) }),
    ...(errno === undefined ? {} : { errno: encodeValue(errno, names) }),
    ...(address === undefined ? {} : { address: encodeValue(address, names) }),
    keys: Object.keys(error).sort(),
  };
}

function classOf(value: object): string {
  return value.constructor?.name ?? 'object';
}
