// RFC 29/PUBSUB, the PUB socket: one clause of spec-notes/rfc-29.md per title.
//
// Subscribers are raw: they subscribe by hand, and a PING behind the SUBSCRIBE tells when it has been taken.
import { describe, expect, it } from 'vitest';
import { Publisher, type SocketOptions, Subscriber, XSubscriber } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, expectNoReceive, inproc, nextEvent, open, receiveText } from '../support/sockets.js';
import { cancel, message, subscribe } from '../support/wire.js';

async function boundPublisher(options: SocketOptions<Publisher> = {}) {
  const pub = open(new Publisher(options));
  return { pub, endpoint: await bound(pub) };
}

/** A raw SUB whose subscriptions have been taken. */
async function subscriber(endpoint: string, ...topics: string[]): Promise<RawPeer> {
  const peer = await RawPeer.join(endpoint, 'SUB');
  peer.write(...topics.map((topic) => subscribe(topic)));
  await peer.sync();
  return peer;
}

/** Publishes `last` until it gets through; returns the first frames of what arrived before it. */
async function drain(pub: Publisher, peer: RawPeer, last: string): Promise<string[]> {
  const arrived: string[] = [];
  for (;;) {
    await pub.send(last);
    const [first] = await peer.message();
    if (first!.toString('latin1', 0, 64) === last) return arrived;
    arrived.push(first!.toString('latin1', 0, 4));
  }
}

const numbered = (i: number) => Buffer.concat([Buffer.from(String(i).padStart(4, '0')), Buffer.alloc(256 * 1024)]);

describe('PUB', () => {
  it('PUBSUB29-PUB-1 sends to any number of SUB and XSUB peers, and cannot receive', async () => {
    const pub = open(new Publisher());
    const endpoint = inproc();
    await pub.bind(endpoint);
    const subs = [open(new Subscriber()), open(new Subscriber()), open(new XSubscriber())] as const;
    for (const sub of subs) sub.connect(endpoint);
    subs[0].subscribe();
    subs[1].subscribe();
    await subs[2].send(Buffer.from([1]));
    await pub.send('news');
    for (const sub of subs) expect(await receiveText(sub)).toEqual(['news']);
    await expectNoReceive(pub);
  });

  it('PUBSUB29-PUB-2 keeps one queue for each subscriber: a slow one loses only its own messages', async () => {
    const { pub, endpoint } = await boundPublisher({ sendHighWaterMark: 1 });
    const slow = await subscriber(endpoint, '');
    const quick = await subscriber(endpoint, '');
    slow.pause();
    for (let i = 0; i < 100; i++) {
      await pub.send(numbered(i));
      const [body] = await quick.message();
      expect(body!.toString('latin1', 0, 4)).toBe(String(i).padStart(4, '0'));
    }
    slow.resume();
    const arrived = await drain(pub, slow, 'end');
    expect(arrived.length).toBeLessThan(100);
    expect(arrived).toEqual([...arrived].sort());
  });

  it('PUBSUB29-PUB-3 keeps the queue of an outgoing connection while it is down', async () => {
    const pub = open(new Publisher({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    pub.connect(server.endpoint);
    const first = await server.join('SUB');
    first.write(subscribe(''));
    await first.sync();
    first.pause();
    for (let i = 0; i < 100; i++) await pub.send(numbered(i));
    const down = nextEvent(pub, 'disconnect');
    first.close();
    await down;
    const second = await server.join('SUB');
    second.write(subscribe(''));
    await second.sync();
    await pub.send('end');
    const [body] = await second.message();
    expect(body!.toString('latin1', 0, 4)).toMatch(/^00\d\d$/);
  });

  it('PUBSUB29-PUB-4 discards what was queued for a connected subscriber that left', async () => {
    const { pub, endpoint } = await boundPublisher();
    const leaving = await subscriber(endpoint, '');
    leaving.pause();
    for (let i = 0; i < 100; i++) await pub.send(numbered(i));
    const gone = nextEvent(pub, 'disconnect');
    leaving.close();
    await gone;
    const next = await subscriber(endpoint, '');
    await pub.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
  });

  it('PUBSUB29-PUB-5 limits its queues to the high-water mark', async () => {
    const pub = open(new Publisher({ sendHighWaterMark: 2 }));
    const sub = open(new Subscriber({ receiveHighWaterMark: 2, receiveTimeout: 0 }));
    const endpoint = inproc();
    await pub.bind(endpoint);
    sub.connect(endpoint);
    sub.subscribe();
    for (let i = 0; i < 100; i++) await pub.send(`${i}`);
    const arrived: string[] = [];
    await expect(async () => {
      for (;;) arrived.push(...(await receiveText(sub)));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(arrived.length).toBeGreaterThanOrEqual(2);
    expect(arrived.length).toBeLessThanOrEqual(4);
    expect(arrived).toEqual(arrived.map((_, i) => `${i}`));
  });

  it('PUBSUB29-PUB-6 discards messages that subscribers send', async () => {
    const { pub, endpoint } = await boundPublisher();
    const peer = await subscriber(endpoint, 'a');
    peer.write(message('hello'), message(''), message(Buffer.from([2, 0x61])), message('two', 'parts'));
    peer.write(...Array.from({ length: 3000 }, () => message('nobody reads this')));
    expect(await peer.sync()).toEqual([]);
    await pub.send('hello');
    await pub.send('a');
    expect(await peer.text()).toEqual(['a']);
  });

  it('PUBSUB29-PUB-7 changes nothing in outgoing messages', async () => {
    const { pub, endpoint } = await boundPublisher();
    const peer = await subscriber(endpoint, '');
    const parts = [Buffer.from([1, 0, 255]), Buffer.alloc(0), Buffer.alloc(70_000, 9), Buffer.alloc(0)];
    await pub.send(parts);
    expect(await peer.message()).toEqual(parts);
  });

  it('PUBSUB29-PUB-8 sends a subscriber only what it subscribed to, whatever others want', async () => {
    const { pub, endpoint } = await boundPublisher();
    const [a, b] = [await subscriber(endpoint, 'a', 'end'), await subscriber(endpoint, 'b', 'end')];
    for (const text of ['a1', 'b1', 'c1', 'a2', 'end']) await pub.send(text);
    expect([await a.text(), await a.text(), await a.text()]).toEqual([['a1'], ['a2'], ['end']]);
    expect([await b.text(), await b.text()]).toEqual([['b1'], ['end']]);
  });

  it('PUBSUB29-PUB-9 compares the subscription as bytes with the start of the first frame', async () => {
    const { pub, endpoint } = await boundPublisher();
    const peer = await RawPeer.join(endpoint, 'SUB');
    peer.write(subscribe(Buffer.from([0xc3, 0x00])), subscribe('end'));
    await peer.sync();
    await pub.send(Buffer.from([0xc3]));
    await pub.send([Buffer.from([0xc3, 0x01]), Buffer.from([0xc3, 0x00])]);
    await pub.send(['second', Buffer.from([0xc3, 0x00])]);
    await pub.send([Buffer.from([0xc3, 0x00]), 'exact']);
    await pub.send([Buffer.from([0xc3, 0x00, 0xff]), 'longer']);
    await pub.send('End');
    await pub.send('end');
    const second = async () => String((await peer.message())[1]);
    expect([await second(), await second()]).toEqual(['exact', 'longer']);
    expect(await peer.text()).toEqual(['end']);
  });

  it('PUBSUB29-PUB-10 drops messages for a full queue silently and goes on with the next that fits', async () => {
    const { pub, endpoint } = await boundPublisher({ sendHighWaterMark: 1 });
    const peer = await subscriber(endpoint, '');
    peer.pause();
    for (let i = 0; i < 100; i++) await pub.send(numbered(i));
    peer.resume();
    const arrived = await drain(pub, peer, 'end');
    expect(arrived.length).toBeGreaterThan(0);
    expect(arrived.length).toBeLessThan(100);
    expect(arrived).toEqual([...arrived].sort());
  });

  it('PUBSUB29-PUB-11 does not wait, neither without subscribers nor for one that does not read', async () => {
    const { pub, endpoint } = await boundPublisher({ sendHighWaterMark: 1 });
    await pub.send('to nobody');
    const peer = await subscriber(endpoint, '');
    peer.pause();
    for (let i = 0; i < 100; i++) await pub.send(Buffer.alloc(256 * 1024));
  });

  it('PUBSUB29-PUB-12 takes subscriptions and cancellations from its subscribers', async () => {
    const { pub, endpoint } = await boundPublisher();
    const peer = await subscriber(endpoint, 'a', 'b');
    await pub.send('a1');
    await pub.send('b1');
    expect([await peer.text(), await peer.text()]).toEqual([['a1'], ['b1']]);
    peer.write(cancel('a'));
    await peer.sync();
    await pub.send('a2');
    await pub.send('b2');
    expect(await peer.text()).toEqual(['b2']);
  });

  it('PUBSUB29-PUB-13 has no way to hand subscriptions to the application', async () => {
    const { pub, endpoint } = await boundPublisher();
    await subscriber(endpoint, 'a');
    await expectNoReceive(pub);
    expect(pub.readable).toBe(false);
  });
});
