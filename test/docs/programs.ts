// Runs the programs of the documents: each in a process and a folder of its own, against the package as a user has it. No
// native compiler takes part, so that this works wherever Node does.

import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { PATIENCE } from '../support/peers/deadline.js';
import { type Program, ROOT } from './pages.js';

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The time a program may take, in ms; none needs a tenth of it. */
const TIMEOUT = 30_000 * PATIENCE;
/** Programs at a time: they mostly wait. */
const PARALLEL = 4;
/** The names under which a program may import the package: its own, and the one it can take over. */
const NAMES = ['zmtp', 'zeromq'] as const;
const COMPILER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  verbatimModuleSyntax: true,
};

/** A temporary folder with the package in its `node_modules`, and a folder for each page. */
export class Workplace {
  readonly #folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'zd-')));

  constructor() {
    library ??= libraryFiles();
    for (const name of NAMES) {
      for (const [path, text] of library) write(join(this.#folder, 'node_modules', name, path), text);
    }
    const { dependencies } = JSON.parse(library.get('package.json')!) as { dependencies: object };
    for (const name of Object.keys(dependencies)) {
      cpSync(join(ROOT, 'node_modules', name), join(this.#folder, 'node_modules', name), { recursive: true });
    }
  }

  /** Of a module that `node_modules` has: the file that its name leads to. */
  url(name: (typeof NAMES)[number]): string {
    const { main } = JSON.parse(library!.get('package.json')!) as { main: string };
    return pathToFileURL(join(this.#folder, 'node_modules', name, main)).href;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Runs all of them, some at a time; the outcomes by place in the list. Those that only accompany others have none. */
  async runAll(programs: readonly Program[]): Promise<(Outcome | undefined)[]> {
    const files = programs.map((program, index) => this.#write(program, index));
    const fileOf = (page: string, name: string) =>
      files[programs.findIndex((program) => program.page === page && program.name === name)];
    const outcomes: (Outcome | undefined)[] = programs.map(() => undefined);
    const waiting = programs
      .map((program, index) => ({ program, index }))
      .filter(({ program }) => !isCompanion(program, programs));
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { companion, page } = next.program;
        const file = companion === undefined ? undefined : fileOf(page, companion);
        if (companion !== undefined && file === undefined) throw new Error(`${page} has no program ${companion}`);
        outcomes[next.index] = await accompanied(files[next.index]!, file);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return outcomes;
  }

  /** Programs with a name share their page's folder. */
  #write({ page, language, name, text }: Program, index: number): string {
    const folder = join(this.#folder, page.replaceAll(/\W+/g, '-'));
    const title = name ?? `${index}.${language === 'cjs' ? 'cjs' : 'js'}`;
    const file = join(name === undefined ? join(folder, String(index)) : folder, title.replace(/\.ts$/, '.js'));
    write(file, language === 'ts' ? translated(text) : text);
    write(join(dirname(file), 'package.json'), '{ "type": "module" }');
    return file;
  }
}

/** The package's files by path, in few modules, as a user has them: to load a hundred takes each program its time. */
let library: Map<string, string> | undefined;

function libraryFiles(): Map<string, string> {
  const files = new Map([['package.json', readFileSync(join(ROOT, 'package.json'), 'utf8')]]);
  const built = fileURLToPath(process.env.ZMTP_TRANSLATED_PACKAGE ?? '');
  for (const file of readdirSync(built)) files.set(join('dist', file), readFileSync(join(built, file), 'utf8'));
  return files;
}

function isCompanion({ page, name }: Program, programs: readonly Program[]): boolean {
  return name !== undefined && programs.some((other) => other.page === page && other.companion === name);
}

function translated(source: string): string {
  return ts.transpileModule(source, { compilerOptions: COMPILER }).outputText;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The output of the companion comes first; its end is ours to bring about and says nothing. */
async function accompanied(file: string, companion: string | undefined): Promise<Outcome> {
  if (companion === undefined) return await start(file).ended;
  const other = start(companion);
  const outcome = await start(file).ended;
  other.stop();
  const { output, errors } = await other.ended;
  return { ...outcome, output: output + outcome.output, errors: errors + outcome.errors };
}

function start(file: string): { ended: Promise<Outcome>; stop(): void } {
  const folder = dirname(file);
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, HOME: folder, USERPROFILE: folder, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, errors }));
  });
  return { ended, stop: () => child.kill() };
}
