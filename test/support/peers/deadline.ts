/**
 * Waiting with an end: a promise that must settle, a condition that must come true. Used by everything that talks to
 * a peer process. No test waits for time to pass as a way to synchronise; it waits for one of these two, and a
 * deadline that runs out says what was being waited for.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** What to multiply limits with: under Wine (test/windows) all takes longer, and the limits of tests are three times as long. */
export const PATIENCE = process.platform === 'win32' ? 3 : 1;

/** Generous on purpose: it only decides how long a broken case takes to fail, never how fast a good one must be. */
export const DEADLINE = 15_000 * PATIENCE;

/** The promise, or an error naming what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string, deadline = DEADLINE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${deadline} ms: ${what}`)), deadline);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls until the condition gives something truthy, and gives that. */
export async function until<T>(condition: () => T | Promise<T>, what: string, deadline = DEADLINE): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`Not within ${deadline} ms: ${what}`);
    await delay(POLL_INTERVAL);
  }
}

/** Runs the operation again for as long as it fails with the given code, e.g. EHOSTUNREACH before a peer is known. */
export async function untilNot(code: string, operation: () => Promise<void>, what: string): Promise<void> {
  await until(async () => {
    try {
      await operation();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== code) throw error;
      return false;
    }
  }, what);
}

const POLL_INTERVAL = 5;
