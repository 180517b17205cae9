// What bench:memory, bench:fairness, bench:start and bench:micro have in common: their command line, the libraries that they look at,
// rounds in turns, and what they leave behind.

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildLibrary, compileWorkers } from './compile.js';
import { type FigureKind, type Figures, FigureTable, figuresReport } from './figures.js';
import { positive } from './options.js';
import { resultsFile, thisMachine, writeResults } from './results.js';

/** A library with the API of zeromq.js 6. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** URL of its entry. */
  readonly module: string;
}

export interface Round {
  readonly library: Library;
  readonly smoke: boolean;
  /** Folder of the compiled workers. */
  readonly workers: string;
  readonly table: FigureTable;
  readonly note: (text: string) => void;
  /** Does a part if it was asked for. One that breaks is noted and ends the program with an error; the others go on. */
  readonly part: (name: string, action: () => void | Promise<void>) => Promise<void>;
}

interface SideBench {
  readonly kind: FigureKind;
  readonly rounds: number;
  /** Names for --only. */
  readonly parts: readonly string[];
  readonly libraries: readonly ('zmtp' | 'zeromq.js')[];
  round(round: Round): Promise<void>;
}

/** Runs all rounds, prints the table, saves the figures. A failure ends it with an error; a poor figure does not. */
export async function runSideBench(bench: SideBench): Promise<void> {
  try {
    await run(bench);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function run(bench: SideBench): Promise<void> {
  const options = parse(bench);
  const libraries = librariesOf(options.libraries, options.ours ?? buildLibrary(options.build));
  const machine = thisMachine();
  const workers = compileWorkers();
  const table = new FigureTable();
  const notes = new Set<string>();
  for (let round = 1; round <= options.rounds; round++) {
    for (const library of libraries) {
      process.stderr.write(`${bench.kind}, round ${round}/${options.rounds}, ${library.name}\n`);
      const note = (text: string) => void notes.add(text);
      const part: Round['part'] = async (name, action) => {
        if (!options.only.includes(name)) return;
        try {
          await action();
        } catch (error) {
          note(`**Failed**: ${name}: ${error instanceof Error ? error.message : error}`);
          process.exitCode = 1;
        }
      };
      await bench.round({ library, smoke: options.smoke, workers, table, note, part });
    }
  }
  const contenders = Object.fromEntries(libraries.map(({ name, version }) => [name, version]));
  const figures: Figures = {
    kind: bench.kind,
    machine,
    smoke: options.smoke,
    contenders,
    figures: table.all(),
    notes: [...notes],
  };
  console.log(figuresReport(figures));
  const file = options.json ?? (options.smoke ? undefined : resultsFile(bench.kind, machine));
  if (file === undefined) return;
  writeResults(file, figures);
  process.stderr.write(`${file}\n`);
}

interface SideOptions {
  readonly rounds: number;
  readonly smoke: boolean;
  readonly only: readonly string[];
  readonly libraries: readonly string[];
  readonly json: string | undefined;
  readonly ours: string | undefined;
  readonly build: boolean;
}

function parse({ rounds, parts, libraries }: SideBench): SideOptions {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: String(rounds) },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string', default: parts.join() },
      contenders: { type: 'string', default: libraries.join() },
      json: { type: 'string' },
      ours: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
    },
  });
  return {
    rounds: values.smoke ? 1 : positive('rounds', values.rounds, Number.isSafeInteger),
    smoke: values.smoke,
    only: listOf('only', values.only, parts),
    libraries: listOf('contenders', values.contenders, libraries),
    json: values.json,
    ours: values.ours,
    build: !values['no-build'] && values.ours === undefined,
  };
}

function listOf(option: string, text: string, known: readonly string[]): string[] {
  const words = text.split(',');
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new RangeError(`--${option}: ${unknown} is not one of ${known.join(', ')}`);
  return words;
}

function librariesOf(names: readonly string[], ours: string): Library[] {
  const require = createRequire(import.meta.url);
  const version = (file: string) => (require(file) as { version: string }).version;
  return names.map((name) => {
    const [file, manifest] =
      name === 'zmtp'
        ? [resolve(ours), '../package.json']
        : [require.resolve(name.replace('.js', '')), 'zeromq/package.json'];
    return { name, version: version(manifest), module: pathToFileURL(file).href };
  });
}
