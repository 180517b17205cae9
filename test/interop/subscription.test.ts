/**
 * Subscriptions between the two libraries, without anything in between: prefixes decide what arrives, subscribing and
 * unsubscribing take effect, topics may be long, many or no text, and XPUB is told as much as its options say.
 */
import { describe, expect, it } from 'vitest';
import { expectFrames, type Received, smallFrame } from '../support/peers/body.js';
import { type End, type EndOptions, type SocketType, subscriptionFrame } from '../support/peers/end.js';
import { describeFlavours, type Flavour, type SharedPeer } from '../support/peers/flavours.js';
import { PeerSocket } from '../support/peers/peer.js';
import { isPublisher, probe, readToMarker, subscribeTo, unsubscribeFrom } from './exchange.js';
import { type Link, links, linkTitle, type Rig, withRig } from './rig.js';

type Pairs = [ours: SocketType, theirs: SocketType][];
const allPairs: Pairs = [
  ['PUB', 'SUB'],
  ['PUB', 'XSUB'],
  ['XPUB', 'SUB'],
  ['XPUB', 'XSUB'],
  ['SUB', 'PUB'],
  ['SUB', 'XPUB'],
  ['XSUB', 'PUB'],
  ['XSUB', 'XPUB'],
];
const fruit = ['apples', 'apple pie', 'pears', 'app', 'plums', 'ap', ''];

describeFlavours((flavour, peer) => {
  for (const link of links(allPairs)) {
    describe(linkTitle(flavour, link), () => topics(link, peer));
  }
  for (const link of links([
    ['XPUB', 'XSUB'],
    ['XSUB', 'XPUB'],
  ])) {
    it(`${linkTitle(flavour, link)}: a message sent upstream reaches the publisher as it is`, () =>
      withRig(peer, async (rig) => {
        const [publisher, subscriber] = await joinInRoles(rig, link);
        await subscribeTo(publisher, subscriber, 'apples');
        await subscriber.send(['more', '', 'please']);
        expectFrames(await publisher.receive(), ['more', '', 'please']);
      }));
  }
  options(flavour, peer);
});

function topics(link: Link, peer: SharedPeer): void {
  const check = (title: string, run: (publisher: End, subscriber: End) => Promise<void>) =>
    it(title, () => withRig(peer, async (rig) => run(...(await joinInRoles(rig, link)))));

  check('what begins with a subscribed prefix arrives, and nothing else', async (publisher, subscriber) => {
    await subscribeTo(publisher, subscriber, 'app');
    await subscribeTo(publisher, subscriber, 'pl');
    expect(await arriving(publisher, subscriber, 'pl')).toEqual(['apples', 'apple pie', 'app', 'plums']);
  });

  check('unsubscribing takes effect, and so does subscribing again', async (publisher, subscriber) => {
    await subscribeTo(publisher, subscriber, 'pears');
    await subscribeTo(publisher, subscriber, 'app');
    await unsubscribeFrom(publisher, subscriber, 'app', 'pears');
    expect(await arriving(publisher, subscriber, 'pears')).toEqual(['pears']);
    await subscribeTo(publisher, subscriber, 'apple ');
    expect(await arriving(publisher, subscriber, 'pears')).toEqual(['apple pie', 'pears']);
  });

  check('a topic subscribed to twice stays when it is unsubscribed from once', async (publisher, subscriber) => {
    await subscribeTo(publisher, subscriber, 'app');
    await subscriber.subscribe('app');
    await subscriber.unsubscribe('app');
    await subscribeTo(publisher, subscriber, 'plums'); // acted upon after the two before it
    expect(await arriving(publisher, subscriber, 'plums')).toEqual(['apples', 'apple pie', 'app', 'plums']);
  });

  check('a topic subscribed to twice goes when it is unsubscribed from twice', async (publisher, subscriber) => {
    await subscribeTo(publisher, subscriber, 'app');
    await subscriber.subscribe('app');
    await subscriber.unsubscribe('app');
    await subscriber.unsubscribe('app');
    await subscriber.subscribe('plums'); // acted upon after the three before it
    if (publisher.type === 'XPUB') expect(await toldUpTo(publisher, '+plums')).toEqual(['-app', '+plums']);
    else await probe(publisher, subscriber, 'plums');
    expect(await arriving(publisher, subscriber, 'plums')).toEqual(['plums']);
  });

  check('the empty topic is everything, and takes nothing with it when it goes', async (publisher, subscriber) => {
    await subscribeTo(publisher, subscriber, 'pears');
    await subscribeTo(publisher, subscriber, '');
    expect(await arriving(publisher, subscriber, 'pears')).toEqual(fruit);
    await unsubscribeFrom(publisher, subscriber, '', 'pears');
    expect(await arriving(publisher, subscriber, 'pears')).toEqual(['pears']);
  });

  check('short, long and very long topics, and one that is not ASCII', async (publisher, subscriber) => {
    for (const topic of ['x', 'y'.repeat(245), 'z'.repeat(256), 'w'.repeat(70_000), 'żółw 🐢']) {
      await subscribeTo(publisher, subscriber, topic);
    }
  });

  // libzmq 4.3.4 itself writes a wrong length for these: the command is longer than 255 octets, the topic is not.
  if (!link.theirs.endsWith('SUB')) {
    check('topics of 246 and 255 octets', async (publisher, subscriber) => {
      await subscribeTo(publisher, subscriber, 'x'.repeat(246));
      await subscribeTo(publisher, subscriber, 'y'.repeat(255));
    });
  }

  // No more than that: a libzmq subscriber drops subscriptions that do not fit its send queue of 1,000.
  check('400 topics, of which every second is dropped again', async (publisher, subscriber) => {
    const numbers = Array.from({ length: 400 }, (_, index) => `topic ${index}.`);
    await subscribeTo(publisher, subscriber, 'first');
    const [even, odd] = [0, 1].map((rest) => numbers.filter((_, index) => index % 2 === rest)) as [string[], string[]];
    await oneByOne(subscriber, numbers, (topic) => subscriber.subscribe(topic));
    await oneByOne(subscriber, even, (topic) => subscriber.unsubscribe(topic));
    if (publisher.type === 'XPUB') await readAway(publisher, numbers.length + even.length);
    await subscribeTo(publisher, subscriber, 'last');
    await oneByOne(publisher, numbers, (topic) => publisher.send([topic]));
    expect((await receiveAll(subscriber, odd.length)).map(([topic]) => `${topic}`)).toEqual(odd);
    expect(await readToMarker(publisher, subscriber, 'last')).toEqual([]);
  });
}

function options(flavour: Flavour, peer: SharedPeer): void {
  const xpubs: Pairs = [
    ['XPUB', 'SUB'],
    ['SUB', 'XPUB'],
  ];
  const told: [what: string, options: EndOptions, seen: string[]][] = [
    ['once per topic by default', {}, ['+a', '+b', '-a']],
    ['of every subscription with verbosity allSubs', { verbosity: 'allSubs' }, ['+a', '+a', '+b', '-a']],
    ['of everything with verbosity allSubsUnsubs', { verbosity: 'allSubsUnsubs' }, ['+a', '+a', '+b', '-a', '-a']],
  ];
  for (const link of links(xpubs).filter(bindsPublisher)) {
    it.each(told)(`${linkTitle(flavour, link)}: with two subscribers XPUB is told %s`, (_, publisherOptions, seen) =>
      withRig(peer, (rig) => tellTwoSubscribers(rig, link, publisherOptions, seen)));

    it(`${linkTitle(flavour, link)}: the welcome message comes first`, () =>
      withRig(peer, async (rig) => {
        const [publisher, subscriber] = await make(rig, link, { welcomeMessage: Buffer.from('welcome') });
        await subscriber.subscribe('welcome');
        await subscriber.connect(await publisher.bind(rig.endpoint(link.transport)));
        // A libzmq XPUB welcomes a newcomer only while it is being read from.
        expectFrames(await publisher.receive(), [subscriptionFrame('welcome', true)]);
        expectFrames(await subscriber.receive(), ['welcome']);
      }));

    it(`${linkTitle(flavour, link)}: with inverted matching what is not subscribed to arrives`, () =>
      withRig(peer, async (rig) => {
        const [publisher, subscriber] = await make(rig, link, { invertMatching: true }, { invertMatching: true });
        await subscriber.subscribe('pl');
        await subscriber.connect(await publisher.bind(rig.endpoint(link.transport)));
        const first = subscriber.receive();
        expectFrames(await publisher.receive(), [subscriptionFrame('pl', true)]);
        for (const topic of ['plums', 'pears', 'plain', 'apples']) await publisher.send([topic]);
        expectFrames(await first, ['pears']);
        expectFrames(await subscriber.receive(), ['apples']);
      }));
  }
}

/** Two subscribers take and leave the same topics in turn, each step confirmed before the next. */
async function tellTwoSubscribers(rig: Rig, link: Link, options: EndOptions, seen: string[]): Promise<void> {
  const [publisher, first] = await make(rig, link, options);
  const [, second] = await make(rig, link, {});
  const endpoint = await publisher.bind(rig.endpoint(link.transport));
  await first.subscribe('a');
  await first.connect(endpoint);
  expect(await toldUpTo(publisher, '+a')).toEqual(['+a']);
  await second.subscribe('a');
  await second.subscribe('b'); // told of in any case, after what comes before it
  await second.connect(endpoint);
  const told = ['+a', ...(await toldUpTo(publisher, '+b'))];
  await second.unsubscribe('a');
  await unsubscribeInTurn(publisher, first, second, told, seen);
}

/** The two let go of the topic one after the other, and of the other topic last, which XPUB is always told of. */
async function unsubscribeInTurn(
  publisher: End,
  first: End,
  second: End,
  told: string[],
  seen: string[],
): Promise<void> {
  await second.unsubscribe('b');
  told.push(...(await toldUpTo(publisher, '-b')));
  await first.unsubscribe('a');
  expect(await toldUpTo(publisher, '-a')).toEqual(['-a']);
  expect([...told.filter((each) => each !== '-b'), '-a']).toEqual(seen);
}

/** What XPUB is told, `+` for a subscription and `-` for one taken back, up to the one named. */
async function toldUpTo(publisher: End, last: string): Promise<string[]> {
  const told: string[] = [];
  while (told.at(-1) !== last) {
    const bytes = smallFrame((await publisher.receive())[0]);
    told.push(`${bytes[0] === 1 ? '+' : '-'}${bytes.subarray(1)}`);
  }
  return told;
}

async function readAway(end: End, count: number): Promise<void> {
  await receiveAll(end, count);
}

/** In one call, where each would be a trip to the peer process and back. */
async function receiveAll(end: End, count: number): Promise<Received[][]> {
  if (end instanceof PeerSocket) return end.receiveAll(count);
  const messages: Received[][] = [];
  while (messages.length < count) messages.push(await end.receive());
  return messages;
}

/** A peer process does in order what it is told; to wait for each answer would be a trip there and back for each. */
async function oneByOne(end: End, topics: string[], act: (topic: string) => Promise<void>): Promise<void> {
  if (end instanceof PeerSocket) await Promise.all(topics.map(act));
  else for (const topic of topics) await act(topic);
}

/** Publishes every fruit and gives those that arrive; the last topic must be one that is subscribed to. */
async function arriving(publisher: End, subscriber: End, subscribed: string): Promise<string[]> {
  for (const topic of fruit) await publisher.send([topic]);
  return readToMarker(publisher, subscriber, subscribed);
}

async function joinInRoles(rig: Rig, link: Link): Promise<[publisher: End, subscriber: End]> {
  const [ours, theirs] = await rig.join(link, queuesFor(link.ours), queuesFor(link.theirs));
  return isPublisher(ours) ? [ours, theirs] : [theirs, ours];
}

/** A publisher and a subscriber of the two libraries, not joined yet. */
async function make(
  rig: Rig,
  link: Link,
  publisherOptions: EndOptions,
  subscriberOptions: EndOptions = {},
): Promise<[publisher: End, subscriber: End]> {
  if (link.ours === 'XPUB') return [rig.ours('XPUB', publisherOptions), await rig.theirs('SUB', subscriberOptions)];
  return [await rig.theirs('XPUB', publisherOptions), rig.ours('SUB', subscriberOptions)];
}

function bindsPublisher({ ours, binder }: Link): boolean {
  return (ours === 'XPUB') === (binder === 'we bind');
}

/** Publishers drop what does not fit their queue: here nothing may be dropped. */
function queuesFor(type: SocketType): EndOptions {
  return type.endsWith('PUB') ? { sendHighWaterMark: 0 } : { receiveHighWaterMark: 0 };
}
