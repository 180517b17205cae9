// `npm run bench`: builds, measures, prints. It fails when something breaks, never because something is slow.
// What is measured and how, and the figures on record: README.md.

import { buildLibrary, compileNative, compileWorkers } from './compile.js';
import { type Selection, selectContenders } from './contenders.js';
import { generateKeys } from './keys.js';
import { type Options, parseOptions, usage } from './options.js';
import { report } from './report.js';
import { type CaseResult, type Run, resultsFile, thisMachine, versionsOf, writeResults } from './results.js';
import { type Gaps, runCases } from './runner.js';
import { selectCases } from './workloads.js';

async function main(options: Options): Promise<void> {
  const cases = selectCases(options.cases, options.smoke);
  const library = options.ours ?? buildLibrary(options.build);
  const selection = await selectContenders(options.contenders, compileWorkers(), library, compileNative);
  for (const skip of selection.skipped) process.stderr.write(`skipped: ${skip}\n`);
  const started = performance.now();
  const run = await measureAll(options, selection, cases);
  console.log(report(run));
  if (options.smoke) console.log('\nA smoke run: these figures mean nothing.');
  process.stderr.write(`${Math.round((performance.now() - started) / 1e3)} s\n`);
  if (run.failed.length > 0) process.exitCode = 1;
}

async function measureAll(options: Options, selection: Selection, cases: ReturnType<typeof selectCases>): Promise<Run> {
  const machine = thisMachine();
  const file = options.json ?? (options.smoke ? undefined : resultsFile('throughput', machine));
  const results: CaseResult[] = [];
  const soFar = (gaps: Gaps): Run => ({
    kind: 'throughput',
    machine,
    smoke: options.smoke,
    contenders: versionsOf(selection.contenders),
    skipped: [...selection.skipped, ...gaps.skipped],
    failed: gaps.failed,
    cases: results,
  });
  // Written after each case: a run that is cut short keeps what it has.
  const save = (gaps: Gaps) => file !== undefined && writeResults(file, soFar(gaps));
  const plan = { ...options, keys: generateKeys(), profileDir: options.profile };
  const gaps = await runCases(cases, selection.contenders, plan, (result) => {
    results.push(result);
    save({ skipped: [], failed: [] });
  });
  save(gaps);
  if (file !== undefined) process.stderr.write(`${file}\n`);
  return soFar(gaps);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
