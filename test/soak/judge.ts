// What a scenario was, and what it says about the library: the verdict, and its table.

import type { Performance } from './cast.js';
import { HEAP_TOLERANCE, type Pair } from './health.js';

export interface Outcome {
  /** Processes that ended by themselves; those that were killed tell nothing. */
  readonly performances: readonly Performance[];
  readonly sent: number;
  readonly received: number;
  /** Of these, what was promised to arrive and did not. */
  readonly lost: number;
  /** What else was promised and not kept. */
  readonly failures: readonly string[];
  readonly notes: readonly string[];
}

export interface Verdict extends Outcome {
  readonly scenario: string;
  /** How long it took. */
  readonly seconds: number;
}

export function judged(scenario: string, outcome: Outcome, seconds: number): Verdict {
  const failures = [...outcome.failures];
  if (outcome.lost !== 0) failures.push(`${outcome.lost} messages lost`);
  for (const { name, health, values } of outcome.performances) {
    failures.push(...strays(name, health));
    if (values.open !== undefined) failures.push(...strays(`${name}, its sockets still open`, values.open as Pair));
  }
  return { ...outcome, scenario, seconds, failures };
}

/** What a process holds that it did not hold before. */
function strays(name: string, { before, after }: Pair): string[] {
  const found: string[] = [];
  const [had, has] = [before.resources.join(' '), after.resources.join(' ')];
  if (had !== has) found.push(`${name}: resources before: ${had || 'none'}; after: ${has || 'none'}`);
  if (before.descriptors !== after.descriptors) {
    found.push(`${name}: ${before.descriptors} descriptors before, ${after.descriptors} after`);
  }
  const growth = after.heap - before.heap;
  if (growth > HEAP_TOLERANCE) found.push(`${name}: ${mebibytes(growth)} more alive than before`);
  return found;
}

export function report({ scenario, seconds, sent, received, lost, failures, notes, performances }: Verdict): string {
  const verdict = failures.length === 0 ? 'kept' : 'BROKEN';
  const rows = performances.map(({ name, health: { before, after }, loopDelay }) => [
    name,
    mebibytes(after.rss),
    mebibytes(before.heap),
    mebibytes(after.heap),
    `${before.resources.length}`,
    `${after.resources.length}`,
    `${before.descriptors}`,
    `${after.descriptors}`,
    `${loopDelay.toFixed(1)} ms`,
  ]);
  return [
    `${scenario}: ${verdict}, in ${seconds.toFixed(1)} s; ${sent} messages sent, ${received} received, ${lost} lost`,
    ...columns([HEAD, ...rows]),
    ...notes.map((note) => `  ${note}`),
    ...failures.map((failure) => `  BROKEN: ${failure}`),
    '',
  ].join('\n');
}

const HEAD = [
  'process',
  'RSS',
  'heap before',
  'after',
  'resources before',
  'after',
  'descriptors before',
  'after',
  'event loop late, p99',
];

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(
    (row) => `  ${row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')}`,
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
