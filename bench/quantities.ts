// Figures as text: three significant digits, one unit for a median and its range.

import type { Summary } from './statistics.js';

export type Unit = 'msg/s' | 'B/s' | 'µs' | '%';

/** `4.31 M msg/s (4.20 – 4.55)`: median, then lowest and highest. */
export function quantities({ median, min, max }: Summary, unit: Unit): string {
  const [scale, name] = scaled(median, unit);
  const range = min === max ? '' : ` (${digits(min / scale)} – ${digits(max / scale)})`;
  return `${digits(median / scale)} ${name}${range}`;
}

export function times({ median, min, max }: Summary): string {
  const range = min === max ? '' : ` (${digits(min)} – ${digits(max)})`;
  return `${digits(median)}×${range}`;
}

export function quantity(value: number, unit: Unit): string {
  return quantities({ median: value, min: value, max: value }, unit);
}

function scaled(value: number, unit: Unit): [scale: number, name: string] {
  if (unit === 'µs' || unit === '%') return [1, unit];
  const [scale, prefix] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : [1e3, 'k'];
  return [scale, unit === 'B/s' ? `${prefix}B/s` : `${prefix} ${unit}`];
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
