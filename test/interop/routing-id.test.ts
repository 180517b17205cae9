/**
 * Routing ids across the two libraries: a ROUTER sees the id that the other side chose, or makes one up; it reaches
 * exactly the peer it names; it may choose the id itself when it connects; probes, handover and unknown ids work alike.
 */
import { describe, expect, it } from 'vitest';
import { expectFrames, smallFrame } from '../support/peers/body.js';
import { untilNot } from '../support/peers/deadline.js';
import type { End, EndOptions, SocketType } from '../support/peers/end.js';
import { describeFlavours, type Flavour, type SharedPeer } from '../support/peers/flavours.js';
import { exchange, routerOptions } from './exchange.js';
import { type Link, links, linkTitle, type Rig, transports, withRig } from './rig.js';

const toOurRouter: [SocketType, SocketType][] = [
  ['ROUTER', 'REQ'],
  ['ROUTER', 'DEALER'],
];
const toTheirRouter: [SocketType, SocketType][] = [
  ['REQ', 'ROUTER'],
  ['DEALER', 'ROUTER'],
];
/** Nothing but a leading zero octet is ruled out; zeromq.js cuts what it sends as a string at any zero. */
const ids: [what: string, id: Buffer][] = [
  ['one octet', Buffer.from('x')],
  ['a word', Buffer.from('a-dealer')],
  ['text beyond ASCII', Buffer.from('żółw 🐢')],
  ['octets that are not text', Buffer.of(0xff, 0xfe, 0x80, 0x01)],
  ['255 octets', Buffer.alloc(255, 'i')],
];

describeFlavours((flavour, peer) => {
  for (const link of links([...toOurRouter, ...toTheirRouter])) {
    it.each(ids)(`${linkTitle(flavour, link)}: the ROUTER sees the id it is given, %s`, (_, id) =>
      withRig(peer, async (rig) => {
        expectFrames([await idSeen(rig, link, { routingId: id })], [id]);
      }));

    it(`${linkTitle(flavour, link)}: without an id the ROUTER makes up a different one for each peer`, () =>
      withRig(peer, async (rig) => {
        const made = [await idSeen(rig, link, {}), await idSeen(rig, link, {})];
        for (const id of made) expect([id.length, id[0]]).toEqual([5, 0]);
      }));
  }

  describe('many peers', () => manyPeers(flavour, peer));
  describe('ids that the ROUTER chooses', () => chosenIds(flavour, peer));
  describe('probes', () => probes(flavour, peer));
});

function manyPeers(flavour: Flavour, peer: SharedPeer): void {
  for (const transport of transports) {
    it(`our ROUTER – ${flavour.name} DEALER, we bind, ${transport}: each of five gets its own answer`, () =>
      withRig(peer, async (rig) =>
        answerEach(rig.ours('ROUTER'), await five(() => rig.theirs('DEALER')), rig, transport),
      ));

    it(`our DEALER – ${flavour.name} ROUTER, they bind, ${transport}: each of five gets its own answer`, () =>
      withRig(peer, async (rig) =>
        answerEach(await rig.theirs('ROUTER'), await five(async () => rig.ours('DEALER')), rig, transport),
      ));

    it(`our ROUTER – ${flavour.name} DEALER, we bind, ${transport}: with handover the later of two same ids counts`, () =>
      withRig(peer, async (rig) => {
        const options = { routingId: 'same' };
        const dealers = [await rig.theirs('DEALER', options), await rig.theirs('DEALER', options)];
        await handOver(rig.ours('ROUTER', { handover: true }), dealers, rig.endpoint(transport));
      }));

    it(`our DEALER – ${flavour.name} ROUTER, they bind, ${transport}: with handover the later of two same ids counts`, () =>
      withRig(peer, async (rig) => {
        const options = { routingId: 'same', reconnectInterval: 60_000 };
        const dealers = [rig.ours('DEALER', options), rig.ours('DEALER', options)];
        await handOver(await rig.theirs('ROUTER', { handover: true }), dealers, rig.endpoint(transport));
      }));

    it(`our ROUTER – ${flavour.name} DEALER, we bind, ${transport}: mandatory tells of an id never seen`, () =>
      withRig(peer, async (rig) => {
        const link: Link = { ours: 'ROUTER', theirs: 'DEALER', binder: 'we bind', transport };
        const [ours, theirs] = await rig.join(link, { mandatory: true, sendTimeout: 0 }, { routingId: 'known' });
        await exchange(ours, theirs, ['hello']);
        await expect(ours.send(['unknown', 'hello'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
        await ours.send(['known', 'hello']);
        expectFrames(await theirs.receive(), ['hello']);
      }));
  }
}

function chosenIds(flavour: Flavour, peer: SharedPeer): void {
  for (const transport of transports) {
    for (const type of ['DEALER', 'ROUTER'] as const) {
      it(`our ROUTER – ${flavour.name} ${type}, they bind, ${transport}: we reach them by the id we connect with`, () =>
        withRig(peer, async (rig) => {
          const ours = rig.ours('ROUTER', { routingId: 'caller' });
          await reachByChosenId(rig, ours, await rig.theirs(type), transport);
        }));

      it(`our ${type} – ${flavour.name} ROUTER, we bind, ${transport}: they reach us by the id they connect with`, () =>
        withRig(peer, async (rig) => {
          const theirs = await rig.theirs('ROUTER', { routingId: 'caller' });
          await reachByChosenId(rig, theirs, rig.ours(type), transport);
        }));
    }

    for (const link of links([['ROUTER', 'ROUTER']]).filter((each) => each.transport === transport)) {
      it(`${linkTitle(flavour, link)}: they know each other by the ids they chose for themselves`, () =>
        withRig(peer, async (rig) => {
          const options = (id: string) => routerOptions('ROUTER', 'ROUTER', id);
          const [ours, theirs] = await rig.join(link, options('ours'), options('theirs'));
          await exchange(ours, theirs, ['hello', '']);
          await theirs.send(['ours', 'once more']);
          expectFrames(await ours.receive(), ['theirs', 'once more']);
        }));
    }
  }
}

/** A libzmq socket that is bound and idle sends no probe before it is used, so the probing side is the one to connect. */
function probes(flavour: Flavour, peer: SharedPeer): void {
  const both: [SocketType, SocketType] = ['ROUTER', 'ROUTER'];
  for (const link of links([...toOurRouter, both]).filter(({ binder }) => binder === 'we bind')) {
    it(`${linkTitle(flavour, link)}: their probe arrives as an empty message`, () =>
      withRig(peer, async (rig) => {
        const [ours] = await rig.join(link, {}, { probeRouter: true, routingId: 'prober' });
        expectFrames(await ours.receive(), ['prober', '']);
      }));
  }
  for (const link of links([...toTheirRouter, both]).filter(({ binder }) => binder === 'they bind')) {
    it(`${linkTitle(flavour, link)}: our probe arrives as an empty message`, () =>
      withRig(peer, async (rig) => {
        const [, theirs] = await rig.join(link, { probeRouter: true, routingId: 'prober' });
        expectFrames(await theirs.receive(), ['prober', '']);
      }));
  }
}

/** Joins a new pair, lets the one that is no ROUTER speak, and gives the id that the ROUTER knows it by. */
async function idSeen(rig: Rig, link: Link, options: EndOptions): Promise<Buffer> {
  const weRoute = link.ours === 'ROUTER';
  const [ours, theirs] = await rig.join(link, weRoute ? {} : options, weRoute ? options : {});
  const [router, other] = weRoute ? [ours, theirs] : [theirs, ours];
  await other.send(['hello']);
  return smallFrame((await router.receive())[0]);
}

async function five<T>(make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < 5) made.push(await make());
  return made;
}

async function answerEach(router: End, dealers: End[], rig: Rig, transport: 'tcp' | 'ipc'): Promise<void> {
  const endpoint = await router.bind(rig.endpoint(transport));
  for (const [index, dealer] of dealers.entries()) {
    await dealer.connect(endpoint);
    await dealer.send([`from ${index}`]);
  }
  for (const _ of dealers) {
    const [id, frame] = await router.receive();
    await router.send([smallFrame(id), 'back to', smallFrame(frame)]);
  }
  for (const [index, dealer] of dealers.entries()) expectFrames(await dealer.receive(), ['back to', `from ${index}`]);
}

async function handOver(router: End, [first, second]: End[], pattern: string): Promise<void> {
  const endpoint = await router.bind(pattern);
  for (const [name, dealer] of [
    ['first', first!],
    ['second', second!],
  ] as const) {
    await dealer.connect(endpoint);
    await dealer.send(['I am', name]);
    expectFrames(await router.receive(), ['same', 'I am', name]);
    await router.send(['same', 'you are', name]);
    expectFrames(await dealer.receive(), ['you are', name]);
  }
}

/** The ROUTER speaks first, to an id that it has chosen itself. */
async function reachByChosenId(rig: Rig, router: End, other: End, transport: 'tcp' | 'ipc'): Promise<void> {
  const endpoint = await other.bind(rig.endpoint(transport));
  await router.connect(endpoint, 'chosen');
  const envelope = other.type === 'ROUTER' ? ['caller'] : [];
  await untilNot('EHOSTUNREACH', () => router.send(['chosen', 'hello']), 'ROUTER knows the id it chose');
  expectFrames(await other.receive(), [...envelope, 'hello']);
  await other.send([...envelope, 'hello yourself']);
  expectFrames(await router.receive(), ['chosen', 'hello yourself']);
}
