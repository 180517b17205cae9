// Endpoints against zeromq.js itself: which are taken, and how each verb refuses the others; bindSync.

import { describe, expect, it } from 'vitest';
import { onBoth } from '../support/side-by-side.js';
import { cases } from './programs/endpoint-cases.js';

const compare = onBoth(new URL('programs/endpoint-cases.ts', import.meta.url), cases);

describe('endpoints are taken and refused as in zeromq.js:', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    await compare(name, (own, theirs) => expect(own).toEqual(theirs));
  });
});
