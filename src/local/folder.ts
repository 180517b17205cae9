// Makes folders. Not by Node's `recursive`, which never ends where a folder says ENOENT to everything, as in /proc.

import { folderError } from '../transport/folder-error.js';
import { node } from '../util/node-modules.js';

/**
 * Makes a folder, and those it is in, for this user only; leaves what is there as it is.
 * @throws ENOENT, ENOTDIR, EACCES, naming the folder
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await make(folder, true);
  } catch (error) {
    throw folderError(error as NodeJS.ErrnoException, folder);
  }
}

async function make(folder: string, withParents: boolean): Promise<void> {
  try {
    await node.fs.promises.mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some say EACCES or EROFS where there is a folder already.
    if (await isFolder(folder)) return;
    if (code !== 'ENOENT' || !withParents || node.path.dirname(folder) === folder) throw error;
    await make(node.path.dirname(folder), true);
    await make(folder, false);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await node.fs.promises.stat(path)).isDirectory();
  } catch {
    return false;
  }
}
