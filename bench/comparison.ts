// One figure of one case, ours beside another contender's: the ratios of its rounds, and the target it is held against.

import type { CaseResult, Run } from './results.js';
import { ratios, type Summary, summarize } from './statistics.js';
import { isMet, type Target, targetOf } from './targets.js';
import type { Metric } from './workloads.js';

export interface Comparison {
  readonly caseId: string;
  readonly name: string;
  readonly metric: Metric;
  readonly against: string;
  readonly ratio: Summary;
  readonly target: Target | undefined;
  readonly met: boolean | undefined; // undefined without a target
}

/** Every compared figure of the run, against every contender that has one. */
export function comparisons(run: Run): Comparison[] {
  return run.cases.flatMap((result) =>
    result.metrics
      .filter(({ compared }) => compared)
      .flatMap((metric) => othersOf(run).flatMap((against) => compare(run, result, metric, against) ?? [])),
  );
}

export function compare(run: Run, result: CaseResult, metric: Metric, against: string): Comparison | undefined {
  const ours = samples(result, metric, oursOf(run));
  const theirs = samples(result, metric, against);
  if (ours === undefined || theirs === undefined || !metric.compared) return undefined;
  const ratio = summarize(ratios(ours, theirs));
  const target = run.smoke ? undefined : targetOf(result.id, metric.key, against); // a smoke run says nothing
  const met = target && isMet(target, ratio.median);
  return { caseId: result.id, name: `${result.workload} ${result.name}`, metric, against, ratio, target, met };
}

/** One figure, round by round; nothing where this contender does not play or does not report it. */
export function samples(result: CaseResult, { key }: Metric, contender: string): number[] | undefined {
  const values = result.rounds[contender]?.map((round) => round[key]);
  return values?.every((value): value is number => value !== undefined) && values.length > 0 ? values : undefined;
}

export function oursOf(run: Run): string {
  return Object.keys(run.contenders)[0]!;
}

export function othersOf(run: Run): string[] {
  return Object.keys(run.contenders).slice(1);
}
