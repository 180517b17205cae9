// Session files in a folder: found, read, written so that nobody ever sees half of one, and taken away when stale.

import type { BigIntStats } from 'node:fs';
import { withClaim } from '../transport/claim.js';
import { attempt, isOwnedByOthers, isSame, look, moveToFree } from '../transport/files.js';
import { folderError } from '../transport/folder-error.js';
import { node } from '../util/node-modules.js';
import { isName } from './endpoint.js';
import { makeFolder } from './folder.js';
import { FILE_MAX } from './session.js';

/** To replace a file on Windows, which takes about a second then, or to read one. */
const ATTEMPTS_MAX = 200;

const SUFFIX = '.zmtp.json';
/** `.name.pid.random.tmp`: files on their way. */
const HIDDEN = /^\.(.+)\.(\d+)\.[0-9a-f]{12}\.tmp$/;

export interface Found {
  readonly path: string;
  readonly stats: BigIntStats;
  /** Undefined when it is too long to be one of ours. */
  readonly text: string | undefined;
}

export function pathOf(folder: string, name: string): string {
  return node.path.join(folder, name + SUFFIX);
}

/** Names of all sessions in a folder; none when there is no folder. What could not be a name is somebody else's file. */
export function namesIn(folder: string): string[] {
  const names = entriesOf(folder).filter((entry) => entry.endsWith(SUFFIX));
  return names
    .map((entry) => entry.slice(0, -SUFFIX.length))
    .filter(isName)
    .sort();
}

/** What writers have left behind that did not get to their end: path and process id. */
export function leftoversIn(folder: string): { path: string; pid: number }[] {
  return entriesOf(folder).flatMap((entry) => {
    const pid = HIDDEN.exec(entry)?.[2];
    return pid === undefined ? [] : [{ path: node.path.join(folder, entry), pid: Number(pid) }];
  });
}

function entriesOf(folder: string): string[] {
  try {
    return node.fs.readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * A regular file of this user, or of the system's; others could lead us to endpoints of theirs, and are passed over.
 * @returns undefined when there is none
 */
export function load(path: string, attempt = 1): Found | undefined {
  const stats = look(path);
  if (stats === undefined || !stats.isFile() || !isTrusted(stats)) return undefined;
  try {
    const text = stats.size <= FILE_MAX ? node.fs.readFileSync(path, 'utf8') : undefined;
    // Replaced while it was read: the newer one counts.
    return isSame(look(path), stats) ? { path, stats, text } : load(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'EACCES', 'EPERM', 'EBUSY'].includes(code)) throw error;
    // On Windows it is just being replaced. Elsewhere it is gone, or not ours to read.
    return process.platform === 'win32' && attempt < ATTEMPTS_MAX ? load(path, attempt + 1) : undefined;
  }
}

function isTrusted(stats: BigIntStats): boolean {
  return !isOwnedByOthers(stats) || stats.uid === 0n;
}

/** Writes the whole text under a name that nobody looks for. */
export async function writeHidden(folder: string, name: string, text: string): Promise<string> {
  await makeFolder(folder);
  const path = hiddenPath(folder, name);
  try {
    const file = await node.fs.promises.open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  } catch (error) {
    removeQuietly(path);
    throw folderError(error as NodeJS.ErrnoException, folder);
  }
}

function hiddenPath(folder: string, name: string): string {
  return node.path.join(folder, `.${name}.${process.pid}.${node.crypto.randomBytes(6).toString('hex')}.tmp`);
}

/** @throws EEXIST */
export function publish(hidden: string, path: string): BigIntStats {
  const stats = node.fs.lstatSync(hidden, { bigint: true });
  moveToFree(hidden, path);
  return stats;
}

/**
 * Puts a file in the place of the one that was found. @returns undefined when that is not there any more, or somebody else
 * is about to do the same
 */
export async function replace(hidden: string, { path, stats: found }: Found): Promise<BigIntStats | undefined> {
  const stats = node.fs.lstatSync(hidden, { bigint: true });
  // Windows replaces no file that somebody has open, as each reader has for a moment: then it is tried again.
  for (let attempt = 1; ; attempt++) {
    try {
      return withClaim(path, found, () => node.fs.renameSync(hidden, path)) ? stats : undefined;
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (process.platform !== 'win32' || !busy || attempt === ATTEMPTS_MAX) throw error;
    }
    await node.timersPromises.setTimeout(1 + Math.random() * 10);
  }
}

/** Removes a file that was found, unless it has been replaced since. @returns whether it was removed */
export function remove({ path, stats }: { path: string; stats: BigIntStats }): boolean {
  try {
    return withClaim(path, stats, () => node.fs.unlinkSync(path));
  } catch {
    return false;
  }
}

export function removeQuietly(path: string): void {
  attempt(() => node.fs.unlinkSync(path));
}
