/**
 * Heartbeats (ZMTP 3.1 PING and PONG) in both directions: they keep an idle connection alive, they end one whose other
 * side is frozen or cut off, and the TTL we announce and the TTL we are told are acted upon. Time has to pass for an
 * idle connection to be idle: that is the one wait in the suite that is not for an event.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EndOptions, SocketType } from '../support/peers/end.js';
import { describeFlavours, type Flavour } from '../support/peers/flavours.js';
import type { PeerSocket } from '../support/peers/peer.js';
import { Relay, type Side } from '../support/peers/relay.js';
import { exchange } from './exchange.js';
import type { OurSocket } from './our-socket.js';
import { type Link, links, linkTitle, Rig, withRig } from './rig.js';

const pairs: [ours: SocketType, theirs: SocketType][] = [
  ['PUSH', 'PULL'],
  ['PULL', 'PUSH'],
  ['DEALER', 'ROUTER'],
  ['ROUTER', 'DEALER'],
  ['SUB', 'PUB'],
  ['PUB', 'SUB'],
];

/** Under Wine everything takes its time. */
const SLOWNESS = process.platform === 'win32' ? 4 : 1;
/** Several beats and more than one timeout fit into the idle time. */
const IDLE = 2_000 * SLOWNESS;
const beat: EndOptions = { heartbeatInterval: 100 * SLOWNESS, heartbeatTimeout: 800 * SLOWNESS };
const beatWithTtl: EndOptions = { ...beat, heartbeatTimeToLive: 800 * SLOWNESS };
const idlers: [who: string, ours: EndOptions, theirs: EndOptions][] = [
  ['our heartbeats', beat, {}],
  ['their heartbeats', {}, beat],
  ['heartbeats and TTLs of both', beatWithTtl, beatWithTtl],
];

/** Each side beats in one case; the other notices it fall silent by its own beats, or by the TTL it was told. */
const cuts: [what: string, beats: Side, silent: Side, ours: EndOptions, theirs: EndOptions][] = [
  ['our heartbeats notice that they are silent', 'caller', 'target', beatOnly(), {}],
  ['their heartbeats notice that we are silent', 'target', 'caller', {}, beatOnly()],
  ['our TTL makes them notice that we are silent', 'caller', 'caller', ttlOnly(), {}],
  ['their TTL makes us notice that they are silent', 'target', 'target', {}, ttlOnly()],
];

describeFlavours((flavour, peer) => {
  const idle = new Map<string, { ours: OurSocket; theirs: PeerSocket }>();
  const rig = new Rig(peer);

  beforeAll(async () => {
    for (const [who, ours, theirs] of idlers) {
      for (const link of links(pairs)) {
        const ends = await rig.join(link, ours, theirs);
        await ends[0].happened('handshake');
        idle.set(idleTitle(flavour, link, who), { ours: ends[0], theirs: ends[1] });
      }
    }
    await delay(IDLE);
  });
  afterAll(async () => {
    expect(await rig.dismantle()).toEqual([]);
  });

  for (const [who] of idlers) {
    for (const link of links(pairs)) {
      it(idleTitle(flavour, link, who), async () => {
        const { ours, theirs } = idle.get(idleTitle(flavour, link, who))!;
        await exchange(ours, theirs, ['still here']);
        expect(ours.count('disconnect')).toBe(0);
        expect(ours.count('handshake')).toBe(1);
      });
    }
  }

  for (const link of links([['DEALER', 'ROUTER']])) {
    it.skipIf(process.platform === 'win32')(
      `${linkTitle(flavour, link)}: our heartbeats drop a frozen process, and we meet again when it goes on`,
      () => withRig(peer, (own) => freezeAndThaw(own, flavour, link)),
    );
  }

  for (const [what, beats, silent, ourOptions, theirOptions] of cuts) {
    it(`our DEALER – ${flavour.name} ROUTER, they bind, tcp through a relay: ${what}, and we meet again`, () =>
      withRig(peer, async (own) => {
        const ours = own.ours('DEALER', ourOptions);
        const theirs = await own.theirs('ROUTER', theirOptions);
        const relay = await Relay.start(await theirs.bind(own.endpoint('tcp')));
        own.defer(() => relay.close());
        await ours.connect(relay.endpoint);
        await exchange(ours, theirs, ['before']);
        await relay.pingedBy(beats);
        relay.silence(silent);
        await relay.closedBy(silent === 'caller' ? 'target' : 'caller');
        relay.restore();
        await ours.happened('handshake', 2);
        await exchange(ours, theirs, ['after']);
      }));
  }
});

async function freezeAndThaw(rig: Rig, flavour: Flavour, link: Link): Promise<void> {
  const peer = await rig.startPeer(flavour);
  const ours = rig.ours(link.ours, { heartbeatInterval: 100, heartbeatTimeout: 500, reconnectInterval: 20 });
  const theirs = await peer.socket(link.theirs);
  await rig.attach(link, ours, theirs);
  await exchange(ours, theirs, ['before']);
  peer.freeze();
  await ours.happened('disconnect');
  peer.thaw();
  await ours.happened('handshake', 2);
  await exchange(ours, theirs, ['after']);
}

function idleTitle(flavour: Flavour, link: Link, who: string): string {
  return `${linkTitle(flavour, link)}: ${who} keep an idle connection alive`;
}

function beatOnly(): EndOptions {
  return { heartbeatInterval: 100, heartbeatTimeout: 500 };
}

/** Announces that silence of 500 ms is too long, and takes no notice of the other side's own silence. */
function ttlOnly(): EndOptions {
  return { heartbeatInterval: 100, heartbeatTimeToLive: 500, heartbeatTimeout: 60_000 };
}
