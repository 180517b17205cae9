// What is measured, as data: each case names the roles its processes play, who can play them, and the figures that come back.
// The roles themselves are in worker/ and native/. The runner knows none of them: it starts the binding side, then the connecting side.

import type { Unit } from './quantities.js';

export const transports = ['tcp', 'ipc'] as const;
export type Transport = (typeof transports)[number];

/** Who can play: a module with the API of zeromq.js 6, the C program of native/, bare `node:net`. */
export type Kind = 'module' | 'libzmq' | 'net';

export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  /** True for what is set beside the other contenders; false for what only says something about the run. */
  readonly compared: boolean;
}

export interface Case {
  /** `workload/transport/size or peers`: what --cases chooses by and targets refer to. */
  readonly id: string;
  readonly workload: string;
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly transport: Transport | undefined;
  readonly roles: readonly string[]; // in the order of their start: the binding side, then the connecting side
  readonly params: Readonly<Record<string, number>>;
  readonly curve: boolean;
  /** Messages of the first trial, from which the count of a round is found. */
  readonly firstCount: number;
  readonly smokeCount: number;
  /** Part of a smoke run: the cheapest of its kind. */
  readonly smoke: boolean;
  readonly metrics: readonly Metric[];
}

const ALL: readonly Kind[] = ['module', 'libzmq', 'net'];
const ZEROMQ: readonly Kind[] = ['module', 'libzmq'];

const SIZES = [10, 100, 1024, 65_536, 1_048_576, 16_777_216];
const CURVE_SIZES = [10, 1024, 65_536, 1_048_576];

/**
 * Half the default high-water mark is what may be on the way without loss: libzmq's pipes report what they took in
 * batches of half the mark. 0 is a publisher that does not care.
 */
const PUB_SUB_WINDOW = 500;
const IN_FLIGHT = 1000;

export function allCases(): Case[] {
  return [
    ...cross(transports, SIZES, pushPull),
    ...transports.map(multipart),
    ...transports.map(reqRep),
    ...[1, 10, 1000].map(routerDealer),
    ...[1, 10, 100].map((subscribers) => pubSub(subscribers, PUB_SUB_WINDOW)),
    ...[1, 10, 100].map((subscribers) => pubSub(subscribers, 0)),
    inprocPushPull(),
    inprocReqRep(),
    ...CURVE_SIZES.map((size) => curve('tcp', size)),
  ];
}

/** Cases whose id fits one of the patterns: whole, or up to a slash, `*` for anything within one part. */
export function selectCases(patterns: readonly string[] | undefined, smoke: boolean): Case[] {
  const all = allCases();
  if (patterns === undefined) return smoke ? all.filter((one) => one.smoke) : all;
  for (const pattern of patterns) {
    if (!all.some(({ id }) => fits(id, pattern)))
      throw new RangeError(`--cases: nothing fits ${pattern}; there are ${all.map(({ id }) => id).join(', ')}`);
  }
  return all.filter(({ id }) => patterns.some((pattern) => fits(id, pattern)));
}

export function fits(id: string, pattern: string): boolean {
  const parts = id.split('/');
  return pattern.split('/').every((wanted, index) => wanted === '*' || wanted === parts[index]);
}

/** Messages per second below 16 KiB, bytes per second above: there the bytes are the work. */
function throughput(size: number): Metric {
  return size >= 16_384
    ? { key: 'bytes', label: 'throughput', unit: 'B/s', compared: true }
    : { key: 'messages', label: 'throughput', unit: 'msg/s', compared: true };
}

/** The median is what is compared; the tail also carries the pauses of collector and scheduler. */
const ROUND_TRIP: readonly Metric[] = [
  { key: 'p50', label: 'round trip, median', unit: 'µs', compared: true },
  { key: 'mean', label: 'round trip, mean', unit: 'µs', compared: true },
  { key: 'p90', label: 'round trip, p90', unit: 'µs', compared: false },
  { key: 'p99', label: 'round trip, p99', unit: 'µs', compared: false },
  { key: 'p999', label: 'round trip, p99.9', unit: 'µs', compared: false },
];

function pushPull(transport: Transport, size: number): Case {
  return {
    id: `push-pull/${transport}/${sizeId(size)}`,
    workload: 'push-pull',
    name: `${transport} ${byteSize(size)}`,
    // Bare streams have no messages: writes of fewer bytes measure system calls, which none of the others makes one by one.
    kinds: size >= 16_384 ? ALL : ZEROMQ,
    transport,
    roles: ['pull', 'push'],
    params: { size, parts: 1 },
    curve: false,
    ...counts(size),
    smoke: size === 10 || (transport === 'tcp' && size === 65_536),
    metrics: [throughput(size)],
  };
}

function multipart(transport: Transport): Case {
  return {
    id: `multipart/${transport}/50B`,
    workload: 'multipart',
    name: `${transport} 3 × 50 B`,
    kinds: ZEROMQ,
    transport,
    roles: ['pull', 'push'],
    params: { size: 50, parts: 3 },
    curve: false,
    ...counts(150),
    smoke: transport === 'tcp',
    metrics: [throughput(50)],
  };
}

function reqRep(transport: Transport): Case {
  return {
    id: `req-rep/${transport}/10B`,
    workload: 'req-rep',
    name: `${transport} 10 B`,
    kinds: ALL,
    transport,
    roles: ['rep', 'req'],
    params: { size: 10 },
    curve: false,
    firstCount: 2_000,
    smokeCount: 100,
    smoke: transport === 'tcp',
    metrics: ROUND_TRIP,
  };
}

function routerDealer(peers: number): Case {
  return {
    id: `router-dealer/tcp/${peers}`,
    workload: 'router-dealer',
    name: `tcp 100 B × ${peers}`,
    // Bare streams would join the requests that one peer has in flight: only one each is the same work.
    kinds: peers === IN_FLIGHT ? ALL : ZEROMQ,
    transport: 'tcp',
    roles: ['router', 'dealer'],
    params: { size: 100, peers, window: IN_FLIGHT / peers },
    curve: false,
    firstCount: 10_000,
    smokeCount: 2_000,
    smoke: peers !== 1,
    metrics: [{ key: 'messages', label: 'echoes', unit: 'msg/s', compared: true }],
  };
}

function pubSub(subscribers: number, window: number): Case {
  const free = window === 0;
  return {
    id: `${free ? 'pub-sub-free' : 'pub-sub'}/tcp/${subscribers}`,
    workload: free ? 'pub-sub, free' : 'pub-sub',
    name: `tcp 100 B × ${subscribers}`,
    kinds: ZEROMQ,
    transport: 'tcp',
    roles: ['pub', 'sub'],
    params: { size: 100, subscribers, window },
    curve: false,
    firstCount: Math.round((free ? 500_000 : 50_000) / subscribers),
    smokeCount: Math.round(4_000 / subscribers),
    smoke: subscribers === 10,
    metrics: [
      { key: 'deliveries', label: 'deliveries', unit: 'msg/s', compared: true },
      ...(free ? [{ key: 'share', label: 'delivered of sent', unit: '%', compared: false } as const] : []),
    ],
  };
}

function inprocPushPull(): Case {
  return {
    id: 'inproc/push-pull/10B',
    workload: 'inproc',
    name: 'PUSH → PULL 10 B',
    kinds: ['module'],
    transport: undefined,
    roles: ['inproc-push-pull'],
    params: { size: 10 },
    curve: false,
    ...counts(10),
    smoke: true,
    metrics: [throughput(10)],
  };
}

function inprocReqRep(): Case {
  return {
    id: 'inproc/req-rep/10B',
    workload: 'inproc',
    name: 'REQ ⇄ REP 10 B',
    kinds: ['module'],
    transport: undefined,
    roles: ['inproc-req-rep'],
    params: { size: 10 },
    curve: false,
    firstCount: 5_000,
    smokeCount: 200,
    smoke: true,
    metrics: [{ key: 'messages', label: 'round trips', unit: 'msg/s', compared: true }],
  };
}

function curve(transport: Transport, size: number): Case {
  return {
    ...pushPull(transport, size),
    id: `curve/${transport}/${sizeId(size)}`,
    workload: 'curve',
    kinds: ZEROMQ,
    curve: true,
    smoke: size === 1024,
  };
}

function counts(size: number): { firstCount: number; smokeCount: number } {
  const within = (bytes: number, most: number) => Math.max(4, Math.min(most, Math.round(bytes / size)));
  return { firstCount: within(2e8, 50_000), smokeCount: within(4e6, 2_000) };
}

function cross(
  transports: readonly Transport[],
  sizes: readonly number[],
  make: (transport: Transport, size: number) => Case,
): Case[] {
  return transports.flatMap((transport) => sizes.map((size) => make(transport, size)));
}

export function byteSize(size: number): string {
  if (size >= 1_048_576 && size % 1_048_576 === 0) return `${size / 1_048_576} MiB`;
  if (size >= 1024 && size % 1024 === 0) return `${size / 1024} KiB`;
  return `${size} B`;
}

function sizeId(size: number): string {
  return byteSize(size).replace(' ', '');
}
