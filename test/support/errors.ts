// What an error says beyond libzmq's words for its code.

import { expect } from 'vitest';

/** Matches an error whose `detail` contains the text, or matches it. */
export function saying(text: string | RegExp): object {
  return expect.objectContaining({ detail: expect.stringMatching(typeof text === 'string' ? escaped(text) : text) });
}

function escaped(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
