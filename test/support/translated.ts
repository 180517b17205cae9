// Before the tests: translates the repository once, so that the processes which tests start need not do it each for itself,
// a second every time. They are told by NODE_OPTIONS, which they inherit, and then load no compiler (test/windows/inside).

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compile } from '../windows/compile.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Vitest asks once for each of its projects. @returns what to do after the tests */
export async function setup(): Promise<(() => void) | undefined> {
  if (process.env.ZMTP_TRANSLATED_ROOT !== undefined) return undefined;
  // Below node_modules, where imports find the packages; two runs have a folder each.
  const target = join(ROOT, 'node_modules', '.cache', 'zmtp-tests', String(process.pid));
  mkdirSync(target, { recursive: true });
  process.env.ZMTP_TRANSLATED_ROOT = pathToFileURL(ROOT).href;
  process.env.ZMTP_TRANSLATED_PACKAGE = pathToFileURL(join(target, 'dist')).href;
  process.env.NODE_OPTIONS = [
    process.env.NODE_OPTIONS,
    `--import=${pathToFileURL(join(target, 'test', 'windows', 'inside', 'register.js')).href}`,
  ]
    .filter(Boolean)
    .join(' ');
  await compile(ROOT, target);
  return () => rmSync(target, { recursive: true, force: true });
}
