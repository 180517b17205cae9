/**
 * Options that show on the wire or in who is served, with the other library as the witness: REQ correlation and relaxed
 * requests, the message size limit of either side, immediate, and how PUSH and PULL spread over several peers.
 */
import { expect, it } from 'vitest';
import { Body, expectFrames, expectMessages, smallFrame } from '../support/peers/body.js';
import type { End, EndOptions, SocketType } from '../support/peers/end.js';
import { describeFlavours, type Flavour, type SharedPeer } from '../support/peers/flavours.js';
import { exchange } from './exchange.js';
import { type Link, links, linkTitle, type Rig, type Transport, transports, withRig } from './rig.js';

const requests: [ours: SocketType, theirs: SocketType][] = [
  ['REQ', 'REP'],
  ['REP', 'REQ'],
  ['REQ', 'ROUTER'],
  ['ROUTER', 'REQ'],
];
const LIMIT = 1_000;
const SHARE = 50;

describeFlavours((flavour, peer) => {
  requestOptions(flavour, peer);
  sizeLimits(flavour, peer);
  for (const transport of transports) distribution(flavour, peer, transport);
});

function requestOptions(flavour: Flavour, peer: SharedPeer): void {
  for (const link of links(requests)) {
    const whose = link.ours === 'REQ' ? 'our' : 'their';

    if (![link.ours, link.theirs].includes('ROUTER')) {
      it(`${linkTitle(flavour, link)}: ${whose} correlated requests are answered`, () =>
        withRig(peer, async (rig) => {
          const [ours, theirs] = await rig.join(link, ...forRequester(link, { correlate: true }));
          for (const request of [['one'], ['two', ''], ['', 'three']]) await exchange(ours, theirs, request);
        }));
      continue;
    }

    it(`${linkTitle(flavour, link)}: ${whose} correlated request carries a number before the delimiter`, () =>
      withRig(peer, async (rig) => {
        const [requester, router] = await joinInRoles(rig, link, { correlate: true });
        const numbers = [await answerNumbered(requester, router), await answerNumbered(requester, router)];
        expect(numbers.map(({ length }) => length)).toEqual([4, 4]);
        expect(numbers[0]).not.toEqual(numbers[1]);
      }));

    it(`${linkTitle(flavour, link)}: ${whose} relaxed REQ asks again, and takes the answer to the last request only`, () =>
      withRig(peer, async (rig) => {
        const [requester, router] = await joinInRoles(rig, link, { correlate: true, relaxed: true });
        await requester.send(['first']);
        const first = (await router.receive()).map(smallFrame);
        await requester.send(['second']);
        const second = (await router.receive()).map(smallFrame);
        expectFrames([first.at(-1)!, second.at(-1)!], ['first', 'second']);
        await router.send([...first.slice(0, -1), 'too late']);
        await router.send([...second.slice(0, -1), 'in time']);
        expectFrames(await requester.receive(), ['in time']);
      }));
  }
}

/** The side with the limit is bound: a libzmq socket that hangs up on a message does not connect again. */
function sizeLimits(flavour: Flavour, peer: SharedPeer): void {
  for (const transport of transports) {
    it(`our PULL – ${flavour.name} PUSH, we bind, ${transport}: a message over our limit ends the connection, not more`, () =>
      withRig(peer, async (rig) => {
        const link: Link = { ours: 'PULL', theirs: 'PUSH', binder: 'we bind', transport };
        const [ours, theirs] = await rig.join(link, { maxMessageSize: LIMIT }, { reconnectInterval: 20 });
        await exchange(ours, theirs, [new Body(LIMIT)]);
        await theirs.send([new Body(LIMIT + 1)]);
        await ours.happened('handshake', 2);
        await exchange(ours, theirs, [new Body(LIMIT)]);
      }));

    it(`our PUSH – ${flavour.name} PULL, they bind, ${transport}: a message over their limit ends the connection, not more`, () =>
      withRig(peer, async (rig) => {
        const link: Link = { ours: 'PUSH', theirs: 'PULL', binder: 'they bind', transport };
        const [ours, theirs] = await rig.join(link, { reconnectInterval: 20 }, { maxMessageSize: LIMIT });
        await exchange(ours, theirs, [new Body(LIMIT)]);
        await ours.send([new Body(LIMIT + 1)]);
        await ours.happened('handshake', 2);
        await exchange(ours, theirs, [new Body(LIMIT)]);
      }));
  }
}

function distribution(flavour: Flavour, peer: SharedPeer, transport: Transport): void {
  const messages = Array.from({ length: 3 * SHARE }, (_, index) => [`${index}`]);

  it(`our PUSH – three ${flavour.name} PULL, we bind, ${transport}: each gets a third, in turn`, () =>
    withRig(peer, async (rig) => {
      const ours = rig.ours('PUSH');
      const endpoint = await ours.bind(rig.endpoint(transport));
      const pulls = [await rig.theirs('PULL'), await rig.theirs('PULL'), await rig.theirs('PULL')];
      for (const pull of pulls) await pull.connect(endpoint);
      await ours.happened('handshake', 3);
      for (const message of messages) await ours.send(message);
      const received = await Promise.all(pulls.map((pull) => pull.receiveAll(SHARE)));
      for (const share of received) {
        const numbers = share.map(([frame]) => Number(smallFrame(frame).toString()));
        expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + 3 * index));
      }
    }));

  it(`our PULL – three ${flavour.name} PUSH, we bind, ${transport}: all arrive, each stream in order`, () =>
    withRig(peer, async (rig) => {
      const ours = rig.ours('PULL');
      const endpoint = await ours.bind(rig.endpoint(transport));
      for (const name of ['a', 'b', 'c']) {
        const push = await rig.theirs('PUSH');
        await push.connect(endpoint);
        await push.sendAll(messages.map((message) => [name, ...message]));
      }
      const received = await ours.receiveAll(3 * messages.length);
      for (const name of ['a', 'b', 'c']) {
        const stream = received.filter(([from]) => from!.toString() === name);
        expectMessages(
          stream,
          messages.map((message) => [name, ...message]),
        );
      }
    }));

  it(`our PUSH – ${flavour.name} PULL, they bind, ${transport}: with immediate nothing waits for a peer that is not there`, () =>
    withRig(peer, async (rig) => {
      const ours = rig.ours('PUSH', { immediate: true });
      const theirs = await rig.theirs('PULL');
      await ours.connect(await rig.stableEndpoint(transport));
      await ours.connect(await theirs.bind(rig.endpoint(transport)));
      for (const message of messages) await ours.send(message);
      expectMessages(await theirs.receiveAll(messages.length), messages);
    }));
}

/** Answers one numbered request, and gives the number. */
async function answerNumbered(requester: End, router: End): Promise<Buffer> {
  await requester.send(['hello']);
  const [id, number, ...rest] = (await router.receive()).map(smallFrame);
  expectFrames(rest, ['', 'hello']);
  await router.send([id!, number!, '', 'answer']);
  expectFrames(await requester.receive(), ['answer']);
  return number!;
}

async function joinInRoles(rig: Rig, link: Link, options: EndOptions): Promise<[requester: End, other: End]> {
  const [ours, theirs] = await rig.join(link, ...forRequester(link, options));
  return link.ours === 'REQ' ? [ours, theirs] : [theirs, ours];
}

function forRequester(link: Link, options: EndOptions): [ours: EndOptions, theirs: EndOptions] {
  return link.ours === 'REQ' ? [options, {}] : [{}, options];
}
