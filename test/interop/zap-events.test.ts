// What a ZAP handler is asked, and what its replies do to a handshake, against zeromq.js itself: requests frame for frame, the
// monitor events of both ends with their codes, and whether a message got through. Differences that are meant stand here with
// their reasons, and in spec-notes/zeromqjs-differences.md.

import { describe, expect, it } from 'vitest';
import { onBoth } from '../support/side-by-side.js';
import { cases } from './programs/zap-cases.js';

/** Vitest has as many tests on at a time. */
const AT_ONCE = 5;
const compare = onBoth(new URL('programs/zap-cases.ts', import.meta.url), cases, AT_ONCE);

interface Result {
  asked: string[];
  server: string[];
  client: string[];
  heard: string[] | string;
}

const REFUSED = ['handshake:error:other EFAULT Context is closed', 'disconnect'];
const LOST = ['handshake:error:other lost', 'disconnect'];

/** What is ours, where it is not what zeromq.js does. */
const DIFFERENT: Readonly<Record<string, { readonly why: string; readonly ours: Partial<Result> }>> = {
  'a user id of 256 bytes': {
    why: 'RFC 27 allows 255, and libzmq does not look',
    ours: {
      server: ['handshake:error:protocol ERR_ZAP_MALFORMED_REPLY ZAP protocol error', 'disconnect'],
      client: LOST,
      heard: 'nothing',
    },
  },
  'the handler closes': {
    why: 'libzmq lets the peer wait until its time is over; here it is turned away at once',
    ours: { server: REFUSED, client: LOST },
  },
};

/** Whether a peer that was dropped sees EPIPE or ECONNRESET depends on timing. */
function steady(result: unknown, told = (events: string[]) => events): Result {
  const { asked, server, client, heard } = result as Result;
  const named = (events: string[]): string[] =>
    told(events.map((event) => event.replace(/^(handshake:error:other) (EPIPE|ECONNRESET) .*/, '$1 lost')));
  return { asked, server: named(server), client: named(client), heard };
}

/** libzmq reports a handshake which has failed once more, at times: when its time is over, and as often as it had tried. */
function once(events: string[]): string[] {
  const failed = (event: string | undefined): boolean => event?.startsWith('handshake:error:') === true;
  return events.filter((event, i) => !(failed(event) && failed(events[i - 1])));
}

// Each waits for a second in which nothing comes, in contexts of its own.
describe('ZAP:', () => {
  it.concurrent.each(Object.keys(cases))('%s', async (name) => {
    const different = DIFFERENT[name];
    await compare(name, (ours, theirs) => {
      const own = steady(ours);
      const expected = steady(theirs, once);
      expect(own).toEqual({ ...expected, ...different?.ours });
      if (different !== undefined) expect(expected, `no difference any more: ${different.why}`).not.toEqual(own);
    });
  });
});
