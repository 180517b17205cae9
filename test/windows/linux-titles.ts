// The tests that this system has, file by file, by Vitest's own account: what Windows is held against. Used by run.ts.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** What Vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string }[];
  }[];
}

/** @param report of a whole run, if there has been one: to ask for the list takes Vitest a minute */
export async function linuxTitles(
  root: string,
  report: string | undefined,
  filters: readonly string[],
): Promise<Map<string, string[]>> {
  if (report !== undefined) return titlesIn(root, JSON.parse(readFileSync(report, 'utf8')) as Report);
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'list', ...filters, '--json'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const titles = new Map<string, string[]>();
  for (const { name, file } of JSON.parse(stdout) as { name: string; file: string }[]) {
    const key = relative(root, file);
    const known = titles.get(key);
    if (known === undefined) titles.set(key, [name]);
    else known.push(name);
  }
  return titles;
}

function titlesIn(root: string, { testResults }: Report): Map<string, string[]> {
  return new Map(
    testResults.map(({ name, assertionResults }) => [
      relative(root, name),
      assertionResults.map(({ ancestorTitles, title }) => [...ancestorTitles, title].join(' > ')),
    ]),
  );
}
