// Options without a property in zeromq.js that libzmq takes by number, and that mean nothing here: kept, and read back.

import { INT_MAX, INT_MIN } from './options.js';

export interface StoredOnly {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Reads back as 0 or 1. */
  readonly flag?: true;
  /** EINVAL when read. */
  readonly unreadable?: true;
  /** libzmq's numbers of the socket types that have it; all when absent. */
  readonly types?: readonly number[];
}

const COUNT = { min: 1, max: INT_MAX, default: 8192 } as const;

export const STORED_ONLY: Readonly<Record<number, StoredOnly>> = {
  /** ZMQ_USE_FD. Only -1, none: a socket that was to use a descriptor must not listen elsewhere. */
  89: { min: -1, max: -1, default: -1 },
  /** ZMQ_MULTICAST_LOOP: there is no multicast. */
  96: { min: INT_MIN, max: INT_MAX, default: 1, flag: true },
  /** ZMQ_IN_BATCH_SIZE: Node decides how much it reads. */
  101: COUNT,
  /** ZMQ_OUT_BATCH_SIZE: writes are gathered by turns of the event loop. */
  102: COUNT,
  /** ZMQ_ONLY_FIRST_SUBSCRIBE: subscriptions are messages of one part here in any case. */
  108: { min: 0, max: INT_MAX, default: 0, unreadable: true, types: [1, 9, 10] },
  /** ZMQ_PRIORITY: Node cannot set it. */
  112: { min: 0, max: INT_MAX, default: 0 },
  /** ZMQ_BUSY_POLL: Node cannot set it. */
  113: { min: INT_MIN, max: INT_MAX, default: 0, unreadable: true },
  /** ZMQ_XSUB_VERBOSE_UNSUBSCRIBE: each topic is cancelled once, when the last asker leaves. */
  115: { min: INT_MIN, max: INT_MAX, default: 0, unreadable: true, types: [10] },
};
