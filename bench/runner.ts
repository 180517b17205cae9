// Runs the cases: finds each contender's message count, then interleaves the rounds (ours, theirs, ours, theirs …), so that
// whatever else the machine is doing falls on both sides of every ratio. Progress goes to stderr, figures are returned.

import type { Contender } from './contenders.js';
import { measure, type Values } from './measurement.js';
import { quantity } from './quantities.js';
import type { Case } from './workloads.js';

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly smoke: boolean;
  readonly profileDir: string | undefined;
}

/** Figures by contender, one entry per round; round n of one contender ran next to round n of the others. */
export interface CaseResult {
  readonly case: Case;
  readonly rounds: Readonly<Record<string, Values[]>>;
}

export async function runCases(cases: readonly Case[], all: readonly Contender[], plan: Plan): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, subject] of cases.entries()) {
    progress(`[${index + 1}/${cases.length}] ${subject.workload} ${subject.name}\n`);
    results.push(await runCase(subject, subject.oursOnly ? all.slice(0, 1) : all, plan));
  }
  return results;
}

async function runCase(subject: Case, contenders: readonly Contender[], plan: Plan): Promise<CaseResult> {
  const counts = new Map<Contender, number>();
  for (const contender of contenders) counts.set(contender, await firstCount(subject, contender, plan));
  const rounds: Record<string, Values[]> = {};
  for (let round = 1; round <= plan.rounds; round++) {
    for (const contender of contenders) {
      const count = counts.get(contender)!;
      const values = await measure({ contender, case: subject, count, profileDir: plan.profileDir });
      rounds[contender.name] = [...(rounds[contender.name] ?? []), { ...values, count }];
      counts.set(contender, nextCount(subject, count, values, plan));
      progress(`    round ${round} ${contender.name}: ${describe(subject, values)}\n`);
    }
  }
  return { case: subject, rounds };
}

/** A count that keeps this contender busy for about the aimed time: grown from trial to trial until one is long enough to tell. */
async function firstCount(subject: Case, contender: Contender, plan: Plan): Promise<number> {
  if (plan.smoke) return subject.smokeCount;
  let count = subject.firstCount;
  for (let trial = 0; !subject.fixed && trial < MAX_TRIALS; trial++) {
    const { seconds } = await measure({ contender, case: subject, count, profileDir: undefined });
    const factor = Math.min(plan.seconds / seconds!, MAX_GROWTH);
    count = Math.max(1, Math.round(count * factor));
    if (factor < CLOSE_ENOUGH) break;
  }
  return count;
}

/** Follows the machine's mood: a count found in a bad minute would leave every later round too short to warm up. */
function nextCount(subject: Case, count: number, { seconds }: Values, plan: Plan): number {
  if (subject.fixed || plan.smoke) return count;
  return Math.max(1, Math.round(count * Math.min(2, Math.max(0.5, plan.seconds / seconds!))));
}

function describe(subject: Case, values: Values): string {
  return subject.metrics.map(({ key, label, unit }) => `${label} ${quantity(values[key]!, unit)}`).join(', ');
}

function progress(text: string): void {
  process.stderr.write(text);
}

const MAX_TRIALS = 5;
const MAX_GROWTH = 20;
const CLOSE_ENOUGH = 4;
