// `npm run bench:publish`: makes runs the ones on record. Copies them to bench/published/, draws the charts and writes the tables of
// README.md and bench/README.md. With --merge the cases of a partial run take the places of those on record.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawPublished } from './drawing.js';
import type { Figures } from './figures.js';
import { kinds, newestResults, publishedFile } from './files.js';
import { figuresSection, replaceSection, summarySection, throughputSection } from './pages.js';
import { type Run, writeResults } from './results.js';
import { root } from './root.js';

const USAGE = `Usage: npm run bench:publish -- [--merge] [FILE…]

  FILE…     results of npm run bench and its kin; default: the newest of each kind in bench/results/
  --merge   keep the cases on record that a run of npm run bench does not have
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { merge: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const files = positionals.length > 0 ? positionals : kinds.flatMap((kind) => newestResults(kind) ?? []);
  if (files.length === 0) throw new Error('there is nothing to publish: npm run bench makes a run');
  for (const file of files) {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Run | Figures;
    if (results.smoke) throw new Error(`${file} is a smoke run: its figures mean nothing`);
    publish(results, values.merge);
    console.log(`${results.kind}: ${file}`);
  }
  console.log(`charts: ${(await drawPublished()).join(', ')}`);
}

function publish(results: Run | Figures, merge: boolean): void {
  const complete = merge && results.kind === 'throughput' ? merged(results) : results;
  writeResults(publishedFile(complete.kind), complete);
  if (complete.kind === 'throughput') {
    section('README.md', 'summary', summarySection(complete));
    section('bench/README.md', 'throughput', throughputSection(complete));
  } else section('bench/README.md', complete.kind, figuresSection(complete));
}

/** Only on the same machine with the same versions: otherwise one table would show two worlds. */
function merged(run: Run): Run {
  const record = JSON.parse(readFileSync(publishedFile('throughput'), 'utf8')) as Run;
  const world = ({ machine: { cpu, system, node }, contenders }: Run) =>
    JSON.stringify([cpu, system, node, contenders]);
  if (world(record) !== world(run))
    throw new Error('--merge: the run on record is of another machine, or of other versions');
  const fresh = new Map(run.cases.map((result) => [result.id, result]));
  const kept = record.cases.map((result) => fresh.get(result.id) ?? result);
  const added = run.cases.filter(({ id }) => !record.cases.some((result) => result.id === id));
  return { ...run, cases: [...kept, ...added] };
}

function section(page: string, name: string, text: string): void {
  const file = join(root, page);
  writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), name, text));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
