// `npm run bench`: builds, measures, prints. It fails when something breaks, never because something is slow.
// What is measured and how, and the figures on record: README.md.

import { join } from 'node:path';
import { buildLibrary, compileWorkers, root } from './compile.js';
import { contenders } from './contenders.js';
import { type Options, parseOptions, usage } from './options.js';
import { appendLog, report, thisMachine } from './report.js';
import { runCases } from './runner.js';
import { selectCases } from './workloads.js';

async function main(options: Options): Promise<void> {
  const library = options.ours ?? buildLibrary(options.build);
  const all = contenders(compileWorkers(), library, options.against);
  const started = performance.now();
  const results = await runCases(selectCases(options), all, { ...options, profileDir: options.profile });
  const machine = thisMachine(all);
  console.log(report(results, machine));
  if (options.smoke) console.log('\nA smoke run: these figures mean nothing.');
  if (!options.smoke) appendLog(join(root, 'bench', 'results.log'), results, machine);
  process.stderr.write(`${Math.round((performance.now() - started) / 1e3)} s\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
