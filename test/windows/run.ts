// The Windows lane, `npm run test:windows`: every test file in the official Windows builds of Node, under Wine. Arguments
// narrow it down: `--node 22` to one version, anything else to the test files whose name contains it; with `--gate` all run
// in the newest version, and in the older one only what depends on the system. How it works, and what a Windows process can
// and cannot do under Wine: README.md of this folder.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile, INSIDE } from './compile.js';
import { EXCLUSIONS, SECOND_TRIES } from './exclusions.js';
import { claim, filesBelow } from './files.js';
import { jobsOf, longestFirst } from './jobs.js';
import { linuxTitles } from './linux-titles.js';
import { fetchNode, WINDOWS_NODES } from './node-win.js';
import { PeerHost } from './peer-host.js';
import { printOutcome, printSummary } from './report.js';
import { judge, type Outcome } from './results.js';
import { type Ended, Wine, windowsPath } from './wine.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'zmtp-windows');
const COMPILED = join(CACHE, 'compiled');
const RESULTS = join(CACHE, 'results');
const STARTS_AGAIN = 2;
const MOST_REPEATS = 6;
const FILE_LIMIT = 600_000;
/** Of each test in test/model: in memory and under virtual time, where one system is like the other. Linux runs them all. */
const SCHEDULES = 100;

interface Job {
  readonly version: string;
  readonly program: string;
  readonly file: string;
}

async function main(): Promise<void> {
  if (process.platform === 'win32') {
    console.log('This is Windows: `npm test` runs the tests here; the Windows lane is for other systems.');
    return;
  }
  const wine = Wine.find(join(CACHE, 'prefix-0'));
  if (wine === undefined) {
    console.log(
      'skipped: the Windows lane (Wine is not installed: apt-get install --no-install-recommends wine wine64)',
    );
    return;
  }
  mkdirSync(CACHE, { recursive: true });
  const other = claim(CACHE);
  if (other !== undefined) throw new Error(`process ${other} runs the Windows lane here already`);
  const peers = await PeerHost.start();
  const wines: [Wine, ...Wine[]] = [wine];
  process.once('exit', () => {
    for (const one of wines) one.stop();
    peers.stop();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  await lane(wines, peers);
  peers.stop();
}

async function lane(wines: [Wine, ...Wine[]], peers: PeerHost): Promise<void> {
  const started = performance.now();
  const { values, positionals } = parseArgs({
    options: { node: { type: 'string' }, gate: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const nodes = WINDOWS_NODES.filter(({ version }) => version.startsWith(values.node ?? ''));
  for (const folder of [COMPILED, RESULTS]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const titles = linuxTitles(ROOT, process.env.ZMTP_TEST_REPORT || undefined, positionals);
  titles.catch(() => {}); // Awaited below, when there is something to hold against it.
  const [programs] = await Promise.all([
    Promise.all(nodes.map((node) => fetchNode(node, CACHE))),
    compile(ROOT, COMPILED),
    wines[0].boot(),
  ]);
  const wanted = (file: string) => positionals.length === 0 || positionals.some((part) => file.includes(part));
  const files = longestFirst(filesBelow(ROOT, 'test', '.test.ts').filter(wanted));
  const ready = nodes.map(({ version }, index) => ({ version, program: programs[index] as string }));
  const jobs = jobsOf(files, ready, values.gate).map(({ file, node }): Job => ({ file, ...node }));
  if (jobs.length === 0) {
    console.log(`No test file and version of Node (${WINDOWS_NODES.map(({ version }) => version).join(', ')}) match.`);
    process.exitCode = 2;
    return;
  }
  const outcomes: Outcome[] = [];
  const failed: Job[] = [];
  const worker = async (wine: Wine): Promise<void> => {
    wine.stay();
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const outcome = await runFile(wine, peers, job, titles);
      wine.refresh();
      printOutcome(outcome);
      outcomes.push(outcome);
      if (outcome.failures.length > 0) failed.push(job);
    }
  };
  // Each worker has a Wine of its own: they share a server otherwise, which serves one at a time, and which may lose sight
  // of a connection while it starts a process. Many tests wait more than they compute, hence one worker more.
  while (wines.length <= availableParallelism()) wines.push(wines[0].copy(join(CACHE, `prefix-${wines.length}`)));
  await Promise.all(wines.map(worker));
  const runAgain = (job: Job) => runFile(wines[0], peers, job, titles);
  const repeats = await repeat(failed, outcomes, runAgain);
  const complete = positionals.length === 0;
  process.exitCode = printSummary(outcomes, repeats, complete, (performance.now() - started) / 1000) ? 0 : 1;
}

/**
 * Wine, unlike Windows, may lose a connection or start a process late when it has much to do: a few files that failed are
 * run once more, one at a time, and what they needed is printed with the sum. Many are no accident of Wine's.
 */
async function repeat(failed: Job[], outcomes: Outcome[], run: (job: Job) => Promise<Outcome>): Promise<Outcome[]> {
  if (failed.length > MOST_REPEATS) return [];
  const first: Outcome[] = [];
  for (const job of failed) {
    const outcome = await run(job);
    printOutcome(outcome);
    const index = outcomes.findIndex(({ file, version }) => file === job.file && version === job.version);
    first.push(...outcomes.splice(index, 1, outcome));
  }
  return first;
}

async function runFile(
  wine: Wine,
  peers: PeerHost,
  { version, program, file }: Job,
  titles: ReturnType<typeof linuxTitles>,
): Promise<Outcome> {
  const started = performance.now();
  const mine = EXCLUSIONS.filter((exclusion) => exclusion.file.test(file));
  const whole = mine.find(({ title }) => title === undefined);
  if (whole !== undefined) {
    const expected = (await titles).get(file) ?? [];
    return {
      file,
      version,
      seconds: 0,
      passed: 0,
      again: 0,
      failures: [],
      excluded: new Map([[whole, expected.length]]),
    };
  }
  const results = join(RESULTS, `${version}-${file.replaceAll('/', '-')}`);
  rmSync(`${results}.jsonl`, { force: true });
  const patterns = mine.flatMap(({ title }) => (title === undefined ? [] : [title.source]));
  const start = (): Promise<Ended> =>
    wine.run({
      program: windowsPath(program),
      args: [
        windowsPath(join(COMPILED, INSIDE, 'main.js')),
        url(join(ROOT, file)),
        url(`${results}.jsonl`),
        ...patterns,
      ],
      env: {
        NODE_OPTIONS: `--import=${url(join(COMPILED, INSIDE, 'register.js'))} --enable-source-maps`,
        ZMTP_TRANSLATED_ROOT: url(ROOT),
        ZMTP_TRANSLATED_PACKAGE: url(join(COMPILED, 'dist')),
        ZMTP_REQUIRE_PEERS: '1',
        ZMTP_WINDOWS_RETRY: SECOND_TRIES.some((one) => one.file.test(file)) ? '1' : '0',
        ZMTP_FAR_PEERS: `${peers.port}`,
        ZMTP_RUNS: `${SCHEDULES}`,
      },
      output: `${results}.txt`,
      limit: FILE_LIMIT,
    });
  let run = await start();
  // Now and then Wine does not get a program to its first line; a file that cannot be loaded says why.
  for (let again = 0; again < STARTS_AGAIN && hasNotStarted(run, results); again++) run = await start();
  const seconds = (performance.now() - started) / 1000;
  return { ...judge(file, version, run, results, (await titles).get(file) ?? []), seconds };
}

function hasNotStarted({ code }: Ended, results: string): boolean {
  return code !== 0 && !existsSync(`${results}.jsonl`) && !readFileSync(`${results}.txt`, 'utf8').includes('    at ');
}

/** A file of this side as a URL on the other. */
function url(path: string): string {
  const parts = path.split('/').map(encodeURIComponent);
  return `file:///Z:${parts.join('/')}`;
}

await main();
