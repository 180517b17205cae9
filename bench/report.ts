// A run as Markdown: a table per workload with each contender's median and our ratio to each other one (median, lowest and highest
// round), the target and whether it is met; then what was missed, and what was left out.

import { type Comparison, compare, comparisons, othersOf, oursOf, samples } from './comparison.js';
import { quantity, times } from './quantities.js';
import { type CaseResult, describeMachine, type Run } from './results.js';
import { summarize } from './statistics.js';
import { targetText } from './targets.js';
import type { Metric } from './workloads.js';

export function report(run: Run): string {
  const versions = Object.entries(run.contenders).map(([name, version]) => `${name} ${version}`);
  const rounds = Math.max(0, ...run.cases.map(({ rounds }) => rounds[oursOf(run)]?.length ?? 0));
  const heading = `${describeMachine(run.machine)}; ${versions.join(', ')}; ${rounds} rounds.`;
  return [heading, ...tables(run), summaryOfTargets(run), ...gaps(run)].filter((text) => text !== '').join('\n\n');
}

export function tables(run: Run): string[] {
  return byWorkload(run.cases).map((group) => table(run, group));
}

export function summaryOfTargets(run: Run): string {
  const held = comparisons(run).filter(({ target }) => target !== undefined);
  if (held.length === 0) return '';
  const missed = held.filter(({ met }) => !met);
  const lines = missed.map(
    ({ name, metric, against, ratio, target }) =>
      `- ${name}, ${metric.label}, against ${against}: ${times(ratio)}, target ${targetText(target!)}`,
  );
  const first = `${held.length - missed.length} of ${held.length} targets met.`;
  return [missed.length === 0 ? first : `${first} Not met:\n`, ...lines].join('\n');
}

function gaps({ skipped, failed }: Run): string[] {
  return [...skipped.map((skip) => `Skipped: ${skip}.`), ...failed.map((failure) => `**Failed**: ${failure}.`)];
}

function byWorkload(results: readonly CaseResult[]): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const group = groups.get(result.workload) ?? [];
    groups.set(result.workload, [...group, result]);
  }
  return [...groups.values()];
}

function table(run: Run, results: readonly CaseResult[]): string {
  const playing = (name: string) => results.some(({ rounds }) => (rounds[name]?.length ?? 0) > 0);
  const others = othersOf(run).filter(playing);
  const header = [results[0]!.workload, '', oursOf(run), ...others, ...others.map((name) => `to ${name}`)];
  const rows = results.flatMap((result) => result.metrics.map((metric) => row(run, result, metric, others)));
  return aligned([header, ...rows]);
}

function row(run: Run, result: CaseResult, metric: Metric, others: readonly string[]): string[] {
  const figures = [oursOf(run), ...others].map((name) => {
    const values = samples(result, metric, name);
    return values === undefined ? '' : quantity(summarize(values).median, metric.unit);
  });
  const ratios = others.map((name) => ratioText(compare(run, result, metric, name)));
  return [result.name, metric.label, ...figures, ...ratios];
}

function ratioText(comparison: Comparison | undefined): string {
  if (comparison === undefined) return '';
  const { ratio, target, met } = comparison;
  return times(ratio) + (target === undefined ? '' : `; ${targetText(target)}: ${met ? 'met' : '**not met**'}`);
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}
