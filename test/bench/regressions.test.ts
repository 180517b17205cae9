// What bench:check calls worse.

import { describe, expect, it } from 'vitest';
import { check, checkReport } from '../../bench/regressions.js';
import { run } from './run-of.js';

const verdicts = (before: Parameters<typeof run>[0], after: Parameters<typeof run>[0]) =>
  check(run(before), run(after), 0.15).changes.map(({ verdict }) => verdict);

describe('check', () => {
  it('is content when everything is twice as slow for everybody', () => {
    expect(verdicts({ zmtp: [20, 22], net: [10, 11] }, { zmtp: [10, 11], net: [5, 5.5] })).toEqual([]);
  });

  it('names what lost more than the tolerance', () => {
    expect(verdicts({ zmtp: [20], net: [10] }, { zmtp: [16.9], net: [10] })).toEqual(['worse']);
    expect(verdicts({ zmtp: [20], net: [10] }, { zmtp: [17.1], net: [10] })).toEqual([]);
  });

  it('names what gained as much', () => {
    expect(verdicts({ zmtp: [20], net: [10] }, { zmtp: [24], net: [10] })).toEqual(['better']);
  });

  it('lets pass what had been seen before, in a range that was wide', () => {
    expect(verdicts({ zmtp: [10, 20, 30], net: [10, 10, 10] }, { zmtp: [11], net: [10] })).toEqual([]);
  });

  it('does not blame us for the good day of one of them', () => {
    const before = { zmtp: [20], 'zeromq.js': [10], net: [10] };
    expect(verdicts(before, { zmtp: [20], 'zeromq.js': [10], net: [20] })).toEqual([]);
    expect(verdicts(before, { zmtp: [10], 'zeromq.js': [10], net: [10] })).toEqual(['worse']);
  });

  it('knows that less is better for times', () => {
    const timed = (figures: Parameters<typeof run>[0]) => run(figures, undefined, { key: 'messages', unit: 'µs' });
    const result = check(timed({ zmtp: [10], net: [10] }), timed({ zmtp: [13], net: [10] }), 0.15);
    expect(result.changes.map(({ verdict }) => verdict)).toEqual(['worse']);
  });

  it('says what it compared, what changed and what is missing', () => {
    const before = run({ zmtp: [20], net: [10] });
    const text = checkReport(check(before, run({ zmtp: [10], net: [10] }), 0.15));
    expect(text).toBe(
      '1 figures compared: 1 worse, 0 better.\n- worse: push-pull tcp 10 B, throughput: 1.00× of net, was 2.00×',
    );
    const nothing = { ...before, cases: [] };
    expect(check(before, nothing, 0.15)).toMatchObject({ compared: 0, missing: ['push-pull/tcp/10B throughput'] });
  });
});
