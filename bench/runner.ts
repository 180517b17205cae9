// Runs the cases: finds each contender's message count, then interleaves the rounds (ours, theirs, ours, theirs …), so that
// whatever else the machine is doing falls on both sides of every ratio. Progress goes to stderr, figures are returned.

import { type Contender, playersOf } from './contenders.js';
import { type Keys, measure, type Values } from './measurement.js';
import { quantity } from './quantities.js';
import type { CaseResult } from './results.js';
import type { Case } from './workloads.js';

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly smoke: boolean;
  readonly keys: Keys;
  readonly profileDir: string | undefined;
}

/** What did not run: by choice, and because it broke. */
export interface Gaps {
  readonly skipped: string[];
  readonly failed: string[];
}

/** Measures all cases that our contender, the first, can play; calls back after each. */
export async function runCases(
  cases: readonly Case[],
  all: readonly Contender[],
  plan: Plan,
  done: (result: CaseResult) => void,
): Promise<Gaps> {
  const gaps: Gaps = { skipped: [], failed: [] };
  for (const [index, subject] of cases.entries()) {
    progress(`[${index + 1}/${cases.length}] ${subject.id}\n`);
    const { contenders, skipped } = playersOf(subject, all);
    gaps.skipped.push(...skipped);
    for (const skip of skipped) progress(`    skipped: ${skip}\n`);
    if (contenders[0] === all[0]) done(await runCase(subject, contenders, plan, gaps));
  }
  return gaps;
}

async function runCase(subject: Case, all: readonly Contender[], plan: Plan, gaps: Gaps): Promise<CaseResult> {
  const counts = new Map<Contender, number>();
  const rounds: Record<string, Values[]> = {};
  // One that breaks leaves the case with all its rounds; the others go on.
  const attempt = async (contender: Contender, action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      const failure = `${subject.id}: ${error instanceof Error ? error.message : error}`;
      progress(`    failed: ${failure}\n`);
      gaps.failed.push(failure);
      counts.delete(contender);
      delete rounds[contender.name];
    }
  };
  for (const contender of all) {
    await attempt(contender, async () => {
      counts.set(contender, await firstCount(subject, contender, plan));
      rounds[contender.name] = [];
    });
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const contender of turned([...counts.keys()], round)) {
      await attempt(contender, async () => {
        const count = counts.get(contender)!;
        const values = await measure({ ...plan, contender, case: subject, count });
        rounds[contender.name]!.push({ ...values, count });
        counts.set(contender, nextCount(count, values, plan));
        progress(`    round ${round + 1}/${plan.rounds} ${contender.name}: ${describe(subject, values)}\n`);
      });
    }
  }
  const { id, workload, name, params, metrics } = subject;
  return { id, workload, name, params, metrics, rounds };
}

/** Each round begins with another contender, so that nobody always runs after the same one. */
function turned<T>(list: readonly T[], by: number): T[] {
  return list.map((_, index) => list[(index + by) % list.length]!);
}

/** A count that keeps this contender busy for about the aimed time: grown from trial to trial until one is long enough to tell. */
async function firstCount(subject: Case, contender: Contender, plan: Plan): Promise<number> {
  if (plan.smoke) return subject.smokeCount;
  let count = subject.firstCount;
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const { seconds } = await measure({ ...plan, contender, case: subject, count, profileDir: undefined });
    const factor = Math.min(plan.seconds / seconds!, MAX_GROWTH);
    count = Math.max(1, Math.round(count * factor));
    if (factor < CLOSE_ENOUGH) break;
  }
  return count;
}

/** Follows the machine's mood: a count found in a bad minute would leave every later round too short to warm up. */
function nextCount(count: number, { seconds }: Values, plan: Plan): number {
  if (plan.smoke) return count;
  return Math.max(1, Math.round(count * Math.min(2, Math.max(0.5, plan.seconds / seconds!))));
}

function describe(subject: Case, values: Values): string {
  const [first] = subject.metrics;
  return `${first!.label} ${quantity(values[first!.key]!, first!.unit)}`;
}

function progress(text: string): void {
  process.stderr.write(text);
}

const MAX_TRIALS = 5;
const MAX_GROWTH = 20;
const CLOSE_ENOUGH = 4;
