// Makes what is measured: the library as its package would ship it, the workers as plain JavaScript, so that neither is slowed, or
// helped, by a loader, and the C contender. All of it goes where package caches go: outside the sources, inside node_modules.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { root } from './root.js';

/** The one worker that has to do with the sources of the library, and takes them along. */
const PARTS = 'micro-parts.ts';
const cache = join(root, 'node_modules', '.cache', 'zmtp-bench');

/** Returns the library's entry, built if asked to. */
export function buildLibrary(build: boolean): string {
  if (build)
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const entry = join(root, 'dist', 'index.js');
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: run npm run build`);
  return entry;
}

/** Returns the folder of the compiled workers. */
export function compileWorkers(): string {
  const from = join(root, 'bench', 'worker');
  const to = join(cache, 'worker');
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }\n');
  for (const file of readdirSync(from)) {
    const target = join(to, `${basename(file, '.ts')}.js`);
    if (file === PARTS) bundle(join(from, file), target);
    else compile(join(from, file), target);
  }
  return to;
}

export type Native = { readonly file: string; readonly version: string } | { readonly missing: string };

/** The C contender, where there is a compiler and libzmq's header; otherwise what is missing. */
export function compileNative(): Native {
  const from = join(root, 'bench', 'native');
  const sources = readdirSync(from).filter((name) => name.endsWith('.c'));
  const file = join(cache, 'libzmq-worker');
  mkdirSync(cache, { recursive: true });
  try {
    const args = ['-O2', '-Wall', '-Wextra', '-o', file, ...sources, '-lzmq', '-lpthread'];
    execFileSync(process.env.CC ?? 'gcc', args, { cwd: from, stdio: 'pipe' });
    return { file, version: String(execFileSync(file, ['--version'])).trim() };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    const reason = stderr?.toString().trim().split('\n')[0] || message;
    return { missing: `its C program does not compile here (it needs gcc and libzmq3-dev): ${reason}` };
  }
}

function compile(from: string, to: string): void {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(readFileSync(from, 'utf8'), { compilerOptions, fileName: from });
  writeFileSync(to, outputText);
}

function bundle(from: string, to: string): void {
  buildSync({ entryPoints: [from], outfile: to, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
}
