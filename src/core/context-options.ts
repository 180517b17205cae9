// The options of a Context in one table, and their values by libzmq's numbers (zmq_ctx_set and zmq_ctx_get).

import { zmqError } from '../errors.js';
import { INT_MAX, INT_MIN } from './options.js';

interface ContextSpec {
  readonly id: number;
  /** A boolean, which by its number is an int. */
  readonly flag?: true;
  readonly access?: 'read' | 'write';
}

/** The properties. Number 3 is one option when read, and another when set. */
export const CONTEXT_OPTIONS = Object.freeze({
  ioThreads: { id: 1 },
  maxSockets: { id: 2 },
  maxSocketsLimit: { id: 3, access: 'read' },
  threadPriority: { id: 3, access: 'write' },
  threadSchedulingPolicy: { id: 4, access: 'write' },
  maxMessageSize: { id: 5 },
  ipv6: { id: 42, flag: true },
  blocky: { id: 70, flag: true },
} satisfies Record<string, ContextSpec>) as Readonly<
  Record<
    | 'ioThreads'
    | 'maxSockets'
    | 'maxSocketsLimit'
    | 'threadPriority'
    | 'threadSchedulingPolicy'
    | 'maxMessageSize'
    | 'ipv6'
    | 'blocky',
    ContextSpec
  >
>;

/** libzmq's ZMQ_MAX_SOCKETS_DFLT, and what it answers for ZMQ_SOCKET_LIMIT, though it takes more. */
const MAX_SOCKETS = 1023;
const MAX_SOCKETS_LIMIT = 65_535;
/** Bytes of a zmq_msg_t, which programs that use it by number may ask for. */
const MSG_T_SIZE = 64;
const AFFINITY_ADD = 7;
const AFFINITY_REMOVE = 8;

interface Range {
  readonly min: number;
  readonly max: number;
  /** 0 for 0, 1 for everything else. */
  readonly flag?: true;
}

const NATURAL: Range = { min: 0, max: INT_MAX };
const FLAG: Range = { ...NATURAL, flag: true };

/** By number: what may be set. */
const SETTABLE: Readonly<Record<number, Range>> = {
  1: NATURAL,
  2: { min: 1, max: INT_MAX },
  3: NATURAL,
  4: NATURAL,
  5: NATURAL,
  /** ZMQ_THREAD_NAME_PREFIX. */
  9: { min: INT_MIN, max: INT_MAX },
  /** ZMQ_ZERO_COPY_RECV. */
  10: FLAG,
  42: FLAG,
  70: FLAG,
};

/** By number: what can be read from the start. */
const DEFAULTS: readonly (readonly [id: number, value: number])[] = [
  [1, 1],
  [2, MAX_SOCKETS],
  [5, INT_MAX],
  [6, MSG_T_SIZE],
  [9, 0],
  [10, 1],
  [42, 0],
  [70, 1],
];

export class ContextValues {
  readonly #values = new Map<number, number>(DEFAULTS);
  readonly #processors = new Set<number>();

  /** @throws EINVAL for numbers that do not exist or cannot be read */
  get(id: number): number {
    if (id === CONTEXT_OPTIONS.maxSocketsLimit.id) return MAX_SOCKETS_LIMIT;
    const value = this.#values.get(id);
    if (value === undefined) throw zmqError('EINVAL', `a context has no option ${id} to be read`);
    return value;
  }

  /** @throws EINVAL for numbers that do not exist and values out of range */
  set(id: number, value: number): void {
    if (id === AFFINITY_ADD || id === AFFINITY_REMOVE) {
      this.#setProcessor(id, value);
      return;
    }
    const range = SETTABLE[id];
    if (range === undefined) throw zmqError('EINVAL', `a context has no option ${id} to be set`);
    if (value < range.min || value > range.max) {
      throw zmqError('EINVAL', `${nameOf(id)} is a whole number from ${range.min} to ${range.max}, not ${value}`);
    }
    this.#values.set(id, range.flag ? Number(value !== 0) : value);
  }

  /** ZMQ_THREAD_AFFINITY_CPU_ADD and _REMOVE: kept, without effect. */
  #setProcessor(id: number, value: number): void {
    if (id === AFFINITY_ADD && value >= 0) this.#processors.add(value);
    else if (id === AFFINITY_ADD || !this.#processors.delete(value)) {
      throw zmqError('EINVAL', `no processor ${value} to add or remove`);
    }
  }
}

function nameOf(id: number): string {
  const named = Object.entries(CONTEXT_OPTIONS).find(([, spec]) => spec.id === id && spec.access !== 'read');
  return named?.[0] ?? `option ${id}`;
}
