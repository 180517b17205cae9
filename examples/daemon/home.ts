/**
 * The home folder: what belongs to one daemon, and by which its clients find it. The session file with the token is in
 * it, so it must be this user's alone.
 */

import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Exit, Failure } from './failure.js';

export function defaultHome(): string {
  return process.env.ZMTP_DAEMON_HOME || join(homedir(), '.zmtp-daemon');
}

/**
 * Makes the folder when it is missing.
 * @returns its one true path
 * @throws Failure when others may write to it
 */
export function prepareHome(folder: string): string {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const home = realpathSync.native(path);
  const { uid, mode } = statSync(home);
  const own = process.getuid?.(); // Windows has none, and other rights: a folder in the user's profile is the user's alone.
  if (own === undefined || (uid === own && (mode & 0o022) === 0)) return home;
  throw new Failure(Exit.failed, 'BAD_HOME', `${home} must belong to this user, and nobody else may write to it`);
}

/** What the service prints when it runs in the background. */
export function logPath(home: string): string {
  return join(home, 'daemon.log');
}
