// What is measured, as data: each workload gives cases, each case names the roles its processes play and the figures that come back.
// The roles themselves are in worker/. The runner knows none of them: it starts the binding side, then the connecting side.

import type { Unit } from './quantities.js';

export const workloadNames = ['codec', 'push-pull', 'req-rep', 'pub-sub'] as const;
export type WorkloadName = (typeof workloadNames)[number];

export const transports = ['tcp', 'ipc'] as const;
export type Transport = (typeof transports)[number];

export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower' | undefined; // undefined: says something about the run, is not compared
}

export interface Case {
  readonly workload: WorkloadName;
  readonly name: string;
  readonly transport: Transport | undefined;
  readonly roles: readonly string[]; // in the order of their start: the binding side, then the connecting side
  readonly params: Readonly<Record<string, number>>;
  /** Messages of the first trial, from which the count of a round is found; `fixed` keeps it. */
  readonly firstCount: number;
  readonly smokeCount: number;
  readonly fixed: boolean;
  readonly oursOnly: boolean;
  readonly metrics: readonly Metric[];
}

export interface Selection {
  readonly only: readonly WorkloadName[];
  readonly sizes: readonly number[] | undefined;
  readonly transports: readonly Transport[];
  readonly smoke: boolean;
}

export function selectCases(selection: Selection): Case[] {
  return selection.only.flatMap((name) => workloads[name](selection));
}

const workloads: Readonly<Record<WorkloadName, (selection: Selection) => Case[]>> = {
  codec: ({ sizes, smoke }) => (sizes ?? (smoke ? [10, 65_536] : [10, 100, 1024, 65_536, 1_048_576])).map(codec),
  'push-pull': ({ sizes, smoke, transports }) =>
    cross(transports, sizes ?? (smoke ? [10, 65_536] : [10, 100, 1024, 65_536, 1_048_576]), pushPull),
  'req-rep': ({ sizes, transports }) => cross(transports, sizes ?? [10], reqRep),
  'pub-sub': ({ sizes, smoke, transports }) =>
    (smoke ? FAN_OUTS.slice(1, 3) : FAN_OUTS).flatMap(([subscribers, window]) =>
      cross(transports, sizes ?? [100], (transport, size) => pubSub(transport, size, subscribers, window)),
    ),
};

/**
 * Half the default high-water mark is what may be on the way without loss: libzmq's pipes report what they took in
 * batches of half the mark. 0 is a publisher that does not care.
 */
const FAN_OUTS: readonly [subscribers: number, window: number][] = [
  [1, 500],
  [10, 500],
  [1, 0],
  [10, 0],
];

function codec(size: number): Case {
  return {
    workload: 'codec',
    name: byteSize(size),
    transport: undefined,
    roles: ['codec'],
    params: { size },
    firstCount: 500, // milliseconds per task, not messages
    smokeCount: 10,
    fixed: true,
    oursOnly: true,
    metrics: [
      { key: 'decode', label: 'decode', unit: 'msg/s', better: 'higher' },
      { key: 'encode', label: 'encode', unit: 'msg/s', better: 'higher' },
    ],
  };
}

function pushPull(transport: Transport, size: number): Case {
  const inBytes = size >= 16_384;
  return {
    workload: 'push-pull',
    name: `${transport} ${byteSize(size)}`,
    transport,
    roles: ['pull', 'push'],
    params: { size },
    firstCount: Math.max(200, Math.min(50_000, Math.round(2e8 / size))),
    smokeCount: Math.max(20, Math.min(2_000, Math.round(2e6 / size))),
    fixed: false,
    oursOnly: false,
    metrics: [
      inBytes
        ? { key: 'bytes', label: 'throughput', unit: 'B/s', better: 'higher' }
        : { key: 'messages', label: 'throughput', unit: 'msg/s', better: 'higher' },
    ],
  };
}

function reqRep(transport: Transport, size: number): Case {
  return {
    workload: 'req-rep',
    name: `${transport} ${byteSize(size)}`,
    transport,
    roles: ['rep', 'req'],
    params: { size },
    firstCount: 2_000,
    smokeCount: 100,
    fixed: false,
    oursOnly: false,
    metrics: [
      { key: 'median', label: 'round trip, median', unit: 'µs', better: 'lower' },
      { key: 'mean', label: 'round trip, mean', unit: 'µs', better: 'lower' },
    ],
  };
}

function pubSub(transport: Transport, size: number, subscribers: number, window: number): Case {
  return {
    workload: 'pub-sub',
    name: `${transport} ${byteSize(size)} × ${subscribers}${window === 0 ? ', free' : ''}`,
    transport,
    roles: ['pub', 'sub'],
    params: { size, subscribers, window },
    firstCount: Math.round((window === 0 ? 500_000 : 50_000) / subscribers),
    smokeCount: Math.round(2_000 / subscribers),
    fixed: false,
    oursOnly: false,
    metrics: [
      { key: 'deliveries', label: 'deliveries', unit: 'msg/s', better: 'higher' },
      { key: 'share', label: 'delivered of sent', unit: '%', better: undefined },
    ],
  };
}

function cross(
  transports: readonly Transport[],
  sizes: readonly number[],
  make: (transport: Transport, size: number) => Case,
): Case[] {
  return transports.flatMap((transport) => sizes.map((size) => make(transport, size)));
}

function byteSize(size: number): string {
  if (size >= 1_048_576 && size % 1_048_576 === 0) return `${size / 1_048_576} MiB`;
  if (size >= 1024 && size % 1024 === 0) return `${size / 1024} KiB`;
  return `${size} B`;
}
