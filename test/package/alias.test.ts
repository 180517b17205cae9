// Programs written for zeromq.js run unchanged when the dependency `zeromq` of their project is this package: each is run once
// with zeromq.js and once with the packed tarball under that name, and says the same.

import { copyFileSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/compiler.js';
import { type Output, Project } from './install.js';

const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url));
const names = readdirSync(PROGRAMS).sort();
const isTypeScript = (name: string): boolean => /\.[mc]?ts$/.test(name);

const theirs = new Project();
const ours = new Project();

/** With the programs, the TypeScript ones compiled against the declarations of what is installed. */
function prepare(project: Project): void {
  for (const name of names) copyFileSync(join(PROGRAMS, name), project.path(name));
  const complaints = project.compile(names.filter(isTypeScript), { module: ts.ModuleKind.NodeNext });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

function run(project: Project, name: string): Promise<Output> {
  return project.node(name.replace(/ts$/, 'js'));
}

beforeAll(() => {
  const type = process.platform === 'win32' ? 'junction' : 'dir';
  symlinkSync(join(ROOT, 'node_modules', 'zeromq'), theirs.path('node_modules', 'zeromq'), type);
  ours.install('zeromq');
  for (const project of [theirs, ours]) prepare(project);
}, 180_000);

afterAll(() => {
  theirs.remove();
  ours.remove();
});

describe('a project whose zeromq is this package', () => {
  it('has it under that name, and nothing else but what does CURVE’s cryptography', () => {
    const installed = JSON.parse(readFileSync(ours.path('node_modules', 'zeromq', 'package.json'), 'utf8'));
    expect(installed.name).toBe('zmtp');
    const lock = JSON.parse(readFileSync(ours.path('package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/libsodium-sumo', 'node_modules/zeromq']);
  });

  it('runs many kinds of programs', () => {
    expect(names.length).toBeGreaterThanOrEqual(12);
    const kinds = new Set(names.map((name) => name.slice(basename(name).lastIndexOf('.'))));
    expect([...kinds].sort()).toEqual(['.cjs', '.cts', '.mjs', '.mts', '.ts']);
  });

  it.each(names)('%s says what it says with zeromq.js', async (name) => {
    const [expected, actual] = await Promise.all([run(theirs, name), run(ours, name)]);
    expect(expected.stdout).not.toBe('');
    expect(actual.stdout).toBe(expected.stdout);
    expect(actual.stderr).toBe('');
  });
});
