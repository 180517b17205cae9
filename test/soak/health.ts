// What a process holds: resources of the event loop, living memory. Taken once nothing is going on, and compared with what was taken
// before. Used by actor.ts in the processes of the soak, by judge.ts for the verdict.

import { readdirSync } from 'node:fs';
import { aliveBytes } from '../support/gc.js';

export interface Health {
  /** What keeps the event loop going, by kind, sorted (process.getActiveResourcesInfo). */
  readonly resources: readonly string[];
  /** Open descriptors, where the system has /proc; else 0. Sockets that do not keep the process alive are no resources above. */
  readonly descriptors: number;
  /** Bytes alive after a collection, on the heap and in ArrayBuffers. */
  readonly heap: number;
  /** Bytes that the system counts as resident. */
  readonly rss: number;
}

export interface Pair {
  readonly before: Health;
  readonly after: Health;
}

/** Bytes that a process may hold more than before: compiled code, and what grows once. A leak per connection is far above in a full run. */
export const HEAP_TOLERANCE = 4 * 1024 ** 2;

export function healthNow(): Health {
  const heap = aliveBytes();
  const resources = process.getActiveResourcesInfo().sort();
  return { resources, descriptors: openDescriptors(), heap, rss: process.memoryUsage.rss() };
}

function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

export function isBack({ before, after }: Pair): boolean {
  const same = after.resources.join() === before.resources.join() && after.descriptors === before.descriptors;
  return same && after.heap - before.heap <= HEAP_TOLERANCE;
}

/** The first health that is back where it was; the last one, when none is within `patience` ms. */
export async function recovered(before: Health, patience: number): Promise<Pair> {
  const deadline = performance.now() + patience;
  for (;;) {
    await pause(50); // connections that the system is still closing, weak references
    const pair = { before, after: healthNow() };
    if (isBack(pair) || performance.now() > deadline) return pair;
  }
}

export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** False when it has not come true within `patience` ms. */
export async function comesTrue(condition: () => boolean, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await pause(10);
  }
  return true;
}
