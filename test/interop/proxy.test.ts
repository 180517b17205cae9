/**
 * libzmq proxies in the peer process, with our sockets on one side or on both: XSUB/XPUB forwards subscriptions one way
 * and messages the other, ROUTER/DEALER carries requests and their envelopes, PULL/PUSH hands out work.
 */
import { expect, it } from 'vitest';
import { expectFrames, expectMessages } from '../support/peers/body.js';
import type { End, SocketType } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, readToMarker, subscribeTo, unsubscribeFrom } from './exchange.js';
import { type Rig, type Transport, transports, withRig } from './rig.js';

type Owner = 'our' | 'their';
type Party = [owner: Owner, type: SocketType];

const forwarders: [publisher: Party, subscriber: Party][] = [
  [
    ['our', 'PUB'],
    ['our', 'SUB'],
  ],
  [
    ['our', 'PUB'],
    ['our', 'XSUB'],
  ],
  [
    ['our', 'XPUB'],
    ['our', 'SUB'],
  ],
  [
    ['our', 'XPUB'],
    ['our', 'XSUB'],
  ],
  [
    ['our', 'PUB'],
    ['their', 'SUB'],
  ],
  [
    ['our', 'XPUB'],
    ['their', 'SUB'],
  ],
  [
    ['their', 'PUB'],
    ['our', 'SUB'],
  ],
  [
    ['their', 'PUB'],
    ['our', 'XSUB'],
  ],
  [
    ['their', 'XPUB'],
    ['our', 'SUB'],
  ],
];
const queues: [client: Party, worker: Party][] = [
  [
    ['our', 'REQ'],
    ['our', 'REP'],
  ],
  [
    ['our', 'REQ'],
    ['their', 'REP'],
  ],
  [
    ['their', 'REQ'],
    ['our', 'REP'],
  ],
  [
    ['our', 'DEALER'],
    ['our', 'REP'],
  ],
];
const streamers: [source: Party, sink: Party][] = [
  [
    ['our', 'PUSH'],
    ['our', 'PULL'],
  ],
  [
    ['our', 'PUSH'],
    ['their', 'PULL'],
  ],
  [
    ['their', 'PUSH'],
    ['our', 'PULL'],
  ],
];

describeFlavours((flavour, peer) => {
  for (const transport of transports) {
    const title = ([source, sink]: [Party, Party], proxy: string) =>
      `${source.join(' ')} – ${flavour.name} ${proxy} proxy – ${sink.join(' ')}, they bind, ${transport}`;

    for (const parties of forwarders) {
      const forwarder = title(parties, 'XSUB/XPUB');

      it(`${forwarder}: subscribing and unsubscribing take effect through the proxy`, () =>
        withRig(peer, async (rig) => {
          const [publisher, subscriber] = await throughProxy(rig, parties, ['XSUB', 'XPUB'], transport);
          await subscribeTo(publisher, subscriber, 'apples');
          await subscribeTo(publisher, subscriber, 'pears');
          await expectThrough(publisher, subscriber, ['apples', 'pears']);
          await unsubscribeFrom(publisher, subscriber, 'apples', 'pears');
          await expectThrough(publisher, subscriber, ['pears']);
        }));

      it(`${forwarder}: messages come through whole and in order`, () =>
        withRig(peer, async (rig) => {
          const [publisher, subscriber] = await throughProxy(rig, parties, ['XSUB', 'XPUB'], transport);
          await subscribeTo(publisher, subscriber, '');
          const messages = Array.from({ length: 500 }, (_, index) => [`${index}`, '', `of 500`]);
          for (const message of messages) await publisher.send(message);
          for (const message of messages) expectFrames(await subscriber.receive(), message);
        }));
    }

    for (const parties of queues) {
      it(`${title(parties, 'ROUTER/DEALER')}: requests and replies`, () =>
        withRig(peer, async (rig) => {
          const [client, worker] = await throughProxy(rig, parties, ['ROUTER', 'DEALER'], transport);
          for (const request of [['one'], ['two', 'frames'], ['', 'leading'], ['']]) {
            await exchange(client, worker, request);
          }
        }));
    }

    for (const parties of streamers) {
      it(`${title(parties, 'PULL/PUSH')}: messages come through whole and in order`, () =>
        withRig(peer, async (rig) => {
          const [source, sink] = await throughProxy(rig, parties, ['PULL', 'PUSH'], transport);
          const messages = Array.from({ length: 500 }, (_, index) => [`${index}`, '', 'of 500']);
          for (const message of messages) await source.send(message);
          for (const message of messages) expectFrames(await sink.receive(), message);
        }));
    }

    it(`our PUB – ${flavour.name} XSUB/XPUB proxy – two of our SUB, they bind, ${transport}: each gets its own`, () =>
      withRig(peer, async (rig) => {
        const endpoints = await startProxy(rig, ['XSUB', 'XPUB'], transport);
        const publisher = rig.ours('PUB');
        const [first, second] = [rig.ours('SUB'), rig.ours('SUB')];
        await publisher.connect(endpoints.front);
        await first.connect(endpoints.back);
        await second.connect(endpoints.back);
        await subscribeTo(publisher, first, 'apples');
        await subscribeTo(publisher, second, 'pears');
        await subscribeTo(publisher, first, 'plums');
        for (const topic of ['apples', 'pears', 'plums']) await publisher.send([topic, 'ripe']);
        expectMessages(
          [await first.receive(), await first.receive()],
          [
            ['apples', 'ripe'],
            ['plums', 'ripe'],
          ],
        );
        expectFrames(await second.receive(), ['pears', 'ripe']);
      }));
  }
});

/** Two ends that can reach each other only through a proxy in the peer process. */
async function throughProxy(
  rig: Rig,
  parties: [Party, Party],
  sides: [front: SocketType, back: SocketType],
  transport: Transport,
): Promise<[source: End, sink: End]> {
  const { front, back } = await startProxy(rig, sides, transport);
  const [source, sink] = [await make(rig, parties[0]), await make(rig, parties[1])];
  await source.connect(front);
  await sink.connect(back);
  return [source, sink];
}

async function startProxy(rig: Rig, [front, back]: [SocketType, SocketType], transport: Transport) {
  const peer = await rig.sharedPeer();
  const proxy = await peer.proxy(
    { type: front, endpoint: rig.endpoint(transport) },
    { type: back, endpoint: rig.endpoint(transport) },
  );
  rig.defer(() => peer.endProxy(proxy.name));
  return proxy;
}

async function make(rig: Rig, [owner, type]: Party): Promise<End> {
  return owner === 'our' ? rig.ours(type) : rig.theirs(type);
}

/** Publishes under each of two topics, and expects those that are subscribed to. */
async function expectThrough(publisher: End, subscriber: End, topics: string[]): Promise<void> {
  await publisher.send(['apples', 'ripe']);
  await publisher.send(['pears', 'ripe']);
  expect(await readToMarker(publisher, subscriber, 'pears')).toEqual(topics.map((topic) => `${topic}|ripe`));
}
