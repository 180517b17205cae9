// STREAM against zeromq.js itself: the same programs, with plain TCP programs at the other end, give the same.

import { describe, expect, it } from 'vitest';
import { onBoth } from '../support/side-by-side.js';
import { cases } from './programs/stream-cases.js';

const compare = onBoth(new URL('programs/stream-cases.ts', import.meta.url), cases);

describe('STREAM does as zeromq.js:', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    await compare(name, (own, theirs) => expect(own).toEqual(theirs));
  });
});
