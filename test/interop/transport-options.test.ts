// socksProxy and tcpAcceptFilter against zeromq.js itself: the same proxies are asked for the same, the same peers get in.

import { describe, expect, it } from 'vitest';
import { onBoth } from '../support/side-by-side.js';
import { cases } from './programs/transport-cases.js';

const compare = onBoth(new URL('programs/transport-cases.ts', import.meta.url), cases);

describe('options of transports do as in zeromq.js:', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    await compare(name, (own, theirs) => expect(own).toEqual(theirs));
  });
});
