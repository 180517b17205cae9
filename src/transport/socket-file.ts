// The file of a Unix socket: made without a moment in which it has the wrong rights, never in place of what somebody else
// uses, and removed only while it is still ours.
//
// The socket is bound in a fresh folder that only this user may enter and gets its mode there; then it gets its public name
// by link(2), which never replaces anything. Node's own unlink, at close, finds nothing under the hidden name.

import type { BigIntStats } from 'node:fs';
import { node } from '../util/node-modules.js';
import { probeSync } from './ask-sync.js';
import { withClaim } from './claim.js';
import { attempt, isSame, look, moveToFree } from './files.js';
import { folderError } from './folder-error.js';
import { HiddenFolder, noRoom } from './hidden-folder.js';
import { inUse } from './local-stream.js';
import { type Answer, probe } from './probe.js';

export class SocketFile {
  readonly #path: string;
  readonly #endpoint: string;
  readonly #stale: BigIntStats | undefined;
  readonly #hidden: HiddenFolder;
  #own: BigIntStats | undefined;

  /**
   * Prepares to bind a socket to `path`. All up to `publish` is to be done at once.
   * @param stale what `findStale` has found there
   * @throws ENOENT, ENOTDIR, EACCES for its folder
   */
  constructor(path: string, endpoint: string, stale: BigIntStats | undefined) {
    // Absolute, because the program may change its working directory before it closes.
    this.#path = node.path.resolve(path);
    this.#endpoint = endpoint;
    this.#stale = stale;
    this.#hidden = new HiddenFolder(this.#path, endpoint);
  }

  /** Where to bind. */
  get bindPath(): string {
    return this.#hidden.socket;
  }

  /**
   * Gives the bound socket its mode and its public name. Of several processes that try, one succeeds.
   * @throws EADDRINUSE
   */
  publish(mode: number, link = node.fs.linkSync): void {
    try {
      const { socket } = this.#hidden;
      const own = look(socket);
      if (!own?.isSocket()) throw inUse(this.#endpoint, 'somebody has moved what was to become it');
      node.fs.chmodSync(socket, mode);
      const stale = this.#stale;
      if (stale !== undefined) withClaim(this.#path, stale, () => node.fs.unlinkSync(this.#path));
      moveToFree(socket, this.#path, link);
      this.#own = own;
      this.#hidden.remove();
    } catch (error) {
      throw this.#refusal(error as NodeJS.ErrnoException);
    }
  }

  #refusal(error: NodeJS.ErrnoException): Error {
    if (error.code === 'EXDEV') return noRoom(this.#endpoint);
    if (error.code === 'EEXIST') return inUse(this.#endpoint, 'somebody else has just bound it');
    // As in folders that everybody writes to.
    const theirs = this.#stale !== undefined && (error.code === 'EPERM' || error.code === 'EACCES');
    return theirs ? inUse(this.#endpoint, 'there is a stale socket, which only its owner may remove') : error;
  }

  /** Removes the public name, unless it is another file's by now. To be called while the socket is open. */
  remove(): void {
    if (this.#own !== undefined && isSame(look(this.#path), this.#own)) attempt(() => node.fs.unlinkSync(this.#path));
  }

  /** Removes what is left of the hidden folder; to be called when the socket is closed, for Node looks for its file then. */
  forget(): void {
    this.#hidden.remove();
    this.#hidden.close();
  }
}

/**
 * What is at the path and may be taken away; undefined when there is nothing.
 * @throws EADDRINUSE, and the errors of its folder
 */
export async function findStale(path: string, endpoint: string): Promise<BigIntStats | undefined> {
  const found = lookForSocket(path, endpoint);
  return found === undefined ? undefined : judged(found, await probe({ path }), endpoint);
}

/** As `findStale`, done when it returns. */
export function findStaleSync(path: string, endpoint: string): BigIntStats | undefined {
  const found = lookForSocket(path, endpoint);
  return found === undefined ? undefined : judged(found, probeSync(path), endpoint);
}

function lookForSocket(path: string, endpoint: string): BigIntStats | undefined {
  let found: BigIntStats | undefined;
  try {
    found = look(path);
  } catch (error) {
    throw folderError(error as NodeJS.ErrnoException, node.path.dirname(path), endpoint);
  }
  if (found === undefined) return undefined;
  if (!found.isSocket()) throw inUse(endpoint, `there is ${kindOf(found)}, which is not touched`);
  return found;
}

function judged(found: BigIntStats, answer: Answer, endpoint: string): BigIntStats | undefined {
  if (answer === 'live') throw inUse(endpoint, 'somebody listens there');
  return answer === 'refused' ? found : undefined;
}

function kindOf(found: BigIntStats): string {
  if (found.isSymbolicLink()) return 'a symbolic link';
  if (found.isDirectory()) return 'a folder';
  return found.isFIFO() ? 'a FIFO' : 'a file';
}
