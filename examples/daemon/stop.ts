/**
 * `stop`: asks the service to end, and waits until its process is gone and has taken its session with it. A service that
 * does not end in time is left alone, unless `--force` is given.
 */

import { cleanSessions, findSession, readSession, type Session } from '../../src/index.js';
import { Client, runningSession } from './client.js';
import { Exit, Failure, late } from './failure.js';
import { isAlive, poll } from './process.js';
import { NAME } from './protocol.js';
import { clientSecurity } from './secure.js';

export interface Stopped {
  readonly pid: number;
  /** Milliseconds that it took. */
  readonly took: number;
  readonly forced: boolean;
}

/** @throws Failure when there is nothing to stop, or it has not ended, or not cleanly; ApiError when it refuses */
export async function stop(home: string, timeout: number, force: boolean): Promise<Stopped> {
  const session = await runningSession(home);
  const { pid } = session;
  const begin = performance.now();
  const asked = await hasEnded(home, session, timeout);
  if (!asked && !force) throw late(`pid ${pid} has not ended within ${timeout} ms; --force would kill it`);
  const forced = !asked && (await kill(home, session));
  if (isAlive(pid)) throw late(`pid ${pid} has not ended within ${timeout} ms`);
  const left = await isLeft(home, session);
  if (left) await cleanSessions(home);
  if (left && !forced) throw new Failure(Exit.failed, 'UNCLEAN', `pid ${pid} has ended, but not cleanly: see its log`);
  return { pid, took: Math.round(performance.now() - begin), forced };
}

/** Asks, and looks whether the process is gone: that alone counts. An answer says only that it will go. */
async function hasEnded(home: string, session: Session, timeout: number): Promise<boolean> {
  const client = new Client(session, timeout, await clientSecurity(home, session));
  let refusal: Error | undefined;
  client.ask('stop').catch((error) => {
    if (!(error instanceof Failure)) refusal = error;
  });
  try {
    const gone = await poll(timeout, async () => {
      if (refusal !== undefined) throw refusal;
      return isAlive(session.pid) ? undefined : true;
    });
    return gone ?? false;
  } finally {
    client.close();
  }
}

/** By its number, which may be another process' by now: so the session must be live still, and the same. */
async function kill(home: string, { pid, startedAt }: Session): Promise<boolean> {
  const now = await findSession(home, NAME);
  if (now?.pid !== pid || now.startedAt !== startedAt) return false;
  process.kill(pid, 'SIGKILL');
  return (await poll(KILL_TIMEOUT, async () => (isAlive(pid) ? undefined : true))) ?? false;
}

async function isLeft(home: string, { pid, startedAt }: Session): Promise<boolean> {
  const found = await readSession(home, NAME).catch(() => undefined); // A file that makes no sense is not this one.
  return found?.pid === pid && found.startedAt === startedAt;
}

const KILL_TIMEOUT = 5000;
