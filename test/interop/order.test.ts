/**
 * Thousands of messages in a row: all arrive, once, in order, whatever their sizes, whichever way they go, and also
 * when both queues are short and the reader is slower than the writer.
 */
import { it } from 'vitest';
import { Body, expectMessages, type Frame, type Received } from '../support/peers/body.js';
import type { End, EndOptions, SocketType } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import type { PeerSocket } from '../support/peers/peer.js';
import { isPublisher, subscribeTo } from './exchange.js';
import type { OurSocket } from './our-socket.js';
import { type Link, links, linkTitle, type Rig, withRig } from './rig.js';

type Way = 'to them' | 'to us';
const flows: [ours: SocketType, theirs: SocketType, way: Way][] = [
  ['PUSH', 'PULL', 'to them'],
  ['PULL', 'PUSH', 'to us'],
  ['PUB', 'SUB', 'to them'],
  ['SUB', 'PUB', 'to us'],
  ['XPUB', 'XSUB', 'to them'],
  ['XSUB', 'XPUB', 'to us'],
  ['DEALER', 'DEALER', 'to them'],
  ['DEALER', 'DEALER', 'to us'],
  ['DEALER', 'ROUTER', 'to them'],
  ['ROUTER', 'DEALER', 'to us'],
  ['PAIR', 'PAIR', 'to them'],
  ['PAIR', 'PAIR', 'to us'],
];
const lossless = flows.filter(([ours, theirs]) => !`${ours}${theirs}`.includes('SUB'));

const COUNT = 2_000;
/** Mostly small, now and then across a read buffer, so that frames straddle every boundary there is. */
const messages = Array.from({ length: COUNT }, (_, index) => [`${index}`, new Body(sizeOf(index))]);
/** Far more octets than the queues and the kernel take while nobody reads. */
const block = new Body(32_768);
const HEAVY_COUNT = 500;
const heavy = Array.from({ length: HEAVY_COUNT }, (_, index) => [`${index}`, block]);

describeFlavours((flavour, peer) => {
  for (const [ours, theirs, way] of flows) {
    for (const link of links([[ours, theirs]])) {
      it(`${linkTitle(flavour, link)}: ${COUNT} messages ${way} keep their order`, () =>
        withRig(peer, async (rig) => {
          const ends = await joinWithQueues(rig, link, way, 0);
          const [, received] = await Promise.all([sendAll(ends, way, messages), receiveAll(ends, way, [COUNT])]);
          expectMessages(received, messages);
        }));
    }
  }

  for (const [ours, theirs, way] of lossless) {
    for (const link of links([[ours, theirs]])) {
      it(`${linkTitle(flavour, link)}: 16 MiB ${way} through queues of 10 messages, read in bursts`, () =>
        withRig(peer, async (rig) => {
          const ends = await joinWithQueues(rig, link, way, 10);
          const bursts = Array.from({ length: HEAVY_COUNT / 50 }, () => 50);
          const [, received] = await Promise.all([sendAll(ends, way, heavy), receiveAll(ends, way, bursts)]);
          expectMessages(received, heavy);
        }));
    }
  }
});

type Ends = [ours: OurSocket, theirs: PeerSocket];

async function joinWithQueues(rig: Rig, link: Link, way: Way, highWaterMark: number): Promise<Ends> {
  const sending: EndOptions = { sendHighWaterMark: highWaterMark };
  const receiving: EndOptions = { receiveHighWaterMark: highWaterMark };
  const ends = await rig.join(link, ...(way === 'to them' ? [sending, receiving] : [receiving, sending]));
  const [publisher, subscriber] = inOrder(ends, way);
  if (isPublisher(publisher)) await subscribeTo(publisher, subscriber, '');
  return ends;
}

async function sendAll([ours, theirs]: Ends, way: Way, all: readonly Frame[][]): Promise<void> {
  if (way === 'to us') return theirs.sendAll(all);
  for (const message of all) await ours.send(message);
}

/** Between bursts the other process is asked for something, which gives the writer the time to run into the mark. */
async function receiveAll(ends: Ends, way: Way, bursts: number[]): Promise<Received[][]> {
  const [ours, theirs] = ends;
  const received: Received[][] = [];
  for (const count of bursts) {
    received.push(...(way === 'to us' ? await ours.receiveAll(count) : await theirs.receiveAll(count)));
    await theirs.alive();
  }
  return inOrder(ends, way)[1].type === 'ROUTER' ? received.map(([, ...frames]) => frames) : received;
}

function inOrder([ours, theirs]: Ends, way: Way): [from: End, to: End] {
  return way === 'to them' ? [ours, theirs] : [theirs, ours];
}

function sizeOf(index: number): number {
  if (index % 97 === 0) return 70_000;
  return index % 10 === 0 ? index * 4 : index % 300;
}
