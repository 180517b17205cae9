// Who is measured. A contender is a way to start a worker that speaks the protocol of worker/parent.ts; all of today's are
// Node programs that differ only in the module they import. The first one is compared with each of the others.

import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Contender {
  readonly name: string;
  readonly version: string;
  /** The command line of a worker process that plays `role`. */
  command(role: string, args: readonly string[], profileDir: string | undefined): string[];
}

/** This library first, then what it is compared with: contenders by name, other builds of this library by file. */
export function contenders(workerFile: string, ours: string, against: readonly string[]): Contender[] {
  const require = createRequire(import.meta.url);
  const { version } = require('../package.json') as { version: string };
  const others = against.map((name) =>
    name === 'zeromq.js'
      ? nodeContender(name, require('zeromq/package.json').version, workerFile, require.resolve('zeromq'))
      : nodeContender(name, version, workerFile, resolve(name)),
  );
  return [nodeContender('zmtp', version, workerFile, resolve(ours)), ...others];
}

function nodeContender(name: string, version: string, workerFile: string, moduleFile: string): Contender {
  return {
    name,
    version,
    command(role, args, profileDir) {
      const profile = `--cpu-prof-name=${basename(name)}-${role}-${Date.now()}.cpuprofile`;
      const flags = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, profile];
      return [process.execPath, ...flags, workerFile, role, `module=${pathToFileURL(moduleFile).href}`, ...args];
    },
  };
}
