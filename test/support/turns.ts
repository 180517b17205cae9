// Uses up what operations may take of a turn of the event loop.

import type { Turn } from '../../src/core/turn.js';

/** Resolves in the next turn. */
export function exhaust(turn: Turn): Promise<void> {
  let later = turn.spend();
  while (later === undefined) later = turn.spend();
  return later;
}
