/**
 * The flavours of libzmq that the interop suite runs against, and whether this machine has them. A flavour that is
 * missing shows up as a skipped suite whose title says what is missing and how to get it; with ZMTP_REQUIRE_PEERS=1,
 * as in CI, it is a failing test instead.
 */
import { afterAll, describe, it } from 'vitest';
import { type Flavour, installed } from './installed.js';
import { Peer } from './peer.js';

export type { Flavour };

/** A peer process for one flavour: started by the first case that asks, shared by the rest of the file. */
export type SharedPeer = () => Promise<Peer>;

/** Registers the same cases once per flavour. */
export function describeFlavours(cases: (flavour: Flavour, peer: SharedPeer) => void): void {
  for (const flavour of installed()) {
    if (flavour.missing !== undefined && process.env.ZMTP_REQUIRE_PEERS === '1') {
      it(`${flavour.name} is installed, as ZMTP_REQUIRE_PEERS demands`, () => {
        throw new Error(flavour.missing);
      });
    }
    const title = flavour.missing === undefined ? flavour.name : `${flavour.name}: skipped, ${flavour.missing}`;
    describe.skipIf(flavour.missing !== undefined)(title, () => cases(flavour, sharedPeer(flavour)));
  }
}

function sharedPeer(flavour: Flavour): SharedPeer {
  let peer: Promise<Peer> | undefined;
  afterAll(async () => {
    await (await peer)?.stop();
  });
  return () => {
    peer ??= Peer.start(flavour);
    return peer;
  };
}
