// Runs one test file in a Windows process, and writes what became of each test into a file, a line each, as it ends:
// what was done before a crash or a hang is known. Arguments: the test file and the file for the results, as URLs, and
// patterns of the titles to leave out. Limits of time are three times those of vitest.config.ts: Wine is slow.

import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { startTests, type Test, type VitestRunner, type VitestRunnerConfig } from '@vitest/runner';
import { getTasks, getTestName } from '@vitest/runner/utils';
import type { Line, State } from '../results.js';
import './vitest.js';

const [file = '', results = '', ...left] = process.argv.slice(2);
const out = new URL(results);
const excluded = left.map((pattern) => new RegExp(pattern));
const errors: string[] = [];

function put(line: Line): void {
  appendFileSync(out, `${JSON.stringify(line)}\n`);
}

function texts(list: readonly unknown[] | undefined): string[] {
  return (list ?? []).map((error) => {
    const { name, message, stack, diff } = error as { name?: string; message?: string; stack?: string; diff?: string };
    const frames = (stack ?? '').split('\n').filter((line) => /^ +at /.test(line) && !line.includes('node_modules'));
    return stripVTControlCharacters([`${name}: ${message ?? error}`, ...frames, diff ?? ''].join('\n').trimEnd());
  });
}

const config: VitestRunnerConfig = {
  root: fileURLToPath(process.env.ZMTP_TRANSLATED_ROOT ?? ''),
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 5,
  testTimeout: 180_000,
  hookTimeout: 180_000,
  retry: Number(process.env.ZMTP_WINDOWS_RETRY),
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: true,
};

const runner: VitestRunner = {
  config,
  importFile: () => import(file),
  onBeforeRunTask(test) {
    if (excluded.some((pattern) => pattern.test(getTestName(test, ' > ')))) test.mode = 'skip';
  },
  onAfterRunTask(test) {
    const again = (test.result?.retryCount ?? 0) > 0;
    put({ title: getTestName(test, ' > '), state: stateOf(test), again, errors: texts(test.result?.errors) });
  },
};

// As in Vitest, an error that nobody handled fails the file, whichever test it came from.
process.on('unhandledRejection', (error) => errors.push(...texts([error])));
process.on('uncaughtException', (error) => errors.push(...texts([error])));

function stateOf(test: Test): State {
  if (test.result?.state === 'pass') return 'passed';
  return test.result?.state === 'fail' ? 'failed' : 'skipped';
}

const files = await startTests([fileURLToPath(file)], runner);
for (const task of getTasks(files)) {
  if (task.type === 'suite') errors.push(...texts(task.result?.errors));
  else if (stateOf(task) === 'skipped')
    put({ title: getTestName(task, ' > '), state: 'skipped', again: false, errors: [] });
}
put({ ended: true, errors });
process.exit(0);
