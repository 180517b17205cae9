/**
 * `start`: this program once more, as `run`, in the background; done when it answers. Whoever of several wins is for the
 * services to settle (service.ts); the loser's `start` hears it from the exit code of its own.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { findSession, type Session } from '../../src/index.js';
import { askOnce } from './client.js';
import { alreadyRunning, Exit, Failure, late } from './failure.js';
import { logPath, prepareHome } from './home.js';
import { poll } from './process.js';
import { NAME } from './protocol.js';
import type { Transport } from './service.js';

/** @throws Failure when the home has its daemon, or the new one does not come up */
export async function start(folder: string, transport: Transport, timeout: number, secure: boolean): Promise<Session> {
  const home = prepareHome(folder);
  const other = await findSession(home, NAME);
  if (other !== undefined) throw alreadyRunning(other);
  const { child, read } = launch(home, transport, secure);
  try {
    const session = await poll(timeout, () => settled(home, child, read));
    if (session === undefined) throw late(`pid ${child.pid} has not come up within ${timeout} ms: ${read()}`);
    await askOnce(home, session, timeout, 'health');
    return session;
  } catch (error) {
    child.kill(); // No effect on one that has ended.
    throw error;
  } finally {
    child.unref();
  }
}

/** The session of the child; undefined as long as there is none. @throws Failure when the child has ended */
async function settled(home: string, child: ChildProcess, read: () => string): Promise<Session | undefined> {
  const hasEnded = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const session = await findSession(home, NAME);
  if (session !== undefined && session.pid === child.pid) return session;
  if (!hasEnded) return undefined;
  if (session !== undefined && child.exitCode === Exit.alreadyRunning) throw alreadyRunning(session);
  throw new Failure(child.exitCode ?? Exit.failed, 'NOT_STARTED', `the service did not start: ${read()}`);
}

/** As this process was started itself: with a loader for TypeScript or as plain JavaScript. */
function launch(home: string, transport: Transport, secure: boolean): { child: ChildProcess; read: () => string } {
  const words = ['run', '--home', home, '--transport', transport, ...(secure ? ['--secure'] : [])];
  const args = [...process.execArgv, process.argv[1] as string, ...words];
  const path = logPath(home);
  const log = openSync(path, 'a', 0o600);
  const before = fstatSync(log).size;
  let failure = '';
  // `detached` makes it outlive our terminal; `windowsHide` spares Windows a console window.
  const options = { detached: true, windowsHide: true, stdio: ['ignore', log, log] } as const;
  const child = spawn(process.execPath, args, { ...options, stdio: [...options.stdio] });
  child.once('error', (error) => {
    failure = error.message;
  });
  closeSync(log);
  const read = (): string => readFileSync(path).subarray(before).toString().trim() || failure || `see ${path}`;
  return { child, read };
}
