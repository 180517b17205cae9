// What a run leaves behind: a JSON file with every round of every contender, and what it was measured on. Reports, charts and
// comparisons are made from it, so that none of them needs another run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import type { Contender } from './contenders.js';
import type { Values } from './measurement.js';
import { root } from './root.js';
import type { Metric } from './workloads.js';

export interface Machine {
  readonly date: string; // ISO 8601
  readonly cpu: string;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  /** The system's load average when the run began: above the count of processors, others were at work. */
  readonly load: number;
}

/** Figures by contender, one entry per round; round n of one contender ran next to round n of the others. */
export interface CaseResult {
  readonly id: string;
  readonly workload: string;
  readonly name: string;
  readonly params: Readonly<Record<string, number>>;
  readonly metrics: readonly Metric[];
  readonly rounds: Readonly<Record<string, readonly Values[]>>;
}

export interface Run {
  readonly kind: 'throughput';
  readonly machine: Machine;
  readonly smoke: boolean;
  /** Version by contender; the first is ours. */
  readonly contenders: Readonly<Record<string, string>>;
  /** Who is missing where, and why: by choice, and because it broke. */
  readonly skipped: readonly string[];
  readonly failed: readonly string[];
  readonly cases: readonly CaseResult[];
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    cpu: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    commit: commit(),
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

/** One line: when and on what. */
export function describeMachine({ date, cpu, memory, system, node, commit, load }: Machine): string {
  return [date.slice(0, 10), cpu, memory, system, `Node ${node}`, `commit ${commit}`, `load ${load}`].join(', ');
}

export function versionsOf(contenders: readonly Contender[]): Record<string, string> {
  return Object.fromEntries(contenders.map(({ name, version }) => [name, version]));
}

/** Where a run of `kind` goes unless told otherwise; git ignores it. */
export function resultsFile(kind: string, machine: Machine): string {
  return join(root, 'bench', 'results', `${kind}-${machine.date.slice(0, 19).replaceAll(':', '')}.json`);
}

export function writeResults(file: string, results: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

export function readResults<T extends { kind: string }>(file: string, kind: T['kind']): T {
  const results = JSON.parse(readFileSync(file, 'utf8')) as T;
  if (results.kind !== kind) throw new TypeError(`${file} holds results of ${results.kind}, not ${kind}`);
  return results;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
}

function commit(): string {
  try {
    const git = (...args: string[]) => String(execFileSync('git', args, { cwd: root, stdio: 'pipe' })).trim();
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes')
    );
  } catch {
    return 'unknown';
  }
}
