/**
 * Waiting for what other processes do, which nobody tells us: that one has written a file, that one is gone.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Asks until there is an answer, and gives that; undefined when there is none in time. */
export async function poll<T>(timeout: number, question: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await question();
    if (answer !== undefined || performance.now() > end) return answer;
    await delay(INTERVAL);
  }
}

/** Whether a process is there. One that has ended and whose parent has not noticed, a zombie, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // A signal of 0 asks and does nothing.
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || !hasEnded(pid);
}

/** From proc(5): the 3rd field is the state, the 20th the number of threads. As long as others run, its sockets are open. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^[ZX]$/.test(fields[0] ?? '') && Number(fields[17]) <= 1;
  } catch {
    return true;
  }
}

const INTERVAL = 25;
