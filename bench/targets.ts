// What the library wants to reach, as data: our figure as a multiple of another contender's, in the same rounds of one run. Rates are
// to be at least, times at most, the given multiple. The report sets each beside what was measured; nothing fails when one is missed.

import { fits } from './workloads.js';

export interface Target {
  readonly against: string;
  readonly metric: string;
  readonly bound: 'at least' | 'at most';
  readonly ratio: number;
  /** What is hoped for beyond the target. */
  readonly aim?: number;
}

interface Entry extends Target {
  readonly cases: readonly string[]; // patterns, as of --cases
}

/** Of a case's figure `metric` against a contender, when there is one. */
export function targetOf(caseId: string, metric: string, against: string): Target | undefined {
  return TARGETS.find(
    (target) =>
      target.against === against && target.metric === metric && target.cases.some((pattern) => fits(caseId, pattern)),
  );
}

export function isMet({ bound, ratio }: Target, measured: number): boolean {
  return bound === 'at least' ? measured >= ratio : measured <= ratio;
}

/** `≥ 20×`, `≤ 0.6×`, `≥ 0.6×, aim 1×`. */
export function targetText({ bound, ratio, aim }: Target): string {
  return `${bound === 'at least' ? '≥' : '≤'} ${ratio}×${aim === undefined ? '' : `, aim ${aim}×`}`;
}

type Row = readonly [cases: string, metric: string, Readonly<Partial<Record<'zeromq.js' | 'libzmq' | 'net', number>>>];

const AT_LEAST: readonly Row[] = [
  ['push-pull/*/10B', 'messages', { 'zeromq.js': 20, libzmq: 1.3 }],
  ['push-pull/*/100B', 'messages', { 'zeromq.js': 14, libzmq: 1.6 }],
  ['push-pull/*/1KiB', 'messages', { 'zeromq.js': 7, libzmq: 2.5 }],
  ['push-pull/*/64KiB', 'bytes', { 'zeromq.js': 1.5, libzmq: 1.3, net: 0.8 }],
  ['push-pull/*/1MiB', 'bytes', { 'zeromq.js': 1.1, libzmq: 1, net: 0.8 }],
  ['push-pull/*/16MiB', 'bytes', { 'zeromq.js': 1.1, libzmq: 1, net: 0.8 }],
  ['multipart', 'messages', { 'zeromq.js': 12, libzmq: 1 }],
  ['router-dealer/tcp/1', 'messages', { 'zeromq.js': 8 }],
  ['router-dealer/tcp/10', 'messages', { 'zeromq.js': 8 }],
  ['router-dealer/tcp/1000', 'messages', { 'zeromq.js': 5, net: 0.7 }],
  ['pub-sub', 'deliveries', { 'zeromq.js': 8, libzmq: 1 }],
  ['inproc', 'messages', { 'zeromq.js': 15 }],
  ['curve/*/10B', 'messages', { 'zeromq.js': 2 }],
  ['curve/*/1KiB', 'messages', { 'zeromq.js': 1.2 }],
];

const AT_MOST: readonly Row[] = [['req-rep', 'p50', { 'zeromq.js': 0.6, libzmq: 0.8, net: 1.15 }]];

const TARGETS: readonly Entry[] = [
  ...AT_LEAST.flatMap((row) => entries(row, 'at least')),
  ...AT_MOST.flatMap((row) => entries(row, 'at most')),
  { cases: ['curve/*/64KiB'], against: 'zeromq.js', metric: 'bytes', bound: 'at least', ratio: 0.6, aim: 1 },
  { cases: ['curve/*/1MiB'], against: 'zeromq.js', metric: 'bytes', bound: 'at least', ratio: 0.4, aim: 1 },
];

function entries([pattern, metric, against]: Row, bound: Target['bound']): Entry[] {
  return Object.entries(against).map(([name, ratio]) => ({ cases: [pattern], against: name, metric, bound, ratio }));
}
