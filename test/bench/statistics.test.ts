// The arithmetic behind every published figure.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, ratios, summarize } from '../../bench/statistics.js';

describe('summarize', () => {
  it('gives the middle one of an odd number, the mean of the middle two of an even one', () => {
    expect(summarize([9, 1, 5]).median).toBe(5);
    expect(summarize([9, 1, 5, 6]).median).toBe(5.5);
  });

  it('gives the whole range and the middle half', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, min: 1, max: 5, middle: [2, 4] });
  });

  it('does not care for the order, nor change it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (samples) => {
        const before = [...samples];
        expect(summarize(samples)).toEqual(summarize([...samples].reverse()));
        expect(samples).toEqual(before);
      }),
    );
  });

  it('refuses nothing', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe('quantile', () => {
  it('lies between its neighbours', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile([0, 10], share))).toEqual([0, 2.5, 5, 7.5, 10]);
  });
});

describe('ratios', () => {
  it('pairs the rounds', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  });

  it('refuses rounds that have no partner', () => {
    expect(() => ratios([1, 2], [1])).toThrow(RangeError);
  });
});
