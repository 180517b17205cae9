// Figures that stand for themselves, some with a limit that ours should keep: what bench:memory, bench:fairness, bench:start and
// bench:micro find. One JSON file and one table for all of them.

import { quantity, type Unit } from './quantities.js';
import { aligned } from './report.js';
import { describeMachine, type Machine } from './results.js';
import { summarize } from './statistics.js';

export type FigureKind = 'memory' | 'fairness' | 'start' | 'micro';

export interface Figure {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  /** Ours should be at most this. */
  readonly limit?: number;
  /** Of each contender, one per round. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

export interface Figures {
  readonly kind: FigureKind;
  readonly machine: Machine;
  readonly smoke: boolean;
  readonly contenders: Readonly<Record<string, string>>; // version by name; the first is ours
  readonly figures: readonly Figure[];
  /** What else there is to say. */
  readonly notes: readonly string[];
}

/** Gathers figures from round to round. */
export class FigureTable {
  readonly #figures = new Map<string, { figure: Omit<Figure, 'values'>; values: Record<string, number[]> }>();

  add(contender: string, value: number, figure: Omit<Figure, 'values'>): void {
    const key = `${figure.group}\n${figure.name}`;
    const entry = this.#figures.get(key) ?? { figure, values: {} };
    this.#figures.set(key, entry);
    entry.values[contender] ??= [];
    entry.values[contender].push(value);
  }

  all(): Figure[] {
    return [...this.#figures.values()].map(({ figure, values }) => ({ ...figure, values }));
  }
}

export function figuresReport(run: Figures): string {
  const versions = Object.entries(run.contenders).map(([name, version]) => `${name} ${version}`);
  const heading = `${describeMachine(run.machine)}; ${versions.join(', ')}.`;
  return [heading, ...figureTables(run), ...run.notes].join('\n\n');
}

export function figureTables(run: Figures): string[] {
  const groups = [...new Set(run.figures.map(({ group }) => group))];
  return groups.map((group) => table(run, group));
}

/** True when our median is within the limit; undefined where there is none, or nothing to hold against it. */
export function withinLimit({ limit, values }: Figure, ours: string): boolean | undefined {
  const rounds = values[ours];
  return limit === undefined || rounds === undefined ? undefined : summarize(rounds).median <= limit;
}

function table(run: Figures, group: string): string {
  const figures = run.figures.filter((figure) => figure.group === group);
  const names = Object.keys(run.contenders).filter((name) => figures.some(({ values }) => name in values));
  const limited = !run.smoke && figures.some(({ limit }) => limit !== undefined);
  const header = [group, ...names, ...(limited ? ['limit'] : [])];
  const rows = figures.map((figure) => [
    figure.name,
    ...names.map((name) => cell(figure, name)),
    ...(limited ? [limitText(figure, names[0]!)] : []),
  ]);
  return aligned([header, ...rows]);
}

function cell({ values, unit }: Figure, name: string): string {
  const rounds = values[name];
  if (rounds === undefined) return '';
  const { median, min, max } = summarize(rounds);
  const range = min === max ? '' : ` (${quantity(min, unit)} – ${quantity(max, unit)})`;
  return quantity(median, unit) + range;
}

function limitText(figure: Figure, ours: string): string {
  const within = withinLimit(figure, ours);
  return within === undefined ? '' : `≤ ${quantity(figure.limit!, figure.unit)}: ${within ? 'met' : '**not met**'}`;
}
