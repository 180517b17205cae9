/**
 * How each pair of socket types exchanges messages: who speaks first, which envelope frames are sent and seen, what
 * must be in place before a message can arrive. Written once against `End`, so it holds with either library on either
 * side. Used by all files of the suite.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { expectFrames, type Frame, type Received, smallFrame } from '../support/peers/body.js';
import { DEADLINE, untilNot } from '../support/peers/deadline.js';
import { type End, type EndOptions, type SocketType, subscriptionFrame } from '../support/peers/end.js';

/** Every legal combination (RFC 28–31), ours first. */
export const legalPairs: readonly (readonly [ours: SocketType, theirs: SocketType])[] = [
  ['REQ', 'REP'],
  ['REP', 'REQ'],
  ['REQ', 'ROUTER'],
  ['ROUTER', 'REQ'],
  ['DEALER', 'REP'],
  ['REP', 'DEALER'],
  ['DEALER', 'ROUTER'],
  ['ROUTER', 'DEALER'],
  ['DEALER', 'DEALER'],
  ['ROUTER', 'ROUTER'],
  ['PUB', 'SUB'],
  ['SUB', 'PUB'],
  ['PUB', 'XSUB'],
  ['XSUB', 'PUB'],
  ['XPUB', 'SUB'],
  ['SUB', 'XPUB'],
  ['XPUB', 'XSUB'],
  ['XSUB', 'XPUB'],
  ['PUSH', 'PULL'],
  ['PULL', 'PUSH'],
  ['PAIR', 'PAIR'],
];

/**
 * Two ROUTERs meet only if each can name the other, and each must say so at once when it cannot yet. Handover, because
 * a libzmq ROUTER that is not read from holds on to the id of a peer that has gone.
 */
export function routerOptions(type: SocketType, other: SocketType, routingId: string): EndOptions {
  if (type !== 'ROUTER' || other !== 'ROUTER') return {};
  return { routingId, mandatory: true, handover: true, sendTimeout: 0 };
}

/** Sends the message every way this pair of types can, and checks what arrives. */
export async function exchange(ours: End, theirs: End, message: readonly Frame[]): Promise<void> {
  if (isPublisher(ours)) return publish(ours, theirs, message);
  if (isPublisher(theirs)) return publish(theirs, ours, message);
  if (ours.type === 'PUSH') return carry(ours, theirs, message);
  if (theirs.type === 'PUSH') return carry(theirs, ours, message);
  if (ours.type === 'ROUTER' && theirs.type === 'ROUTER') return route(ours, theirs, message);
  return mustWait(ours) ? converse(theirs, ours, message) : converse(ours, theirs, message);
}

/** One message, one way. */
async function carry(from: End, to: End, message: readonly Frame[]): Promise<void> {
  await from.send(message);
  expectFrames(await to.receive(), message);
}

/** A message one way and an answer the other way, with the envelopes of REQ, REP, DEALER and ROUTER. */
async function converse(first: End, second: End, message: readonly Frame[]): Promise<void> {
  const delimiter = first.type === 'DEALER' && second.type === 'REP' ? [''] : [];
  await first.send([...delimiter, ...message]);
  const received = await second.receive();
  const envelope = envelopeSeen(first, second, received);
  expectFrames(received, [...envelope, ...message]);

  const answer = ['answer', ...message, 'end'];
  await second.send([...envelope, ...answer]);
  expectFrames(await first.receive(), [...delimiter, ...answer]);
}

/** What a ROUTER finds before the message: the peer's id, which is for it to say, and the delimiter of a REQ. */
function envelopeSeen(first: End, second: End, received: Received[]): Frame[] {
  if (second.type !== 'ROUTER') return [];
  const id = smallFrame(received[0]);
  return first.type === 'REQ' ? [id, ''] : [id];
}

async function route(ours: End, theirs: End, message: readonly Frame[]): Promise<void> {
  await untilNot('EHOSTUNREACH', () => ours.send(['theirs', ...message]), 'our ROUTER knows the other');
  expectFrames(await theirs.receive(), ['ours', ...message]);
  await theirs.send(['ours', 'answer', ...message]);
  expectFrames(await ours.receive(), ['theirs', 'answer', ...message]);
}

async function publish(publisher: End, subscriber: End, message: readonly Frame[]): Promise<void> {
  await subscribeTo(publisher, subscriber, '');
  await carry(publisher, subscriber, message);
}

/**
 * Subscribes and waits until the publisher acts on it. An XPUB says so itself; a PUB is probed, and the probes are read
 * up to a marker so that the next message received is one that the case sent.
 */
export async function subscribeTo(publisher: End, subscriber: End, topic: string): Promise<void> {
  await subscriber.subscribe(topic);
  if (publisher.type === 'XPUB') await confirm(publisher, subscriber, topic);
  else await probe(publisher, subscriber, topic);
}

/** A libzmq subscriber notices a new connection only while it is being read from, so that has to come first. */
async function confirm(publisher: End, subscriber: End, topic: string): Promise<void> {
  const first = subscriber.receive();
  first.catch(() => {}); // awaited below, possibly after it failed
  expectFrames(await publisher.receive(), [subscriptionFrame(topic, true)]);
  await publisher.send([topic, 'confirmed']);
  expectFrames(await first, [topic, 'confirmed']);
}

/** Until what is published under the topic arrives. */
export async function probe(publisher: End, subscriber: End, topic: string): Promise<void> {
  expectFrames(await publishUntilReceived(publisher, subscriber, [[topic, 'probe']]), [topic, 'probe']);
  await readToMarker(publisher, subscriber, topic);
}

/** Publishes the messages again and again until the first of them arrives, and gives it. */
export async function publishUntilReceived(
  publisher: End,
  subscriber: End,
  messages: readonly (readonly Frame[])[],
): Promise<Received[]> {
  let settled = false;
  const first = subscriber.receive().finally(() => {
    settled = true;
  });
  first.catch(() => {}); // awaited below, possibly after it failed
  while (!settled) {
    for (const message of messages) await publisher.send(message);
    await delay(PROBE_INTERVAL);
  }
  return first;
}

/** Reads away everything under way, and gives what it was. */
export async function readToMarker(publisher: End, subscriber: End, topic: string): Promise<string[]> {
  const marker = `marker ${++markers}`;
  await publisher.send([topic, marker]);
  const skipped: string[] = [];
  for (;;) {
    const message = (await subscriber.receive()).map(readable);
    if (message[1] === marker) return skipped;
    skipped.push(message.join('|'));
  }
}

function readable(frame: Received): string {
  return Buffer.isBuffer(frame) ? frame.toString() : `${frame.size} octets`;
}

/** Unsubscribes and waits until the publisher acts on it, which takes another topic that stays subscribed. */
export async function unsubscribeFrom(publisher: End, subscriber: End, topic: string, stillOn: string): Promise<void> {
  await subscriber.unsubscribe(topic);
  if (publisher.type === 'XPUB') return expectFrames(await publisher.receive(), [subscriptionFrame(topic, false)]);
  const end = performance.now() + DEADLINE;
  do {
    await publisher.send([topic, 'still here?']);
    if ((await readToMarker(publisher, subscriber, stillOn)).length === 0) return;
  } while (performance.now() < end);
  expect.fail(`${topic} still arrives ${DEADLINE} ms after it was unsubscribed from`);
}

/** The types that cannot send before they have received. */
function mustWait(end: End): boolean {
  return end.type === 'REP' || end.type === 'ROUTER';
}

export function isPublisher(end: End): boolean {
  return end.type === 'PUB' || end.type === 'XPUB';
}

const PROBE_INTERVAL = 3;
let markers = 0;
