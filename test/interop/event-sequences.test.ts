// The sequences of monitor events against zeromq.js itself: type, address, order, and the codes of failed binds and handshakes.
// The differences that are meant stand here with their reasons, and in spec-notes/zeromqjs-differences.md.

import { describe, expect, it } from 'vitest';
import { onBoth } from '../support/side-by-side.js';
import { cases } from './programs/event-cases.js';

const compare = onBoth(new URL('programs/event-cases.ts', import.meta.url), cases);

/** What is ours, where it is not what zeromq.js does. */
const DIFFERENT: Readonly<Record<string, { readonly why: string; readonly ours: readonly (readonly string[])[] }>> = {
  'a name that nobody has': {
    why: 'looking a name up is part of the attempt to connect, which is told of when it begins',
    ours: [
      [
        'connect:delay tcp://nowhere.invalid:PORT',
        'close tcp://nowhere.invalid:PORT',
        'connect:retry tcp://nowhere.invalid:PORT',
        'end',
      ],
    ],
  },
  'bind to a port that is taken': {
    why: 'libzmq tells first of the end of a listener that never was, with an empty address',
    ours: [['bind:error 127.0.0.1:PORT EADDRINUSE', 'end']],
  },
  'bind to an address of others': {
    why: 'as above',
    ours: [['bind:error 192.0.2.1:PORT EADDRNOTAVAIL', 'end']],
  },
  'a client that speaks HTTP': {
    why: 'libzmq waits for the rest of a greeting of ZMTP 1.0; here the first wrong byte ends the connection',
    ours: [
      [
        'bind tcp://127.0.0.1:PORT',
        'accept tcp://127.0.0.1:PORT',
        'handshake:error:protocol tcp://127.0.0.1:PORT ERR_ZMTP_UNSPECIFIED',
        'disconnect tcp://127.0.0.1:PORT',
        'close tcp://127.0.0.1:PORT',
        'end',
      ],
    ],
  },
};

describe('the events of', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const different = DIFFERENT[name];
    await compare(name, (own, theirs) => {
      if (different === undefined) return expect(own).toEqual(theirs);
      expect(own, different.why).toEqual(different.ours);
      expect(theirs, 'no difference any more').not.toEqual(different.ours);
    });
  });
});
