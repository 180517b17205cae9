// Who is measured. A contender is a way to start a worker that speaks the protocol of worker/parent.ts. The first one is this
// library; it is compared with each of the others. One that cannot be had here is left out, by name and with the reason.

import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Native } from './compile.js';
import type { Case, Kind } from './workloads.js';

export interface Contender {
  readonly name: string;
  readonly version: string;
  readonly kind: Kind;
  readonly curve: boolean;
  /** The command line of a worker process that plays `role`. */
  command(role: string, args: readonly string[], profileDir: string | undefined): string[];
}

export interface Selection {
  readonly contenders: Contender[];
  /** Sentences. */
  readonly skipped: string[];
}

/** The names that --contenders knows; a file's name stands for another build of this library. */
export const contenderNames = ['zmtp', 'zeromq.js', 'libzmq', 'net'] as const;

export async function selectContenders(
  names: readonly string[],
  workers: string,
  ours: string,
  native: () => Native,
): Promise<Selection> {
  const worker = join(workers, 'main.js');
  const require = createRequire(import.meta.url);
  const contenders: Contender[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    if (name === 'zmtp') contenders.push(await moduleContender(name, packageVersion(), worker, resolve(ours)));
    else if (name === 'zeromq.js') {
      const { version } = require('zeromq/package.json') as { version: string };
      contenders.push(await moduleContender(name, version, worker, require.resolve('zeromq')));
    } else if (name === 'libzmq') {
      const program = native();
      if ('missing' in program) skipped.push(`${name}: ${program.missing}`);
      else contenders.push(nativeContender(name, program.version, program.file));
    } else if (name === 'net') contenders.push(netContender(name, worker));
    else contenders.push(await moduleContender(name, packageVersion(), worker, resolve(name)));
  }
  return { contenders, skipped };
}

/** Those who can play this case, and why the others of its kinds cannot. */
export function playersOf(subject: Case, all: readonly Contender[]): Selection {
  const able = all.filter(({ kind }) => subject.kinds.includes(kind));
  const contenders = able.filter(({ curve }) => curve || !subject.curve);
  const skipped = able
    .filter((one) => !contenders.includes(one))
    .map(({ name }) => `${subject.id}: ${name} has no CURVE`);
  return { contenders, skipped };
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version;
}

async function moduleContender(name: string, version: string, worker: string, moduleFile: string): Promise<Contender> {
  const url = pathToFileURL(moduleFile).href;
  const { capability } = (await import(url)) as { capability: { curve?: boolean } };
  return {
    name,
    version,
    kind: 'module',
    curve: capability.curve === true,
    command: (role, args, profileDir) => [
      process.execPath,
      ...profiling(name, role, profileDir),
      worker,
      role,
      `module=${url}`,
      ...args,
    ],
  };
}

function netContender(name: string, worker: string): Contender {
  return {
    name,
    version: `of Node ${process.version}`,
    kind: 'net',
    curve: false,
    command: (role, args, profileDir) => [
      process.execPath,
      ...profiling(name, role, profileDir),
      worker,
      role,
      ...args,
    ],
  };
}

function nativeContender(name: string, version: string, file: string): Contender {
  return { name, version, kind: 'libzmq', curve: true, command: (role, args) => [file, role, ...args] };
}

function profiling(name: string, role: string, profileDir: string | undefined): string[] {
  if (profileDir === undefined) return [];
  const file = `${basename(name)}-${role}-${Date.now()}.cpuprofile`;
  return ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${file}`];
}
