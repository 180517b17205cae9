// What files need beyond node:fs so that processes can share names: give a name that nobody has, tell one file from
// another. For socket files and session files.

import type { BigIntStats } from 'node:fs';
import { node } from '../util/node-modules.js';

/** link(2) where the file system has no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'UNKNOWN'];

/** Not through symbolic links. @returns undefined when nothing is there */
export function look(path: string): BigIntStats | undefined {
  return node.fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

export function isSame(found: BigIntStats | undefined, wanted: BigIntStats): boolean {
  return found !== undefined && found.dev === wanted.dev && found.ino === wanted.ino;
}

/** The number of a file that is gone is used again: the time of its content tells the two apart. */
export function isUnchanged(found: BigIntStats | undefined, wanted: BigIntStats): boolean {
  return isSame(found, wanted) && found?.mtimeNs === wanted.mtimeNs;
}

/**
 * Moves a file to a name that nobody has. @throws EEXIST
 * @param link for tests: a file system without hard links
 */
export function moveToFree(from: string, to: string, link = node.fs.linkSync): void {
  try {
    link(from, to);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // Another file holds the name, so that nobody else takes it, until ours replaces it; one that says nothing to anybody.
    node.fs.writeFileSync(to, '{}', { flag: 'wx', mode: 0o600 });
    try {
      node.fs.renameSync(from, to);
    } catch (failure) {
      attempt(() => node.fs.unlinkSync(to));
      throw failure;
    }
    return;
  }
  node.fs.unlinkSync(from);
}

/** Never on Windows, where files do not tell. */
export function isOwnedByOthers(found: BigIntStats): boolean {
  const own = process.getuid?.();
  return own !== undefined && found.uid !== BigInt(own);
}

/** For what may have gone already, or be no longer ours to remove or to read. @returns undefined when it failed */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
