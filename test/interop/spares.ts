/**
 * Peer processes for cases that kill one and go on with another. Starting them takes most of the time, so the survivor
 * of one case is the victim of the next, and its successor starts while the case begins. Used by reconnect.test.ts.
 */
import type { Flavour } from '../support/peers/flavours.js';
import { Peer } from '../support/peers/peer.js';
import type { Rig } from './rig.js';

export class Spares {
  readonly #flavour: Flavour;
  readonly #peers: Peer[] = [];

  constructor(flavour: Flavour) {
    this.#flavour = flavour;
  }

  /** A process to kill, and one to take its place; whatever becomes of the case, neither is lost sight of. */
  async take(rig: Rig): Promise<{ peer: Peer; standby: Promise<Peer> }> {
    const standby = Peer.start(this.#flavour);
    standby.catch(() => {}); // the cleanup awaits it, possibly after it failed
    rig.defer(async () => void this.#peers.push(await standby));
    const peer = this.#peers.pop() ?? (await Peer.start(this.#flavour));
    rig.defer(() => peer.kill());
    return { peer, standby };
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) await peer.stop();
  }
}
