// One program on two libraries: the same cases run on zeromq.js in a process of its own, which may hang or abort, and on this
// library here. A test then holds the two results against each other.
//
// A file of cases exports `cases` and nothing that needs either library.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import * as zmtp from '../../src/index.js';
import { asJson, type Cases, type Library, patiently } from './cases.js';
import { within } from './peers/deadline.js';
import { inLinuxWords } from './words.js';

const ours = zmtp as unknown as Library;

/** Milliseconds for one case; run-cases.ts gives up before. */
const CASE = 30_000;
/** A difference counts if it is there as well when everything has so many times as long: a busy machine makes none. */
const PATIENCE = [1, 4, 12];

/**
 * Runs a case on both libraries, and `check` on what came of it, ours first. zeromq.js begins at once with all cases, in order;
 * one that differs is run again alone. Cases that mostly wait may be on at the same time there, as many as tests are here.
 */
export function onBoth(
  file: URL,
  cases: Cases,
  atOnce = 1,
): (name: string, check: (ours: unknown, theirs: unknown) => void) => Promise<void> {
  const first = new Zeromq(file, [], 1, atOnce);
  afterAll(() => first.stop());
  return async (name, check) => {
    for (const times of PATIENCE) {
      const zeromq = times === 1 ? first : new Zeromq(file, [name], times);
      const own = asJson(await patiently(times, () => cases[name]?.(ours)));
      const theirs = await zeromq.result(name);
      if (zeromq !== first) zeromq.stop();
      try {
        return check(own, theirs);
      } catch (error) {
        if (times === PATIENCE.at(-1)) throw error;
      }
    }
  };
}

/** A process that runs cases of a file on zeromq.js; all of them, if it is not told which. */
class Zeromq {
  readonly #child: ChildProcess;
  readonly #results = new Map<string, unknown>();
  #ended = false;
  /** Of those that wait for a result. */
  #wakes: (() => void)[] = [];

  constructor(file: URL, names: readonly string[] = [], times = 1, atOnce = 1) {
    const runner = fileURLToPath(new URL('run-cases.ts', import.meta.url));
    const args = ['--import', import.meta.resolve('tsx'), runner, file.href, String(atOnce), String(times), ...names];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { name, result } = JSON.parse(line) as { name: string; result: unknown };
      this.#results.set(name, worded(result));
      this.#wake();
    });
    child.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#child = child;
  }

  async result(name: string): Promise<unknown> {
    while (!this.#results.has(name)) {
      if (this.#ended) throw new Error(`zeromq.js has ended without a result for "${name}"`);
      const news = new Promise<void>((resolve) => this.#wakes.push(resolve));
      await within(news, `zeromq.js on "${name}"`, CASE);
    }
    return this.#results.get(name);
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  stop(): void {
    this.#child.kill();
  }
}

/** With the texts of every error in the words of Linux. */
function worded(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result ?? null), (_, value) =>
    typeof value === 'string' ? inLinuxWords(value) : value,
  );
}
