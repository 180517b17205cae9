// What a Windows process reports of its test file, line by line (inside/main.ts writes it), and how run.ts judges it: a
// file is done only if its last line says so, and a test that Linux has is run, or listed with the reason why not.

import { existsSync, readFileSync } from 'node:fs';
import { EXCLUSIONS, type Exclusion } from './exclusions.js';
import type { Ended } from './wine.js';

export type State = 'passed' | 'failed' | 'skipped';

export type Line =
  | { readonly title: string; readonly state: State; readonly again: boolean; readonly errors: readonly string[] }
  | { readonly ended: true; readonly errors: readonly string[] };

export interface Failure {
  readonly title: string;
  readonly text: string;
}

export interface Outcome {
  readonly file: string;
  readonly version: string;
  /** How long it took. */
  readonly seconds: number;
  readonly passed: number;
  /** Of those, how many only at the second try. */
  readonly again: number;
  readonly failures: readonly Failure[];
  /** The exclusions that applied, and to how many tests. */
  readonly excluded: ReadonlyMap<Exclusion, number>;
}

/** `results` is the path of its lines and, with another ending, of its output; `expected` what it has on Linux. */
export function judge(
  file: string,
  version: string,
  run: Ended,
  results: string,
  expected: readonly string[],
): Omit<Outcome, 'seconds'> {
  const lines = existsSync(`${results}.jsonl`) ? readLines(`${results}.jsonl`) : [];
  const failures: Failure[] = [];
  const excluded = new Map<Exclusion, number>();
  const missing = [...expected];
  let passed = 0;
  let again = 0;
  const exclude = (title: string): void => {
    const exclusion = EXCLUSIONS.find((one) => applies(one, file, title));
    if (exclusion === undefined) failures.push({ title, text: 'was not run, and exclusions.ts does not say why' });
    else excluded.set(exclusion, (excluded.get(exclusion) ?? 0) + 1);
  };
  for (const line of lines) {
    if ('ended' in line) {
      failures.push(...line.errors.map((text) => ({ title: '(outside of the tests)', text })));
      continue;
    }
    const index = missing.indexOf(line.title);
    if (index >= 0) missing.splice(index, 1);
    if (line.state === 'skipped') exclude(line.title);
    else if (line.state === 'passed') {
      passed++;
      again += Number(line.again);
    } else failures.push({ title: line.title, text: line.errors.join('\n') });
  }
  const last = lines.at(-1);
  if (last === undefined || !('ended' in last)) {
    const how = run.late ? 'was ended because it took too long' : `ended with code ${run.code}`;
    const words = readFileSync(`${results}.txt`, 'utf8').slice(-LAST_WORDS);
    const text = `${how} before it had finished; ${missing.length} tests were not run; its last words:\n${words}`;
    failures.push({ title: '(the process)', text });
  } else missing.forEach(exclude);
  return { file, version, passed, again, failures, excluded };
}

export function applies({ file, title }: Exclusion, name: string, test: string): boolean {
  return file.test(name) && (title === undefined || title.test(test));
}

function readLines(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

const LAST_WORDS = 2000;
