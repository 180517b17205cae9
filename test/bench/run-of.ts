// A run as `npm run bench` saves it, made up from one figure per round and contender.

import type { Machine, Run } from '../../bench/results.js';
import type { Metric } from '../../bench/workloads.js';

export const machine: Machine = {
  date: '2026-01-02T03:04:05.000Z',
  cpu: '2 × Test',
  memory: '4 GiB',
  system: 'Linux 6 x64',
  node: 'v20.0.0',
  commit: 'abc',
  load: 0.5,
};

export function run(
  figures: Readonly<Record<string, readonly number[]>>,
  contenders: Readonly<Record<string, string>> = Object.fromEntries(Object.keys(figures).map((name) => [name, '1'])),
  metric: Partial<Metric> = {},
): Run {
  const rounds = Object.entries(figures).map(([name, values]) => [name, values.map((messages) => ({ messages }))]);
  return {
    kind: 'throughput',
    machine,
    smoke: false,
    contenders,
    skipped: [],
    failed: [],
    cases: [
      {
        id: 'push-pull/tcp/10B',
        workload: 'push-pull',
        name: 'tcp 10 B',
        params: { size: 10 },
        metrics: [{ key: 'messages', label: 'throughput', unit: 'msg/s', compared: true, ...metric }],
        rounds: Object.fromEntries(rounds),
      },
    ],
  };
}
