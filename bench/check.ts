// `npm run bench:check`: holds a run against the published one and names what has become worse. Fails when something has.

import { parseArgs } from 'node:util';
import { newestResults, publishedFile } from './files.js';
import { check, checkReport } from './regressions.js';
import { describeMachine, type Run, readResults } from './results.js';

const USAGE = `Usage: npm run bench:check -- [RUN.json] [--baseline FILE] [--tolerance PERCENT]

  RUN.json      a run of npm run bench; default: the newest in bench/results/
  --baseline    what it is held against; default: bench/published/throughput.json
  --tolerance   percent of a ratio that may be lost (default 15)
`;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      baseline: { type: 'string', default: publishedFile('throughput') },
      tolerance: { type: 'string', default: '15' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const tolerance = Number(values.tolerance) / 100;
  if (!(tolerance >= 0 && tolerance < 1)) throw new RangeError(`--tolerance: not a percentage: ${values.tolerance}`);
  const file = positionals[0] ?? newestResults('throughput');
  if (file === undefined) throw new Error('there is no run to check: npm run bench makes one');
  const baseline = readResults<Run>(values.baseline, 'throughput');
  const run = readResults<Run>(file, 'throughput');
  const result = check(baseline, run, tolerance);
  console.log(`Baseline: ${describeMachine(baseline.machine)}\nRun:      ${describeMachine(run.machine)}\n`);
  console.log(checkReport(result));
  if (result.changes.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
