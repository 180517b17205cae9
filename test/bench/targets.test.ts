// What is held against what: the table of targets, and how a run is judged by it.

import { describe, expect, it } from 'vitest';
import { comparisons } from '../../bench/comparison.js';
import { report, summaryOfTargets } from '../../bench/report.js';
import { isMet, targetOf, targetText } from '../../bench/targets.js';
import { allCases, selectCases } from '../../bench/workloads.js';
import { run } from './run-of.js';

describe('the table of targets', () => {
  it('names only cases, figures and contenders that are measured', () => {
    const found = allCases().flatMap(({ id, metrics, kinds }) =>
      metrics.flatMap(({ key }) =>
        ['zeromq.js', 'libzmq', 'net'].flatMap((against) => {
          const target = targetOf(id, key, against);
          expect(target === undefined || kinds.includes(against === 'zeromq.js' ? 'module' : (against as 'net'))).toBe(
            true,
          );
          return target === undefined ? [] : [`${id} ${key} ${against} ${targetText(target)}`];
        }),
      ),
    );
    expect(found).toContain('push-pull/ipc/10B messages zeromq.js ≥ 20×');
    expect(found).toContain('push-pull/tcp/64KiB bytes net ≥ 0.8×');
    expect(found).toContain('req-rep/tcp/10B p50 net ≤ 1.15×');
    expect(found).toContain('router-dealer/tcp/1000 messages net ≥ 0.7×');
    expect(found).toContain('curve/tcp/1MiB bytes zeromq.js ≥ 0.4×, aim 1×');
    expect(found).toHaveLength(56);
  });

  it('holds every case but the free publisher against something', () => {
    const without = allCases().filter(({ id, metrics }) => metrics.every(({ key }) => !targetOf(id, key, 'zeromq.js')));
    expect(without.map(({ id }) => id)).toEqual(['pub-sub-free/tcp/1', 'pub-sub-free/tcp/10', 'pub-sub-free/tcp/100']);
  });

  it('is met at the figure itself, from either side', () => {
    const rate = targetOf('push-pull/tcp/10B', 'messages', 'zeromq.js')!;
    expect([19.9, 20, 20.1].map((ratio) => isMet(rate, ratio))).toEqual([false, true, true]);
    const time = targetOf('req-rep/tcp/10B', 'p50', 'zeromq.js')!;
    expect([0.59, 0.6, 0.61].map((ratio) => isMet(time, ratio))).toEqual([true, true, false]);
  });
});

describe('a run', () => {
  it('is judged by the median of its rounds’ ratios, not by the ratio of medians', () => {
    const [one] = comparisons(run({ zmtp: [40, 10, 100], 'zeromq.js': [1, 1, 10] }));
    expect(one).toMatchObject({ against: 'zeromq.js', met: false, ratio: { median: 10, min: 10, max: 40 } });
  });

  it('says what is met, what is not, and by how much', () => {
    const text = report(run({ zmtp: [50, 50, 50], 'zeromq.js': [2, 2, 2], libzmq: [50, 40, 60] }));
    expect(text).toContain('| 25.0×; ≥ 20×: met ');
    expect(text).toContain('| 1.00× (0.833 – 1.25); ≥ 1.3×: **not met** |');
    expect(text).toContain('1 of 2 targets met. Not met:');
    expect(text).toContain('- push-pull tcp 10 B, throughput, against libzmq: 1.00× (0.833 – 1.25), target ≥ 1.3×');
  });

  it('is not judged when it was a smoke run', () => {
    expect(summaryOfTargets({ ...run({ zmtp: [1], 'zeromq.js': [1] }), smoke: true })).toBe('');
  });

  it('leaves out who did not play', () => {
    const text = report(run({ zmtp: [50], 'zeromq.js': [2] }, { zmtp: '1', 'zeromq.js': '6', net: '20' }));
    expect(text).not.toContain('to net');
  });
});

describe('--cases', () => {
  const chosen = (...patterns: string[]) => selectCases(patterns, false).map(({ id }) => id);

  it('takes whole ids, beginnings, and * for a part', () => {
    expect(chosen('push-pull/tcp/10B')).toEqual(['push-pull/tcp/10B']);
    expect(chosen('multipart')).toEqual(['multipart/tcp/50B', 'multipart/ipc/50B']);
    expect(chosen('*/ipc/10B')).toEqual(['push-pull/ipc/10B', 'req-rep/ipc/10B']);
  });

  it('refuses what nothing fits, and says what there is', () => {
    expect(() => chosen('push-pul')).toThrow(/nothing fits push-pul; there are push-pull\/tcp\/10B, /);
  });

  it('has one case of each workload in a smoke run', () => {
    const smoke = new Set(selectCases(undefined, true).map(({ workload }) => workload));
    expect(smoke).toEqual(new Set(allCases().map(({ workload }) => workload)));
  });
});
