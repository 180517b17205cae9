/**
 * The two libraries of the demo, under one type: they have the same API, so gate.ts and client.ts are written once and
 * run with either. Loaded on demand: a process that is to use libzmq holds nothing of this library, and the reverse.
 */

import type * as zmtp from '../../src/index.js';

export type LibraryName = 'zmtp' | 'libzmq';

export type Library = Pick<typeof zmtp, 'Request' | 'Reply' | 'Publisher' | 'Subscriber'>;

export async function loadLibrary(name: LibraryName): Promise<Library> {
  if (name === 'zmtp') return await import('../../src/index.js'); // In a program of yours: 'zmtp'.
  return (await import('zeromq')) as unknown as Library;
}

/** zeromq.js says EAGAIN when a socket's receiveTimeout or sendTimeout is over, and so do we. */
export function timedOut(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}
