/**
 * CURVE between the two libraries: every legal pair of socket types, either side bound, either side the server, over tcp and
 * ipc; bodies of many sizes; subscriptions, heartbeats and reconnects inside it; keys that are wrong.
 */
import { expect, it } from 'vitest';
import { Body, expectFrames } from '../support/peers/body.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, legalPairs, probe, routerOptions } from './exchange.js';
import { links, linkTitle, withRig } from './rig.js';
import { curveClient, curveServer, optionsOf, sides, strangerKeys } from './secure.js';

const pushPull = links([
  ['PUSH', 'PULL'],
  ['PULL', 'PUSH'],
]);

describeFlavours((flavour, peer) => {
  for (const link of links(legalPairs)) {
    it.each(sides)(`${linkTitle(flavour, link)}, CURVE, %s: messages and answers`, (side) =>
      withRig(peer, async (rig) => {
        const [own, their] = optionsOf(side, curveServer, curveClient);
        const [ours, theirs] = await rig.join(
          link,
          { ...own, ...routerOptions(link.ours, link.theirs, 'ours') },
          { ...their, ...routerOptions(link.theirs, link.ours, 'theirs') },
        );
        await exchange(ours, theirs, ['one', '', 'three']);
      }));
  }

  for (const link of pushPull) {
    it.each(sides)(`${linkTitle(flavour, link)}, CURVE, %s: bodies of every size class`, (side) =>
      withRig(peer, async (rig) => {
        const [ours, theirs] = await rig.join(link, ...optionsOf(side, curveServer, curveClient));
        const [from, to] = link.ours === 'PUSH' ? [ours, theirs] : [theirs, ours];
        for (const size of [0, 1, 222, 223, 8158, 8159, 8160, 65_503, 131_071, 131_072, 400_000, 3_000_000]) {
          const frames = [`before ${size}`, new Body(size, `size ${size}`), `after ${size}`];
          await from.send(frames);
          expectFrames(await to.receive(), frames);
        }
      }));

    it.each(sides)(`${linkTitle(flavour, link)}, CURVE, %s: with the wrong server key nobody meets`, (side) =>
      withRig(peer, async (rig) => {
        const wrong = { ...curveClient, curveServerKey: strangerKeys.publicKey };
        const [ours, theirs] = await rig.join(link, ...optionsOf(side, curveServer, wrong));
        const from = link.ours === 'PUSH' ? ours : theirs;
        void from.send(['must not arrive']).catch(() => {});
        await ours.lost();
        expect(ours.count('handshake')).toBe(0);
      }));
  }

  for (const link of links([
    ['SUB', 'PUB'],
    ['PUB', 'SUB'],
  ])) {
    it.each(sides)(`${linkTitle(flavour, link)}, CURVE, %s: V16 heartbeats keep it, subscriptions work`, (side) =>
      withRig(peer, async (rig) => {
        const beats = { heartbeatInterval: 20, heartbeatTimeout: 4000, heartbeatTimeToLive: 4000 };
        const [own, their] = optionsOf(side, curveServer, curveClient);
        const [ours, theirs] = await rig.join(link, { ...own, ...beats }, { ...their, ...beats });
        const [publisher, subscriber] = link.ours === 'PUB' ? [ours, theirs] : [theirs, ours];
        await subscriber.subscribe('kept');
        await subscriber.subscribe('left');
        await probe(publisher, subscriber, 'kept');
        await new Promise((resolve) => setTimeout(resolve, 300));
        await subscriber.unsubscribe('left');
        await probe(publisher, subscriber, 'kept');
        expect(ours.count('disconnect')).toBe(0);
        expect(ours.count('handshake')).toBe(1);
      }));
  }

  it.each(
    sides,
  )(`our SUB – ${flavour.name} PUB, CURVE, %s: V16 subscriptions are there again after a reconnect`, (side) =>
    withRig(peer, async (rig) => {
      const [own, their] = optionsOf(side, curveServer, curveClient);
      const endpoint = await rig.stableEndpoint('tcp');
      const ours = rig.ours('SUB', { ...own, reconnectInterval: 20 });
      await ours.subscribe('topic');
      await ours.connect(endpoint);
      for (let round = 1; round <= 2; round++) {
        const theirs = await (await rig.sharedPeer()).socket('PUB', their);
        await theirs.bind(endpoint);
        await probe(theirs, ours, 'topic');
        await theirs.close();
        await ours.happened('disconnect', round);
      }
    }));
});
