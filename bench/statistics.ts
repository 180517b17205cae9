// Medians and spreads. A spread is the whole range seen: with five rounds there is nothing finer to say honestly.

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('nothing to summarize');
  const sorted = [...samples].sort((a, b) => a - b);
  return { median: median(sorted), min: sorted[0]!, max: sorted.at(-1)! };
}

/** How many times as good the first is as the second, round by round: above 1 the first is better, whatever the unit. */
export function ratios(first: readonly number[], second: readonly number[], better: 'higher' | 'lower'): number[] {
  return first.map((value, round) => (better === 'higher' ? value / second[round]! : second[round]! / value));
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
