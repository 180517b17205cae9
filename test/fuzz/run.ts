// `npm run fuzz`: runs a campaign, shows how far it is, writes what it finds, and says so with its exit code. See README.md.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Found, Progress } from './campaign.js';
import type { Library } from './delivery.js';
import { Guide } from './guide.js';
import { read, written } from './input.js';
import { type Options, parseOptions, usage } from './options.js';

/** Milliseconds between two lines of progress. */
const TELL_EVERY = 5000;
const FINDINGS_MAX = 10;
/** The target that is whole sockets, and how many of all inputs they get. */
const SOCKETS = 'sockets';
const SOCKETS_SHARE = 0.01;

async function main(options: Options): Promise<number> {
  if (options.help) {
    console.log(usage);
    return 0;
  }
  if (options.differential) return await compare(options);
  const file = options.library === undefined ? undefined : pathToFileURL(resolve(options.library)).href;
  // Before the library is loaded: code that was compiled earlier has no counters.
  const guide = options.guided ? Guide.start(watched(file)) : undefined;
  const library = (await import(file ?? './ours.js')) as Library;
  if (options.replay.length > 0) return await replayAll(library, options.replay);
  return await search(library, options, guide);
}

function watched(file: string | undefined): RegExp {
  return file === undefined
    ? /\/src\/(protocol|security)\/[^/]+$/
    : new RegExp(`/src/(protocol|security)/[^/]+$|^${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

async function search(library: Library, options: Options, guide: Guide | undefined): Promise<number> {
  const { Campaign } = await import('./campaign.js');
  const { TARGETS, targetNamed } = await import('./targets.js');
  const { inputs, seed, seconds } = options;
  const names = options.targets.length === 0 ? [...TARGETS.map(({ name }) => name), SOCKETS] : options.targets;
  const targets = names.filter((name) => name !== SOCKETS).map(targetNamed);
  const start = performance.now();
  const startCpu = process.cpuUsage();
  const share = targets.length === 0 ? 1 : names.includes(SOCKETS) ? SOCKETS_SHARE : 0;
  const time = seconds * 1000;
  const campaign = new Campaign(
    library,
    { inputs, seed, time: time * (1 - share), targets, findings: FINDINGS_MAX },
    guide,
  );
  let told = start;
  if (targets.length > 0) {
    campaign.run((progress) => {
      if (performance.now() - told < TELL_EVERY) return;
      told = performance.now();
      console.log(line(progress, told - start));
    });
  }
  const { progress } = campaign;
  const siege = await (await import('./sockets.js')).besiege(Math.ceil(inputs * share), seed, time * share);
  const cpu = process.cpuUsage(startCpu).user / 1000;
  if (targets.length > 0) console.log(summary(progress, performance.now() - start, cpu, seed, guide));
  console.log(
    `sockets     ${siege.inputs} bad peers, ${siege.found === undefined ? 'all' : 'not all'} good ones served`,
  );
  const found = [...progress.found, ...(siege.found === undefined ? [] : [siege.found])];
  for (const [index, one] of found.entries()) keep(options.findings, one, index);
  return found.length === 0 ? 0 : 1;
}

function line({ inputs, corpus, found }: Progress, time: number): string {
  const rate = Math.round((inputs / time) * 1000);
  return `${inputs} inputs, ${rate}/s, corpus ${corpus.size}, ${corpus.places} places, ${found.length} findings`;
}

function summary(progress: Progress, time: number, cpu: number, seed: number, guide: Guide | undefined): string {
  const { inputs, bytes, deliveries, faults, goodPeers, steps, byTarget, corpus, found } = progress;
  const places = guide === undefined ? 'not counted' : `${corpus.places}; at most ${steps.toFixed(1)} steps a byte`;
  return [
    '',
    `inputs      ${inputs} in ${(time / 1000).toFixed(1)} s, from seed ${seed}; ${Math.round((inputs / cpu) * 1000)} for a second of processor time`,
    `by target   ${[...byTarget].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `deliveries  ${deliveries}, ${(bytes / 1e6).toFixed(1)} MB`,
    `faults      ${faults}, good peers afterwards ${goodPeers}`,
    `corpus      ${corpus.size}`,
    `places      ${places}`,
    `findings    ${found.length}`,
  ].join('\n');
}

/** Writes the input where `--replay` finds it. */
function keep(folder: string, { finding, input }: Found, index: number): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${finding.kind.replaceAll(' ', '-')}-${index + 1}.json`);
  writeFileSync(file, written(input));
  console.log(`\n${file}\n${finding.stack}`);
  if (finding.cause !== undefined) console.log('caused by', finding.cause);
}

/** The same bytes to libzmq and to ours. */
async function compare({ inputs, seconds, seed, findings }: Options): Promise<number> {
  const { Differential } = await import('./differential/compare.js');
  const start = performance.now();
  let told = start;
  const comparison = await new Differential(seed).run(inputs, seconds * 1000, ({ inputs: done, uncovered }) => {
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    console.log(`${done} inputs, ${uncovered.length} differences without a rule`);
  });
  const { same, unsteady, byRule, uncovered } = comparison;
  console.log(
    `\n${comparison.inputs} inputs in ${((performance.now() - start) / 1000).toFixed(1)} s, from seed ${seed}`,
  );
  console.log(
    `${same} with the same verdict, ${unsteady} that differed only once, ${uncovered.length} without a rule; by rule:`,
  );
  for (const [title, count] of [...byRule].sort()) console.log(`${String(count).padStart(8)}  ${title}`);
  mkdirSync(findings, { recursive: true });
  for (const [index, { input, trace, ours, theirs }] of uncovered.entries()) {
    const file = join(findings, `differential-${index + 1}.json`);
    writeFileSync(file, written(input));
    console.log(file, { reason: trace.detail, ours, theirs });
  }
  return uncovered.length === 0 ? 0 : 1;
}

async function replayAll(library: Library, files: readonly string[]): Promise<number> {
  const { replay } = await import('./campaign.js');
  let failed = 0;
  for (const file of files) {
    try {
      console.log(`${file}: ${replay(library, read(readFileSync(file, 'utf8'))).signature}`);
    } catch (error) {
      failed++;
      console.log(`${file}: ${(error as Error).stack}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? error.message : error);
  process.exitCode = 2;
}
