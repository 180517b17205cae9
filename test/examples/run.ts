/**
 * Runs an example as a user does, in a process of its own, with a temporary folder of its own, and looks at what is left
 * when it has ended. Used by the tests of this folder.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PATIENCE } from '../support/peers/deadline.js';

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard output and standard error, in the order of arrival. */
  output: string;
}

export interface Running {
  pid: number;
  /** Resolves with the output so far once it contains the text; rejects if the process ends without. */
  printed(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when every process that holds our end of its output is gone: the first one, and all it started. */
  ended: Promise<Outcome>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RESOLVE = createRequire(import.meta.url).resolve;

/** Less than a test may take. A process that hangs is asked to end, so that it can still clean up. */
const TIMEOUT = 50_000 * PATIENCE;

/** A temporary folder for the processes under test, so that what they leave there can be seen. */
export class Workplace {
  private readonly folder = mkdtempSync(join(tmpdir(), 'zmtp-'));

  /**
   * `examples/…` with its arguments, by the loader, or by the command line of tsx, as npm does: then from the sources, where the
   * compiler can run.
   */
  start(file: string, args: string[] = [], by: 'loader' | 'command' = 'loader'): Running {
    const loader = ['--import', pathToFileURL(RESOLVE('tsx')).href];
    const child = spawn(process.execPath, [...(by === 'loader' ? loader : [RESOLVE('tsx/cli')]), file, ...args], {
      cwd: ROOT,
      env: {
        ...(by === 'loader' ? process.env : untranslated()),
        TMPDIR: this.folder,
        TEMP: this.folder,
        TMP: this.folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
    });
    let output = '';
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, output }));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const printed = (text: string) =>
      new Promise<string>((resolve, reject) => {
        const look = () => output.includes(text) && resolve(output);
        child.stdout.on('data', look);
        look();
        void ended.then((outcome) => reject(new Error(`ended without printing '${text}': ${outcome.output}`)));
      });
    return { pid: child.pid!, printed, kill: (signal) => child.kill(signal), ended };
  }

  run(file: string, args: string[] = [], by: 'loader' | 'command' = 'loader'): Promise<Outcome> {
    return this.start(file, args, by).ended;
  }

  /** What is left here of ours; tsx keeps its cache here as well, and may. */
  leftovers(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith('zmtp-'));
  }

  /** Removes what `leftovers` would list. */
  clear(): void {
    for (const name of this.leftovers()) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** For a process that is to load the sources themselves, not what test/support/translated.ts has made of them. */
function untranslated(): NodeJS.ProcessEnv {
  if (process.platform === 'win32') return process.env;
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}

/** True until the process has ended and its parent has been told. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
