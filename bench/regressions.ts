// Compares two runs by their ratios, never by their rates: a slower machine, or a busy one, is slower for everybody.
//
// A figure has become worse when, against every contender that both runs have, its ratio is worse than before by more than the
// tolerance and outside of the range of rounds that was seen then. One contender's good day is not our regression.

import { type Comparison, comparisons } from './comparison.js';
import { times } from './quantities.js';
import type { Run } from './results.js';

export interface Change {
  readonly caseId: string;
  readonly name: string;
  readonly metric: string;
  readonly verdict: 'worse' | 'better';
  /** One sentence for each contender. */
  readonly details: readonly string[];
}

export interface Check {
  readonly changes: readonly Change[];
  /** Figures that both runs have. */
  readonly compared: number;
  /** Figures of the baseline that the run lacks. */
  readonly missing: readonly string[];
}

/** @param tolerance the share of a ratio that may be lost, 0.15 for 15 % */
export function check(baseline: Run, run: Run, tolerance: number): Check {
  const before = byFigure(baseline);
  const after = byFigure(run);
  const changes: Change[] = [];
  const missing: string[] = [];
  let compared = 0;
  for (const [figure, old] of before) {
    const pairs = old.flatMap((one) => {
      const now = after.get(figure)?.find(({ against }) => against === one.against);
      return now === undefined ? [] : [[one, now] as const];
    });
    if (pairs.length === 0) {
      missing.push(figure);
      continue;
    }
    compared++;
    const verdict = (['worse', 'better'] as const).find((word) =>
      pairs.every(([one, now]) => judge(one, now, tolerance) === word),
    );
    if (verdict !== undefined) changes.push(change(pairs, verdict));
  }
  return { changes, compared, missing };
}

export function checkReport({ changes, compared, missing }: Check): string {
  const lines = (verdict: Change['verdict']) =>
    changes
      .filter((change) => change.verdict === verdict)
      .map(({ name, metric, details }) => `- ${verdict}: ${name}, ${metric}: ${details.join('; ')}`);
  const worse = lines('worse');
  const better = lines('better');
  const summary = `${compared} figures compared: ${worse.length} worse, ${better.length} better.`;
  return [
    summary,
    ...worse,
    ...better,
    ...(missing.length > 0 ? [`Not in this run: ${missing.join(', ')}.`] : []),
  ].join('\n');
}

function byFigure(run: Run): Map<string, Comparison[]> {
  const figures = new Map<string, Comparison[]>();
  for (const one of comparisons(run)) {
    const key = `${one.caseId} ${one.metric.label}`;
    figures.set(key, [...(figures.get(key) ?? []), one]);
  }
  return figures;
}

function judge(before: Comparison, now: Comparison, tolerance: number): Change['verdict'] | undefined {
  const timed = before.metric.unit === 'µs' || before.metric.unit === 'ms'; // less is better
  const gain = timed ? before.ratio.median / now.ratio.median : now.ratio.median / before.ratio.median;
  const { min, max } = before.ratio;
  if (now.ratio.median >= min && now.ratio.median <= max) return undefined;
  if (gain < 1 - tolerance) return 'worse';
  return gain > 1 / (1 - tolerance) ? 'better' : undefined;
}

function change(pairs: readonly (readonly [Comparison, Comparison])[], verdict: Change['verdict']): Change {
  const [first] = pairs[0]!;
  const details = pairs.map(([one, now]) => `${times(now.ratio)} of ${one.against}, was ${times(one.ratio)}`);
  return { caseId: first.caseId, name: first.name, metric: first.metric.label, verdict, details };
}
