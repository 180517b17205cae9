// RFC 29/PUBSUB, the XPUB socket: one clause of spec-notes/rfc-29.md per title.
//
// What XPUB shares with PUB on the sending side is tried again here on XPUB: they need not share code.
import { describe, expect, it } from 'vitest';
import { type SocketOptions, Subscriber, XPublisher, XSubscriber } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { cancel, message, subscribe } from '../support/wire.js';

async function boundXPublisher(options: SocketOptions<XPublisher> = {}) {
  const xpub = open(new XPublisher(options));
  return { xpub, endpoint: await bound(xpub) };
}

/** A raw SUB whose one subscription XPUB has handed to the application. */
async function subscriber(xpub: XPublisher, endpoint: string, topic: string): Promise<RawPeer> {
  const peer = await RawPeer.join(endpoint, 'SUB');
  peer.write(subscribe(topic));
  expect(await receiveText(xpub)).toEqual([`\x01${topic}`]);
  return peer;
}

const large = () => Buffer.alloc(256 * 1024);

describe('XPUB', () => {
  it('PUBSUB29-XPUB-1 sends to and receives from any number of SUB and XSUB peers', async () => {
    const xpub = open(new XPublisher());
    const endpoint = inproc();
    await xpub.bind(endpoint);
    const [sub, xsub] = [open(new Subscriber()), open(new XSubscriber())];
    sub.connect(endpoint);
    xsub.connect(endpoint);
    sub.subscribe('n');
    await xsub.send('\x01ne');
    expect((await receiveMany(xpub, 2)).sort()).toEqual(['\x01n', '\x01ne']);
    await xpub.send('news');
    expect(await receiveText(sub)).toEqual(['news']);
    expect(await receiveText(xsub)).toEqual(['news']);
  });

  it('PUBSUB29-XPUB-2 queues outgoing and incoming messages of a subscriber independently', async () => {
    const { xpub, endpoint } = await boundXPublisher({ sendHighWaterMark: 1 });
    const peer = await subscriber(xpub, endpoint, '');
    peer.pause();
    for (let i = 0; i < 100; i++) await xpub.send(large());
    peer.write(message('upstream'));
    expect(await receiveText(xpub)).toEqual(['upstream']);
  });

  it('PUBSUB29-XPUB-3 keeps the queue of an outgoing connection while it is down', async () => {
    const xpub = open(new XPublisher({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    xpub.connect(server.endpoint);
    const first = await server.join('SUB');
    first.write(subscribe('t'));
    expect(await receiveText(xpub)).toEqual(['\x01t']);
    first.pause();
    for (let i = 0; i < 100; i++) await xpub.send(['t', large()]);
    const down = nextEvent(xpub, 'disconnect');
    first.close();
    await down;
    const second = await server.join('SUB');
    second.write(subscribe('t'));
    expect((await second.message()).map((part) => part.length)).toEqual([1, large().length]);
  });

  it('PUBSUB29-XPUB-4 discards what was queued for a connected subscriber that left', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const leaving = await subscriber(xpub, endpoint, '');
    leaving.pause();
    for (let i = 0; i < 100; i++) await xpub.send(large());
    leaving.close();
    expect(await receiveText(xpub)).toEqual(['\x00']);
    const next = await subscriber(xpub, endpoint, '');
    await xpub.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
  });

  it('PUBSUB29-XPUB-5 limits its queues to the high-water marks', async () => {
    const xpub = open(new XPublisher({ sendHighWaterMark: 2 }));
    const sub = open(new Subscriber({ receiveHighWaterMark: 2, receiveTimeout: 0 }));
    const endpoint = inproc();
    await xpub.bind(endpoint);
    sub.connect(endpoint);
    sub.subscribe();
    expect(await receiveText(xpub)).toEqual(['\x01']);
    for (let i = 0; i < 100; i++) await xpub.send(`${i}`);
    const arrived: string[] = [];
    await expect(async () => {
      for (;;) arrived.push(...(await receiveText(sub)));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(arrived.length).toBeGreaterThanOrEqual(2);
    expect(arrived.length).toBeLessThanOrEqual(4);
  });

  it('PUBSUB29-XPUB-6 changes nothing in outgoing messages', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const peer = await subscriber(xpub, endpoint, '');
    const parts = [Buffer.from([1, 0, 255]), Buffer.alloc(0), Buffer.alloc(70_000, 9), Buffer.alloc(0)];
    await xpub.send(parts);
    expect(await peer.message()).toEqual(parts);
  });

  it('PUBSUB29-XPUB-7 sends a subscriber only what it subscribed to', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const [a, b] = [await subscriber(xpub, endpoint, 'a'), await subscriber(xpub, endpoint, 'b')];
    for (const text of ['a1', 'b1', 'c1', 'a2', 'b2']) await xpub.send(text);
    expect([await a.text(), await a.text()]).toEqual([['a1'], ['a2']]);
    expect([await b.text(), await b.text()]).toEqual([['b1'], ['b2']]);
  });

  it('PUBSUB29-XPUB-8 compares the subscription as bytes with the start of the first frame', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const peer = await RawPeer.join(endpoint, 'SUB');
    peer.write(subscribe(Buffer.from([0, 0xff])));
    expect(await xpub.receive()).toEqual([Buffer.from([1, 0, 0xff])]);
    await xpub.send(Buffer.from([0]));
    await xpub.send(['x', Buffer.from([0, 0xff])]);
    await xpub.send(Buffer.from([0, 0xff, 1]));
    expect(await peer.message()).toEqual([Buffer.from([0, 0xff, 1])]);
  });

  it('PUBSUB29-XPUB-9 drops messages for a full queue silently', async () => {
    const { xpub, endpoint } = await boundXPublisher({ sendHighWaterMark: 1 });
    const peer = await subscriber(xpub, endpoint, '');
    peer.pause();
    for (let i = 0; i < 100; i++) await xpub.send([`${i}`, large()]);
    peer.resume();
    let arrived = 0;
    for (let last = ''; last !== 'end'; arrived++) {
      await xpub.send('end');
      last = (await peer.text())[0]!;
    }
    expect(arrived).toBeLessThan(100);
  });

  it('PUBSUB29-XPUB-10 does not wait, neither without subscribers nor for one that does not read', async () => {
    const { xpub, endpoint } = await boundXPublisher({ sendHighWaterMark: 1 });
    await xpub.send('to nobody');
    const peer = await subscriber(xpub, endpoint, '');
    peer.pause();
    for (let i = 0; i < 100; i++) await xpub.send(large());
  });

  it('PUBSUB29-XPUB-11 receives from its subscribers in turn', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    for (const name of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'XSUB');
      peer.write(message(name), message(name), message(name));
      await peer.sync();
    }
    const order = await receiveMany(xpub, 9);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('PUBSUB29-XPUB-12 delivers messages of its subscribers to the application', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const peer = await RawPeer.join(endpoint, 'XSUB');
    peer.write(message('one part'), message('two', 'parts'), message(''), message('\x02x'));
    expect(await receiveMany(xpub, 4)).toEqual(['one part', 'two|parts', '', '\x02x']);
  });

  it('PUBSUB29-XPUB-13 takes subscriptions and cancellations from its subscribers', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const peer = await subscriber(xpub, endpoint, 'a');
    await xpub.send('a1');
    expect(await peer.text()).toEqual(['a1']);
    peer.write(cancel('a'), subscribe('b'));
    await receiveMany(xpub, 2);
    await xpub.send('a2');
    await xpub.send('b1');
    expect(await peer.text()).toEqual(['b1']);
  });

  it('PUBSUB29-XPUB-14 delivers subscriptions as 01 topic and cancellations as 00 topic', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const peer = await RawPeer.join(endpoint, 'SUB');
    peer.write(subscribe('a'), subscribe(''), cancel('a'), cancel(''));
    expect(await receiveMany(xpub, 4)).toEqual(['\x01a', '\x01', '\x00a', '\x00']);
  });

  it('PUBSUB29-XPUB-15 delivers identical subscriptions once, or each of them when told to be verbose', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const [one, two] = [await RawPeer.join(endpoint, 'SUB'), await RawPeer.join(endpoint, 'SUB')];
    one.write(subscribe('t'), subscribe('t'));
    await one.sync();
    two.write(subscribe('t'));
    await two.sync();
    two.write(subscribe('end'));
    expect(await receiveMany(xpub, 2)).toEqual(['\x01t', '\x01end']);
    xpub.verbosity = 'allSubs';
    two.write(subscribe('t'));
    expect(await receiveText(xpub)).toEqual(['\x01t']);
  });

  it('PUBSUB29-XPUB-16 cancels for the application what a subscriber that left had subscribed to', async () => {
    const { xpub, endpoint } = await boundXPublisher();
    const leaving = await RawPeer.join(endpoint, 'SUB');
    leaving.write(subscribe('a'), subscribe('b'));
    expect(await receiveMany(xpub, 2)).toEqual(['\x01a', '\x01b']);
    leaving.close();
    expect((await receiveMany(xpub, 2)).sort()).toEqual(['\x00a', '\x00b']);
  });
});
