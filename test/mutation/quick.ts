// Tests under Stryker, made quick: properties have few runs, always the same, and no shrinking, as nobody reads what a mutant does
// wrong; and what takes long because it is large is left to the other tests, which show the same in small.

import type * as FastCheck from 'fast-check';
import { beforeEach, vi } from 'vitest';

const RUNS = 30;
const LARGE =
  /^(S2 may have a topic of 16777216|F12 of one byte, a third of a million|keep two quiet connections alive for an hour)/;

beforeEach(({ task, skip }) => skip(LARGE.test(task.name)));

vi.mock('fast-check', async (original) => {
  const { default: fc, ...named } = await original<typeof FastCheck>();
  const assert: typeof fc.assert = (property, parameters) =>
    fc.assert(property as never, { ...(parameters as object), numRuns: RUNS, seed: 1, endOnFailure: true });
  return { ...named, assert, default: { ...fc, assert } };
});
