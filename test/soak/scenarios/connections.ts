// Very many connections on one socket: every one answers, and the last behaves like the first.

import { execFileSync } from 'node:child_process';
import type { Cast } from '../cast.js';
import type { Outcome } from '../judge.js';

/** Descriptors that a process has for other things. */
const OTHERS = 100;
/** The last one may be this much slower than the first, in the median: far more than chance, far less than a search through all. */
const SLOWER = { factor: 5, more: 2 };

export async function connections(cast: Cast): Promise<Outcome> {
  const notes: string[] = [];
  const limit = openFilesLimit();
  const count = Math.min(cast.options.connections, limit - OTHERS);
  if (count < cast.options.connections) {
    notes.push(
      `${count} connections instead of ${cast.options.connections}: ulimit -Hn is ${limit}, and must be ${cast.options.connections + OTHERS}`,
    );
  }
  const router = cast.start('ROUTER', 'router');
  const { endpoint } = await router.told();
  const dealers = cast.start('DEALERs', 'dealers', { endpoint, count });
  const many = await dealers.done();
  router.stop();
  const one = await router.done();
  const { answered, first, last } = many.values as Record<string, number>;
  notes.push(`${one.values.connects} connections; round trip of the first ${ms(first!)}, of the last ${ms(last!)}`);
  const failures = [];
  if (one.values.connects !== count) failures.push(`${one.values.connects} connections were made instead of ${count}`);
  if (last! > first! * SLOWER.factor + SLOWER.more) failures.push('the last connection is slower than the first');
  return { performances: [one, many], sent: count, received: answered!, lost: count - answered!, failures, notes };
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`;
}

/** Node raises its own limit to the hard one when it starts. */
function openFilesLimit(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const text = String(execFileSync('/bin/sh', ['-c', 'ulimit -Hn'])).trim();
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
