// Makes what is measured: the library as its package would ship it, and the workers as plain JavaScript,
// so that neither is slowed, or helped, by a loader. The workers go where package caches go: outside the sources, inside node_modules.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Returns the library's entry, built if asked to. */
export function buildLibrary(build: boolean): string {
  if (build)
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const entry = join(root, 'dist', 'index.js');
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: run npm run build`);
  return entry;
}

/** Returns the file to start as a worker. */
export function compileWorkers(): string {
  const from = join(root, 'bench', 'worker');
  const to = join(root, 'node_modules', '.cache', 'zmtp-bench');
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }\n');
  for (const file of readdirSync(from)) compile(join(from, file), join(to, `${basename(file, '.ts')}.js`));
  return join(to, 'main.js');
}

function compile(from: string, to: string): void {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(readFileSync(from, 'utf8'), { compilerOptions, fileName: from });
  writeFileSync(to, outputText);
}
