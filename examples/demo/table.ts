/**
 * The last word of the demo: one row for each process, with what it exchanged, how fast, and what was wrong. Also the
 * place that holds the counts against what was asked for: a stream that ended early is an error even if no one saw it.
 */

import type { Counts, Report, Settings } from './role.js';

export interface Row {
  settings: Settings;
  report: Report;
}

/** Every error of a row; counts are only judged if nothing else explains them. */
export function errorsOf({ settings, report }: Row): string[] {
  if (report.errors.length > 0) return report.errors;
  const clients = isGate(settings) ? settings.clients.length : 1;
  return [
    miscount('requests', report.requests, settings.requests * clients),
    miscount('replies', report.replies, settings.requests * clients),
    miscount('events', report.events, settings.events * clients),
  ].filter((text) => text !== '');
}

/** The table, and below it all errors of the rows that have no room for theirs. */
export function table(rows: Row[]): string {
  const cells = rows.map((row) => COLUMNS.map(({ cell }) => cell(row)));
  const widths = COLUMNS.map(({ title }, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]!.length)),
  );
  const titles = COLUMNS.map(({ title }) => title);
  const rules = COLUMNS.map(({ title }, column) => '-'.repeat(title === 'errors' ? title.length : widths[column]!));
  const lines = [titles, rules, ...cells].map((line) => line.map((cell, column) => pad(cell, widths[column]!, column)));
  return [...lines.map((line) => line.join('  ').trimEnd()), ...details(rows)].join('\n');
}

export function messages({ requests, replies, events }: Counts): number {
  return requests + replies + events;
}

/** 12,345 */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

export function isGate({ name, gate }: Settings): boolean {
  return name === gate;
}

function details(rows: Row[]): string[] {
  const crowded = rows.filter((row) => errorsOf(row).length > 1);
  const lines = crowded.flatMap((row) => errorsOf(row).map((error) => `${row.settings.name}: ${error}`));
  return lines.length > 0 ? ['', ...lines] : [];
}

function miscount(what: string, counted: number, expected: number): string {
  return counted === expected ? '' : `${counted} ${what} instead of ${expected}`;
}

function rate({ report }: Row): string {
  return report.seconds > 0 ? grouped(Math.round(messages(report) / report.seconds)) : '-';
}

function summary(errors: string[]): string {
  const [first = 'none', ...others] = errors;
  return others.length > 0 ? `${first} and ${others.length} more` : first;
}

function pad(cell: string, width: number, column: number): string {
  return COLUMNS[column]!.right ? cell.padStart(width) : cell.padEnd(width);
}

const COLUMNS: { title: string; right?: boolean; cell: (row: Row) => string }[] = [
  { title: 'participant', cell: ({ settings }) => settings.name },
  { title: 'library', cell: ({ settings }) => settings.library },
  { title: 'transport', cell: ({ settings }) => settings.transports.join('+') },
  { title: 'direction', cell: ({ settings }) => (isGate(settings) ? 'binds' : 'connects') },
  { title: 'requests', right: true, cell: ({ report }) => grouped(report.requests) },
  { title: 'replies', right: true, cell: ({ report }) => grouped(report.replies) },
  { title: 'events', right: true, cell: ({ report }) => grouped(report.events) },
  { title: 'messages/s', right: true, cell: rate },
  { title: 'errors', cell: (row) => summary(errorsOf(row)) },
];
