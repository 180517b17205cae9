// Figures that stand for themselves, and how they are written.

import { describe, expect, it } from 'vitest';
import { type Figure, type Figures, FigureTable, figuresReport, withinLimit } from '../../bench/figures.js';
import { quantity, type Unit } from '../../bench/quantities.js';
import { machine } from './run-of.js';

describe('quantity', () => {
  it.each<[number, Unit, string]>([
    [4_310_000, 'msg/s', '4.31 M msg/s'],
    [431, 'msg/s', '431 msg/s'],
    [3.7e9, 'B/s', '3.70 GB/s'],
    [66.812, 'µs', '66.8 µs'],
    [16_384, 'B', '16.0 KiB'],
    [-2048, 'B', '-2.00 KiB'],
    [999, 'B', '999 B'],
    [7_000, 'count', '7000'],
    [0, 'ms', '0 ms'],
  ])('writes %d %s as %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });
});

describe('figures', () => {
  const figure: Omit<Figure, 'values'> = { group: 'connection', name: 'idle', unit: 'B', limit: 100 };

  function figures(smoke: boolean): Figures {
    const table = new FigureTable();
    for (const value of [90, 120, 95]) table.add('zmtp', value, figure);
    table.add('zeromq.js', 300, figure);
    table.add('zeromq.js', 4, { ...figure, name: 'other' });
    const contenders = { zmtp: '1', 'zeromq.js': '6' };
    return { kind: 'memory', machine, smoke, contenders, figures: table.all(), notes: ['A note.'] };
  }

  it('keep their limit by the median of ours', () => {
    expect(withinLimit({ ...figure, values: { zmtp: [90, 120, 95] } }, 'zmtp')).toBe(true);
    expect(withinLimit({ ...figure, values: { zmtp: [101] } }, 'zmtp')).toBe(false);
    expect(withinLimit({ ...figure, values: { other: [1] } }, 'zmtp')).toBeUndefined();
  });

  it('are written in one table for each group, with the limit beside', () => {
    const text = figuresReport(figures(false));
    expect(text).toContain('| connection | zmtp                    | zeromq.js | limit        |');
    expect(text).toContain('| idle       | 95.0 B (90.0 B – 120 B) | 300 B');
    expect(text).toContain('≤ 100 B: met');
    expect(text).toContain('A note.');
  });

  it('are not judged in a smoke run', () => {
    expect(figuresReport(figures(true))).not.toContain('limit');
  });
});
