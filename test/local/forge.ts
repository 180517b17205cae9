// Session files as others leave them: written by hand, or a real one with something changed.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSession } from '../../src/index.js';

export function fileOf(folder: string, name: string): string {
  return join(folder, `${name}.zmtp.json`);
}

/** A session of this process with other values; undefined takes a value away. */
export async function forge(folder: string, name: string, changes: object): Promise<string> {
  const { path } = await writeSession(folder, name, { endpoints: {} });
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
  return path;
}

/** The id of a process that has just ended. */
export function goneProcess(): number {
  return spawnSync(process.execPath, ['-e', ''], { stdio: 'ignore' }).pid;
}
