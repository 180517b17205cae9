// Round-trip times of one worker as the figures that it reports, in microseconds.

export function summary(samples: Float64Array): Record<string, number> {
  const total = samples.reduce((sum, sample) => sum + sample, 0);
  samples.sort();
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))];
  return {
    seconds: total / 1e6,
    mean: total / samples.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
  };
}
