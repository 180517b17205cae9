// Figures as text: three significant digits and a unit.

import type { Summary } from './statistics.js';

export type Unit = 'msg/s' | 'op/s' | 'B/s' | 'µs' | 'ms' | 'B' | '%' | 'count';

/** `4.31 M msg/s`, `512 B`, `20.0 µs`. */
export function quantity(value: number, unit: Unit): string {
  if (unit === 'count') return String(Math.round(value));
  const [scale, name] = scaled(value, unit);
  return `${digits(value / scale)} ${name}`;
}

/** `17.7× (11.6 – 19.9)`: median, then lowest and highest. */
export function times({ median, min, max }: Summary): string {
  const range = min === max ? '' : ` (${digits(min)} – ${digits(max)})`;
  return `${digits(median)}×${range}`;
}

function scaled(value: number, unit: Exclude<Unit, 'count'>): [scale: number, name: string] {
  switch (unit) {
    case 'µs':
    case 'ms':
    case '%':
      return [1, unit];
    case 'B':
      return prefixed(Math.abs(value), 1024, ['B', 'KiB', 'MiB', 'GiB']);
    case 'B/s':
      return prefixed(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s']);
    default:
      return prefixed(value, 1000, [unit, `k ${unit}`, `M ${unit}`, `G ${unit}`]);
  }
}

function prefixed(value: number, step: number, names: readonly string[]): [scale: number, name: string] {
  let scale = 1;
  let at = 0;
  while (value >= scale * step && at < names.length - 1) {
    scale *= step;
    at++;
  }
  return [scale, names[at]!];
}

function digits(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
