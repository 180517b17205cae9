// "No unhandled rejection, ever": a test during which the process saw one, or an uncaught exception, fails.
//
// Called once at the top of a test file. Rejections are judged when the microtask queue has drained, so each test ends
// with a full turn of the event loop.

import { afterAll, afterEach, beforeAll, expect } from 'vitest';

export function failOnUnhandled(): void {
  const seen: unknown[] = [];
  const note = (error: unknown): void => {
    seen.push(error);
  };
  beforeAll(() => {
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
  });
  afterEach(async () => {
    await turn();
    expect(seen.splice(0)).toEqual([]);
  });
  afterAll(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
  });
}

/** One whole turn of the event loop: timers, input and immediates have all had their chance. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
