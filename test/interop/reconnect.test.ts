/**
 * Peers that go and come back: a libzmq process killed and started again on the same endpoint, or our own socket closed
 * and bound again. The connection is made anew without help, subscriptions are back, and what a connecting socket was
 * given meanwhile is delivered.
 */
import { afterAll, expect, it } from 'vitest';
import { expectFrames, expectMessages, type Received, smallFrame } from '../support/peers/body.js';
import { untilNot } from '../support/peers/deadline.js';
import { type EndOptions, type SocketType, subscriptionFrame } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import type { Peer, PeerSocket } from '../support/peers/peer.js';
import { exchange, publishUntilReceived, routerOptions, subscribeTo } from './exchange.js';
import type { OurSocket } from './our-socket.js';
import { type Binder, type Link, links, linkTitle, type Rig, withRig } from './rig.js';
import { Spares } from './spares.js';

const pairs: [ours: SocketType, theirs: SocketType][] = [
  ['PUSH', 'PULL'],
  ['PULL', 'PUSH'],
  ['REQ', 'REP'],
  ['REP', 'REQ'],
  ['DEALER', 'ROUTER'],
  ['ROUTER', 'DEALER'],
  ['ROUTER', 'ROUTER'],
  ['PAIR', 'PAIR'],
  ['PUB', 'SUB'],
];
const publishers: [ours: SocketType, theirs: SocketType][] = [
  ['XPUB', 'SUB'],
  ['XPUB', 'XSUB'],
];
const subscribers: [ours: SocketType, theirs: SocketType][] = [
  ['SUB', 'XPUB'],
  ['XSUB', 'XPUB'],
];
const queuing: [ours: SocketType, theirs: SocketType][] = [
  ['PUSH', 'PULL'],
  ['DEALER', 'DEALER'],
  ['DEALER', 'ROUTER'],
];

describeFlavours((flavour, peer) => {
  const spares = new Spares(flavour);
  afterAll(() => spares.stop());

  for (const link of links(pairs)) {
    it(`${linkTitle(flavour, link)}: messages flow again after they were killed and restarted`, () =>
      withRig(peer, async (rig) => {
        const meeting = await meet(rig, spares, link);
        await exchange(meeting.ours, meeting.theirs, ['before']);
        await exchange(meeting.ours, await restart(meeting), ['after', '', 'the restart']);
      }));
  }

  for (const link of links(publishers).filter(({ binder }) => binder === 'we bind')) {
    it(`${linkTitle(flavour, link)}: we are told of the subscription they took with them, and of the new one`, () =>
      withRig(peer, async (rig) => {
        const meeting = await meet(rig, spares, link);
        await subscribeTo(meeting.ours, meeting.theirs, 'apples');
        const theirs = await restart(meeting);
        expectFrames(await meeting.ours.receive(), [subscriptionFrame('apples', false)]);
        await subscribeTo(meeting.ours, theirs, 'pears');
      }));
  }

  for (const link of links(subscribers)) {
    it(`${linkTitle(flavour, link)}: after their restart they are told exactly the live subscriptions, once each`, () =>
      withRig(peer, async (rig) => {
        const meeting = await meet(rig, spares, link);
        const { ours } = meeting;
        await subscribeAndUnsubscribe(ours, meeting.theirs);
        const next = ours.receive(); // a libzmq SUB resends its subscriptions only while it is being read from
        next.catch(() => {}); // awaited below, possibly after it failed
        const theirs = await restart(meeting);
        expect((await subscriptions(theirs, 2)).sort()).toEqual(['+apples', '+pears']);
        await ours.subscribe('last');
        expect(await subscriptions(theirs, 1)).toEqual(['+last']);
        await theirs.sendAll([['plums'], ['pears']]);
        expectFrames(await next, ['pears']);
      }));
  }

  for (const link of links([['SUB', 'PUB']])) {
    it(`${linkTitle(flavour, link)}: after their restart what was subscribed to before arrives again`, () =>
      withRig(peer, async (rig) => {
        const meeting = await meet(rig, spares, link);
        await subscribeTo(meeting.theirs, meeting.ours, 'apples');
        const theirs = await restart(meeting);
        const published = [['plums'], ['apples'], ['pears']];
        expectFrames(await publishUntilReceived(theirs, meeting.ours, published), ['apples']);
      }));
  }

  for (const link of links(queuing).filter(({ binder }) => binder === 'they bind')) {
    it(`${linkTitle(flavour, link)}: what we send while they are away is delivered, in order`, () =>
      withRig(peer, async (rig) => {
        const meeting = await meet(rig, spares, link);
        await meeting.peer.kill();
        await meeting.ours.happened('disconnect');
        const messages = Array.from({ length: 100 }, (_, index) => ['while', 'away', `${index}`]);
        for (const message of messages) await meeting.ours.send(message);
        const theirs = await comeBack(meeting);
        expectMessages(withoutIds(theirs, await theirs.receiveAll(messages.length)), messages);
      }));
  }

  for (const link of links(pairs).filter(({ binder }) => binder === 'we bind')) {
    it(`${linkTitle(flavour, link)}: messages flow again after we closed and bound the endpoint anew`, () =>
      withRig(peer, async (rig) => {
        const endpoint = await rig.stableEndpoint(link.transport);
        const theirs = await rig.theirs(link.theirs, { ...fast, ...routerOptions(link.theirs, link.ours, 'theirs') });
        const ours = rig.ours(link.ours, routerOptions(link.ours, link.theirs, 'ours'));
        await ours.bind(endpoint);
        await theirs.connect(endpoint);
        await exchange(ours, theirs, ['before']);
        await ours.close();
        const again = rig.ours(link.ours, routerOptions(link.ours, link.theirs, 'ours'));
        await bindWhenFree(again, endpoint);
        await again.happened('handshake');
        await exchange(again, theirs, ['after']);
      }));
  }
});

interface Meeting {
  readonly rig: Rig;
  readonly link: Link;
  readonly endpoint: string;
  /** The process with the socket that we meet first. */
  readonly peer: Peer;
  /** The process that will take its place. */
  readonly standby: Promise<Peer>;
  readonly ours: OurSocket;
  readonly theirs: PeerSocket;
}

/** Both ends joined through an endpoint that can be bound again, the peer in a process of its own. */
async function meet(rig: Rig, spares: Spares, link: Link): Promise<Meeting> {
  const endpoint = await rig.stableEndpoint(link.transport);
  const { peer, standby } = await spares.take(rig);
  const ours = rig.ours(link.ours, { ...fast, ...watchful, ...routerOptions(link.ours, link.theirs, 'ours') });
  const theirs = await theirSocket(peer, link);
  if (link.binder === 'we bind') await ours.bind(endpoint);
  await takePart(theirs, link.binder, endpoint);
  if (link.binder === 'they bind') await ours.connect(endpoint);
  await ours.happened('handshake');
  await standby;
  return { rig, link, endpoint, peer, standby, ours, theirs };
}

/** Kills the peer, waits until we have noticed, starts another in its place, waits until we have met it. */
async function restart(meeting: Meeting): Promise<PeerSocket> {
  // A libzmq PAIR lets go of the peer that has gone, and takes another, only while it is being read from.
  const next = meeting.ours.type === 'PAIR' ? meeting.ours.receive() : undefined;
  next?.catch(() => {}); // awaited below, possibly after it failed
  await meeting.peer.kill();
  await meeting.ours.happened('disconnect');
  const theirs = await comeBack(meeting);
  if (next === undefined) return theirs;
  await theirs.send(['back']);
  expectFrames(await next, ['back']);
  return theirs;
}

async function comeBack({ rig, link, endpoint, standby, ours }: Meeting): Promise<PeerSocket> {
  const theirs = await theirSocket(await standby, link);
  rig.defer(() => theirs.close());
  await takePart(theirs, link.binder, endpoint);
  await ours.happened('handshake', 2);
  return theirs;
}

function theirSocket(peer: Peer, link: Link): Promise<PeerSocket> {
  return peer.socket(link.theirs, { ...fast, ...routerOptions(link.theirs, link.ours, 'theirs') });
}

async function takePart(theirs: PeerSocket, binder: Binder, endpoint: string): Promise<void> {
  if (binder === 'they bind') await theirs.bind(endpoint);
  else await theirs.connect(endpoint);
}

/** A port is free again a little after the close, since closing is not awaited. */
async function bindWhenFree(ours: OurSocket, endpoint: string): Promise<void> {
  await untilNot('EADDRINUSE', async () => void (await ours.bind(endpoint)), `${endpoint} is free`);
}

async function subscribeAndUnsubscribe(ours: OurSocket, theirs: PeerSocket): Promise<void> {
  await subscribeTo(theirs, ours, 'apples');
  await ours.subscribe('plums');
  await ours.subscribe('pears');
  await ours.unsubscribe('plums');
  expect(await subscriptions(theirs, 3)).toEqual(['+plums', '+pears', '-plums']);
}

async function subscriptions(theirs: PeerSocket, count: number): Promise<string[]> {
  const messages = await theirs.receiveAll(count);
  return messages.map(([frame]) => {
    const bytes = smallFrame(frame);
    return `${bytes[0] === 1 ? '+' : '-'}${bytes.subarray(1)}`;
  });
}

function withoutIds(theirs: PeerSocket, messages: Received[][]): Received[][] {
  return theirs.type === 'ROUTER' ? messages.map(([, ...frames]) => frames) : messages;
}

const fast: EndOptions = { reconnectInterval: 20, reconnectMaxInterval: 100 };
/** Wine does not always tell that a connection has ended with the process at its other end; then heartbeats do. */
const watchful: EndOptions = process.platform === 'win32' ? { heartbeatInterval: 500, heartbeatTimeout: 3000 } : {};
