// The right to remove or replace a certain file, which one process has at a time. No system call does either on condition
// that a file is the one that was looked at; whoever acts on what he saw a moment ago may hit its successor.
//
// So he first makes a file whose name stands for that one file, as it is now: only one process can. Then he looks again.
// It cannot have been replaced since, for that takes the same claim. Claims last for microseconds; one that a killed
// process has left is taken over, with a claim on it.

import type { BigIntStats } from 'node:fs';
import { node } from '../util/node-modules.js';
import { attempt, isOwnedByOthers, isUnchanged, look } from './files.js';

/** How often claims are claimed; more have never to be. */
const DEPTH_MAX = 5;

/**
 * Does `work`, which removes or replaces `file`, if it is still there and nobody else is about to do the same.
 * @param file what was seen at `path`
 * @returns whether the work was done
 */
export function withClaim(path: string, file: BigIntStats, work: () => void, depth = 0): boolean {
  const claim = node.path.join(node.path.dirname(path), `.${hashOf(path, file)}.zmtp-claim`);
  if (!take(claim, depth)) return false;
  try {
    if (!isUnchanged(look(path), file)) return false;
    work();
    return true;
  } finally {
    attempt(() => node.fs.unlinkSync(claim));
  }
}

function hashOf(path: string, { dev, ino, mtimeNs }: BigIntStats): string {
  const text = [node.path.basename(path), dev, ino, mtimeNs].join(' ');
  return node.crypto.createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function take(claim: string, depth: number): boolean {
  const content = `${process.pid} ${node.os.hostname()}`;
  try {
    node.fs.writeFileSync(claim, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // On Windows a file that is being removed is refused in other ways.
    if (!['EEXIST', 'EPERM', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const found = look(claim);
  if (found === undefined || depth === DEPTH_MAX) return false;
  // In a folder that everybody writes to, a stranger shall not keep us from our own file.
  if (isOwnedByOthers(found)) return true;
  return isAbandoned(claim) && withClaim(claim, found, () => node.fs.writeFileSync(claim, content), depth + 1);
}

/** By a process of this machine that is gone. */
function isAbandoned(claim: string): boolean {
  try {
    const [pid, host] = node.fs.readFileSync(claim, 'utf8').split(' ');
    return host === node.os.hostname() && !exists(Number(pid));
  } catch {
    return false;
  }
}

/** A signal of 0 asks and does nothing; a process of another user is there, too. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
