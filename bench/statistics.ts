// Medians and spreads. A spread is the whole range seen: with seven rounds there is little finer to say honestly; the middle half
// is kept beside it for the record.

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** First and third quartile. */
  readonly middle: readonly [number, number];
}

export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('nothing to summarize');
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0]!,
    max: sorted.at(-1)!,
    middle: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/** The first as a multiple of the second, round by round: each ratio is between neighbours in time. */
export function ratios(first: readonly number[], second: readonly number[]): number[] {
  if (first.length !== second.length) throw new RangeError(`${first.length} rounds against ${second.length}`);
  return first.map((value, round) => value / second[round]!);
}

/** Between the neighbours where the share falls between two. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
