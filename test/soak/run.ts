// `npm run soak`: the library under load that lasts, with peers that misbehave and brokers that die, each scenario in processes of its
// own. Says with its exit code whether everything promised was kept. See README.md.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Cast } from './cast.js';
import { judged, type Outcome, report, type Verdict } from './judge.js';
import { type Options, parseOptions, type ScenarioName, usage } from './options.js';
import { brokers } from './scenarios/brokers.js';
import { churn } from './scenarios/churn.js';
import { connections } from './scenarios/connections.js';
import { hostile } from './scenarios/hostile.js';

const SCENARIOS: Readonly<Record<ScenarioName, (cast: Cast) => Promise<Outcome>>> = {
  connections,
  churn,
  hostile,
  brokers,
};

async function main(options: Options): Promise<number> {
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'zmtp-soak-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Actors end with their parent.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const program = await compiled(folder);
  const verdicts: Verdict[] = [];
  for (const name of options.only) {
    const verdict = await played(name, program, options);
    verdicts.push(verdict);
    if (!options.json) console.log(report(verdict));
  }
  if (options.json) console.log(JSON.stringify(verdicts, null, 2));
  return verdicts.every(({ failures }) => failures.length === 0) ? 0 : 1;
}

/** One file without a loader: processes start fast, and hold nothing but what the library holds. */
async function compiled(folder: string): Promise<string> {
  const outfile = join(folder, 'actor.mjs');
  const entry = fileURLToPath(new URL('actor.ts', import.meta.url));
  const form = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  await build({ entryPoints: [entry], outfile, logLevel: 'error', ...form });
  return outfile;
}

async function played(name: ScenarioName, program: string, options: Options): Promise<Verdict> {
  const cast = new Cast(program, options);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    return judged(name, await SCENARIOS[name](cast), seconds());
  } catch (error) {
    const nothing = { performances: [], sent: 0, received: 0, lost: 0, notes: [] };
    return judged(name, { ...nothing, failures: [(error as Error).message] }, seconds());
  } finally {
    await cast.end();
  }
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? error.message : error);
  process.exitCode = 2;
}
