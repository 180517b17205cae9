// Turns rounds into what a reader wants: a Markdown table per workload on stdout (ready for README.md), with median and range of
// each contender and of the ratio between the first and each other; and a JSON line, with every round, in a log that git ignores.

import { appendFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import type { Contender } from './contenders.js';
import { quantities, times } from './quantities.js';
import type { CaseResult } from './runner.js';
import { ratios, summarize } from './statistics.js';
import type { Metric } from './workloads.js';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly contenders: Readonly<Record<string, string>>;
}

export function thisMachine(contenders: readonly Contender[]): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    cpu: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    contenders: Object.fromEntries(contenders.map(({ name, version }) => [name, version])),
  };
}

export function report(results: readonly CaseResult[], machine: Machine): string {
  const names = Object.keys(machine.contenders);
  const versions = Object.entries(machine.contenders).map(([name, version]) => `${name} ${version}`);
  const { date, cpu, memory, system, node } = machine;
  const heading = [date.slice(0, 10), cpu, memory, system, `Node ${node}`, ...versions].join(', ');
  return [heading, ...byWorkload(results).map((group) => table(group, names))].join('\n\n');
}

export function appendLog(file: string, results: readonly CaseResult[], machine: Machine): void {
  const cases = results.map(({ case: { workload, name }, rounds }) => ({ workload, name, rounds }));
  appendFileSync(file, `${JSON.stringify({ machine, cases })}\n`);
}

function byWorkload(results: readonly CaseResult[]): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const group = groups.get(result.case.workload) ?? [];
    groups.set(result.case.workload, [...group, result]);
  }
  return [...groups.values()];
}

function table(results: readonly CaseResult[], all: readonly string[]): string {
  const names = all.filter((name) => results.some(({ rounds }) => name in rounds));
  const others = names.slice(1);
  const header = [results[0]!.case.workload, '', ...names, ...others.map((name) => `${names[0]} vs ${name}`)];
  const rows = results.flatMap((result) => result.case.metrics.map((metric) => row(result, metric, names)));
  return aligned([header, ...rows]);
}

function row({ case: subject, rounds }: CaseResult, metric: Metric, names: readonly string[]): string[] {
  const [ours, ...others] = names.map((name) => rounds[name]!.map((values) => values[metric.key]!));
  const figures = [ours!, ...others].map((samples) => quantities(summarize(samples), metric.unit));
  const { better } = metric;
  const compared = others.map((theirs) =>
    better === undefined ? '' : times(summarize(ratios(ours!, theirs, better))),
  );
  return [subject.name, metric.label, ...figures, ...compared];
}

function aligned(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}
