// The parts of README.md and bench/README.md that are made from published results. They stand between
// `<!-- bench NAME -->` and `<!-- /bench -->`, and are replaced as a whole.

import { compare, comparisons, othersOf, oursOf, samples } from './comparison.js';
import { type Figures, figureTables } from './figures.js';
import { quantity, times } from './quantities.js';
import { aligned, summaryOfTargets, tables } from './report.js';
import { type CaseResult, describeMachine, type Run } from './results.js';
import { summarize } from './statistics.js';

/** The page with the section's text between its markers; the page as it is where it has no such markers. */
export function replaceSection(page: string, name: string, text: string): string {
  const begin = `<!-- bench ${name} -->`;
  const end = '<!-- /bench -->';
  const from = page.indexOf(begin);
  if (from < 0) return page;
  const to = page.indexOf(end, from);
  if (to < 0) throw new Error(`${begin} has no ${end}`);
  return `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`;
}

/** bench/README.md: everything. */
export function throughputSection(run: Run): string {
  const rounds = run.cases[0]?.rounds[oursOf(run)]?.length ?? 0;
  const intro = `${machineOf(run)} ${roundsOf(rounds)} Each contender's median, then our ratio: median, and in brackets the lowest and the highest round.`;
  const charts = ['throughput', 'latency', 'fan-out'].map((name) => chart(name, '.'));
  return [intro, ...tables(run), summaryOfTargets(run), ...charts].join('\n\n');
}

export function figuresSection(run: Figures): string {
  const charts = run.kind === 'memory' ? [chart('memory', '.')] : [];
  const rounds = Math.max(...run.figures.flatMap(({ values }) => Object.values(values).map(({ length }) => length)));
  return [`${machineOf(run)} ${roundsOf(rounds)}`, ...figureTables(run), ...run.notes, ...charts].join('\n\n');
}

function roundsOf(count: number): string {
  return count === 1 ? 'One round.' : `${count} rounds.`;
}

const SUMMARY: readonly [id: string, name: string][] = [
  ['push-pull/tcp/10B', 'PUSH → PULL, tcp, 10 B'],
  ['push-pull/tcp/100B', '… 100 B'],
  ['push-pull/tcp/1KiB', '… 1 KiB'],
  ['push-pull/tcp/64KiB', '… 64 KiB'],
  ['push-pull/tcp/1MiB', '… 1 MiB'],
  ['push-pull/ipc/10B', 'PUSH → PULL, ipc, 10 B'],
  ['multipart/tcp/50B', 'messages of 3 × 50 B, tcp'],
  ['req-rep/tcp/10B', 'REQ ⇄ REP round trip, tcp, 10 B'],
  ['router-dealer/tcp/10', 'ROUTER ⇄ 10 DEALERs, 100 B'],
  ['router-dealer/tcp/1000', 'ROUTER ⇄ 1,000 DEALERs, 100 B'],
  ['pub-sub/tcp/10', 'PUB → 10 SUBs, 100 B'],
  ['inproc/push-pull/10B', 'PUSH → PULL, inproc, 10 B'],
  ['curve/tcp/1KiB', 'PUSH → PULL with CURVE, 1 KiB'],
];

/** README.md: the cases that most readers ask for, and two charts. */
export function summarySection(run: Run): string {
  const header = ['', oursOf(run), ...othersOf(run).map((name) => `to ${name}`)];
  const rows = SUMMARY.flatMap(([id, name]) => {
    const result = run.cases.find((one) => one.id === id);
    return result === undefined ? [] : [summaryRow(run, result, name)];
  });
  const held = comparisons(run).filter(({ target }) => target !== undefined);
  const met = held.filter(({ met }) => met).length;
  const note = `A rate of 2× is twice as fast, a round trip of 0.5× takes half the time. ${met} of ${held.length} targets are met; all cases, spreads and targets: [bench](bench/README.md).`;
  return [
    machineOf(run),
    aligned([header, ...rows]),
    note,
    chart('throughput', 'bench'),
    chart('latency', 'bench'),
  ].join('\n\n');
}

function summaryRow(run: Run, result: CaseResult, name: string): string[] {
  const metric = result.metrics[0]!;
  const ours = summarize(samples(result, metric, oursOf(run))!).median;
  const ratios = othersOf(run).map((other) => {
    const comparison = compare(run, result, metric, other);
    return comparison === undefined ? '' : ratioOnly(comparison.ratio.median);
  });
  return [name, quantity(ours, metric.unit), ...ratios];
}

function ratioOnly(median: number): string {
  return times(summarize([median]));
}

function chart(name: string, folder: string): string {
  return `![${name}](${folder}/charts/${name}.svg)`;
}

function machineOf({ machine, contenders }: Run | Figures): string {
  const versions = Object.entries(contenders).map(([name, version]) => `${name} ${version}`);
  return `${describeMachine(machine)}; ${versions.join(', ')}.`;
}
