/**
 * Socket types that must not talk to each other (RFC 23, "Socket-Type"): the connection ends during the handshake, no
 * message gets across, and whoever is bound goes on to serve a peer of a legal type as if nothing had happened.
 */
import { expect, it } from 'vitest';
import { type End, type SocketType, socketTypes } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, legalPairs, routerOptions } from './exchange.js';
import { type Link, links, linkTitle, type Rig, withRig } from './rig.js';

const illegalPairs = socketTypes.flatMap((ours) =>
  socketTypes.filter((theirs) => !isLegal(ours, theirs)).map((theirs): [SocketType, SocketType] => [ours, theirs]),
);

describeFlavours((flavour, peer) => {
  for (const link of links(illegalPairs).filter(({ transport }) => transport === 'tcp')) {
    it(`${linkTitle(flavour, link)}: the connection ends without a message, and a legal peer is served`, () =>
      withRig(peer, async (rig) => {
        const ours = rig.ours(link.ours, optionsFor(link.ours));
        const theirs = await rig.theirs(link.theirs, optionsFor(link.theirs));
        const endpoint = await rig.attach(link, ours, theirs);
        trySending(link.binder === 'we bind' ? theirs : ours);
        await ours.lost();
        expect(ours.count('handshake')).toBe(0);
        await serveLegalPeer(rig, link, link.binder === 'we bind' ? ours : theirs, endpoint);
      }));
  }
});

/** Whatever is sent may be refused, wait until the socket is closed or be dropped; it must not arrive. */
function trySending(end: End): void {
  if (canOpen.has(end.type)) void end.send(['must not arrive']).catch(() => {});
}

/** Another socket of the other library, of a type that is legal, connects to the one that is bound. */
async function serveLegalPeer(rig: Rig, { binder }: Link, bound: End, endpoint: string): Promise<void> {
  const type = legalPairs.find(([one]) => one === bound.type)![1];
  const newcomer = binder === 'we bind' ? await rig.theirs(type, optionsFor(type)) : rig.ours(type, optionsFor(type));
  await newcomer.connect(endpoint);
  await (binder === 'we bind' ? exchange(bound, newcomer, ['hello']) : exchange(newcomer, bound, ['hello']));
}

function optionsFor(type: SocketType) {
  return { ...routerOptions(type, type, type), reconnectInterval: 20 };
}

function isLegal(ours: SocketType, theirs: SocketType): boolean {
  return legalPairs.some(([one, other]) => one === ours && other === theirs);
}

/** The types that may send before they have received anything. */
const canOpen = new Set<SocketType>(['REQ', 'DEALER', 'PUSH', 'PAIR', 'PUB', 'XPUB']);
