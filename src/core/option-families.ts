// get…Option and set…Option, the twelve methods by which zeromq.js reads and sets options by libzmq's numbers. They are on
// every socket, for programs that extend `Socket`; the properties of the classes are made of the same functions. With them
// the properties that tell what a socket is.

import { checkCount, checkIdentifier } from './arguments.js';
import {
  checkedBoolean,
  checkedInt,
  checkedNumber,
  int32Bytes,
  int64Bytes,
  uint64Bytes,
  wrongKind,
} from './option-bytes.js';
import { labelOf, OptionStore } from './option-store.js';
import type { OptionKind } from './options.js';

type Read = (store: OptionStore, id: number) => unknown;
/** Checks the kind of a value for the option of this number. @throws TypeError */
type Encode = (value: unknown, id: number) => Buffer | null;

interface Family {
  readonly read: Read;
  readonly encode: Encode;
}

const INT = 4;
const LONG = 8;
const MAX_SAFE = 'Value is larger than Number.MAX_SAFE_INTEGER and may have been rounded inaccurately.';

const bool: Family = {
  read: (store, id) => intAt(store, id).readInt32LE() !== 0,
  encode: (value, id) => int32Bytes(Number(checkedBoolean(value, labelOf(id)))),
};
const int32: Family = {
  read: (store, id) => intAt(store, id).readInt32LE(),
  encode: (value, id) => int32Bytes(checkedInt(value, labelOf(id))),
};
const uint32: Family = { read: (store, id) => intAt(store, id).readUInt32LE(), encode: int32.encode };
const int64: Family = {
  read: (store, id) => Number(padded(store.get(id, LONG)).readBigInt64LE()),
  encode: (value, id) => int64Bytes(checkedNumber(value, labelOf(id))),
};
const uint64: Family = {
  read: (store, id) => Number(padded(store.get(id, LONG)).readBigUInt64LE()),
  encode(value, id) {
    const number = checkedNumber(value, labelOf(id));
    if (number > Number.MAX_SAFE_INTEGER) process.emitWarning(MAX_SAFE);
    return uint64Bytes(number);
  },
};
const string: Family = {
  read: (store, id) => store.getText(id),
  encode(value, id) {
    if (value === null) return null;
    if (typeof value === 'string') return Buffer.from(value);
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    throw wrongKind('a string or buffer', value, labelOf(id));
  },
};

/** The family that zeromq.js's property of this kind belongs to. */
export const FAMILIES: Readonly<Record<OptionKind, Family>> = {
  bool,
  int: int32,
  uint: uint32,
  int64,
  uint64,
  text: string,
  octets: string,
  bytes: string,
  key: string,
  verbosity: bool,
};

/** What has options by number. Its methods are moved to `Socket.prototype`, where zeromq.js has them. */
export abstract class OptionFamilies {
  readonly #options: OptionStore;

  /** @param type libzmq's number for the socket type */
  protected constructor(type: number) {
    this.#options = new OptionStore(type);
  }

  /** @internal */
  static optionsOf(socket: OptionFamilies): OptionStore {
    return socket.#options;
  }

  /** libzmq's number for the socket type (ZMQ_TYPE). @throws ENOTSOCK when closed */
  get type(): number {
    this.#options.checkOpen();
    return this.#options.type;
  }

  /**
   * The mechanism that the security options have selected, the last one set deciding: null for NULL, or "plain" or "curve",
   * with which bind and connect are refused until they are there (ZMQ_MECHANISM). @throws ENOTSOCK when closed
   */
  get securityMechanism(): null | 'plain' | 'curve' {
    this.#options.checkOpen();
    const { mechanism } = this.#options.values;
    return mechanism === 'NULL' ? null : (mechanism.toLowerCase() as 'plain' | 'curve');
  }

  /** Whether several threads may use the socket: false (ZMQ_THREAD_SAFE). @throws ENOTSOCK when closed */
  get threadSafe(): boolean {
    this.#options.checkOpen();
    return false;
  }

  /**
   * The option of this libzmq number as a boolean: of a C int, whether it is not 0.
   * @throws TypeError, ENOTSOCK when closed, EINVAL for numbers that do not exist, cannot be read, or are no C int
   */
  protected getBoolOption(...args: [option: number]): boolean {
    return read(this.#options, bool, args) as boolean;
  }

  /** Sets the option of this libzmq number, a C int, to 1 or 0. @throws TypeError, ENOTSOCK when closed, EINVAL */
  protected setBoolOption(...args: [option: number, value: boolean]): void {
    write(this.#options, bool, args);
  }

  /** The option of this libzmq number, a C int. @throws as `getBoolOption` */
  protected getInt32Option(...args: [option: number]): number {
    return read(this.#options, int32, args) as number;
  }

  /** Sets the option of this libzmq number, a C int; fractions are cut. @throws as `setBoolOption` */
  protected setInt32Option(...args: [option: number, value: number]): void {
    write(this.#options, int32, args);
  }

  /** The option of this libzmq number, a C int, read without sign. @throws as `getBoolOption` */
  protected getUint32Option(...args: [option: number]): number {
    return read(this.#options, uint32, args) as number;
  }

  /** Sets the option of this libzmq number, a C int. @throws as `setBoolOption` */
  protected setUint32Option(...args: [option: number, value: number]): void {
    write(this.#options, uint32, args);
  }

  /** The option of this libzmq number, of 64 bits: ZMQ_MAXMSGSIZE and ZMQ_AFFINITY. @throws as `getBoolOption` */
  protected getInt64Option(...args: [option: number]): number {
    return read(this.#options, int64, args) as number;
  }

  /** Sets the option of this libzmq number, of 64 bits. @throws as `setBoolOption` */
  protected setInt64Option(...args: [option: number, value: number]): void {
    write(this.#options, int64, args);
  }

  /** The option of this libzmq number, of 64 bits, read without sign. @throws as `getBoolOption` */
  protected getUint64Option(...args: [option: number]): number {
    return read(this.#options, uint64, args) as number;
  }

  /** Sets the option of this libzmq number, of 64 bits; negative numbers become 0. @throws as `setBoolOption` */
  protected setUint64Option(...args: [option: number, value: number]): void {
    write(this.#options, uint64, args);
  }

  /** The option of this libzmq number as text; null when it is empty. @throws as `getBoolOption` */
  protected getStringOption(...args: [option: number]): string | null {
    return read(this.#options, string, args) as string | null;
  }

  /** Sets the bytes of the option of this libzmq number; null for none. @throws as `setBoolOption` */
  protected setStringOption(...args: [option: number, value: string | Buffer | null]): void {
    write(this.#options, string, args);
  }
}

/** Kinds first, then the count, as zeromq.js checks. */
function read(store: OptionStore, family: Family, args: readonly unknown[]): unknown {
  const id = checkIdentifier(args[0]);
  checkCount(args, 1);
  return family.read(store, id);
}

function write(store: OptionStore, family: Family, args: readonly unknown[]): void {
  const id = checkIdentifier(args[0]);
  const bytes = family.encode(args[1], id);
  checkCount(args, 2);
  store.set(id, bytes);
}

function intAt(store: OptionStore, id: number): Buffer {
  return padded(store.get(id, INT));
}

/** Shorter values than there is room for leave the rest 0. */
function padded(bytes: Buffer): Buffer {
  return bytes.length >= LONG ? bytes : Buffer.concat([bytes, Buffer.alloc(LONG)]);
}
