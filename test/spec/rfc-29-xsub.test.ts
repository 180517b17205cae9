// RFC 29/PUBSUB, the XSUB socket: one clause of spec-notes/rfc-29.md per title.
//
// Publishers are raw, so that the commands and messages XSUB sends upstream can be read as bytes.
import { describe, expect, it } from 'vitest';
import { Publisher, type SocketOptions, XPublisher, XSubscriber } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { message } from '../support/wire.js';

async function boundXSubscriber(options: SocketOptions<XSubscriber> = {}) {
  const xsub = open(new XSubscriber(options));
  await xsub.send('\x01');
  return { xsub, endpoint: await bound(xsub) };
}

/** A raw XPUB that has read the subscription to everything. */
async function publisher(endpoint: string): Promise<RawPeer> {
  const peer = await RawPeer.join(endpoint, 'XPUB');
  expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.alloc(0) });
  return peer;
}

describe('XSUB', () => {
  it('PUBSUB29-XSUB-1 receives from and sends to any number of PUB and XPUB peers', async () => {
    const [xsub, pub, xpub] = [open(new XSubscriber()), open(new Publisher()), open(new XPublisher())];
    for (const socket of [pub, xpub]) {
      const endpoint = inproc();
      await socket.bind(endpoint);
      xsub.connect(endpoint);
    }
    await xsub.send('\x01');
    expect(await receiveText(xpub)).toEqual(['\x01']);
    await pub.send('from pub');
    await xpub.send('from xpub');
    expect((await receiveMany(xsub, 2)).sort()).toEqual(['from pub', 'from xpub']);
    await xsub.send('upstream');
    expect(await receiveText(xpub)).toEqual(['upstream']);
  });

  it('PUBSUB29-XSUB-2 queues outgoing and incoming messages of a publisher independently', async () => {
    const { xsub, endpoint } = await boundXSubscriber({ sendHighWaterMark: 1 });
    const peer = await publisher(endpoint);
    peer.pause();
    for (let i = 0; i < 100; i++) await xsub.send(['up', Buffer.alloc(256 * 1024)]);
    peer.write(message('down'));
    expect(await receiveText(xsub)).toEqual(['down']);
  });

  it('PUBSUB29-XSUB-3 keeps the queue of an outgoing connection while it is down', async () => {
    const xsub = open(new XSubscriber({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    xsub.connect(server.endpoint);
    await xsub.send('before');
    const first = await server.join('XPUB');
    expect(await first.text()).toEqual(['before']);
    const down = nextEvent(xsub, 'disconnect');
    first.close();
    await down;
    await xsub.send('while down');
    const second = await server.join('XPUB');
    expect(await second.text()).toEqual(['while down']);
  });

  it('PUBSUB29-XSUB-4 drops the queue of a connected publisher that left, but for finished incoming messages', async () => {
    const { xsub, endpoint } = await boundXSubscriber();
    const leaving = await publisher(endpoint);
    leaving.pause();
    for (let i = 0; i < 100; i++) await xsub.send(['up', Buffer.alloc(256 * 1024)]);
    const gone = nextEvent(xsub, 'disconnect');
    leaving.write(message('whole'), message('half', 'gone').subarray(0, 6));
    leaving.end();
    leaving.resume();
    await gone;
    const next = await publisher(endpoint);
    await xsub.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
    next.write(message('down'));
    expect(await receiveMany(xsub, 2)).toEqual(['whole', 'down']);
  });

  it('PUBSUB29-XSUB-5 limits its queues to the high-water marks', async () => {
    const { xsub, endpoint } = await boundXSubscriber({ receiveHighWaterMark: 2 });
    const peer = await publisher(endpoint);
    peer.write(...Array.from({ length: 100 }, (_, i) => message(`${i}`)));
    let answered = false;
    const sync = peer.sync().then(() => {
      answered = true;
    });
    // Another peer's round trips: by their end a PONG to the first would have come, were it read at all.
    const witness = await publisher(endpoint);
    for (let i = 0; i < 50; i++) {
      await witness.sync();
      expect(answered).toBe(false);
      expect(await receiveText(xsub)).toEqual([`${i}`]);
    }
    await receiveMany(xsub, 50);
    await sync;
  });

  it('PUBSUB29-XSUB-6 changes nothing in incoming messages', async () => {
    const { xsub, endpoint } = await boundXSubscriber();
    const peer = await publisher(endpoint);
    const parts = [Buffer.from([1, 0, 255]), Buffer.alloc(0), Buffer.alloc(70_000, 9), Buffer.alloc(0)];
    peer.write(message(...parts));
    expect(await xsub.receive()).toEqual(parts);
  });

  it('PUBSUB29-XSUB-7 has a full incoming queue discarded at the publisher', async () => {
    const xpub = open(new XPublisher({ sendHighWaterMark: 1 }));
    const xsub = open(new XSubscriber({ receiveHighWaterMark: 1 }));
    xpub.connect(await bound(xsub));
    await xsub.send('\x01');
    expect(await receiveText(xpub)).toEqual(['\x01']);
    const body = Buffer.alloc(256 * 1024);
    for (let i = 0; i < 200; i++) await xpub.send([String(i).padStart(3, '0'), body]);
    const arrived: string[] = [];
    for (let last = ''; last !== 'end'; ) {
      await xpub.send('end');
      last = String((await xsub.receive())[0]);
      arrived.push(last);
    }
    expect(arrived.length).toBeLessThan(200);
    expect(arrived).toEqual([...arrived].sort());
  });

  it('PUBSUB29-XSUB-8 receives from its publishers in turn', async () => {
    const { xsub, endpoint } = await boundXSubscriber();
    for (const name of ['a', 'b', 'c']) {
      const peer = await publisher(endpoint);
      peer.write(message(name), message(name), message(name));
      await peer.sync();
    }
    const order = await receiveMany(xsub, 9);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('PUBSUB29-XSUB-9 delivers everything that arrives to the application, subscribed to or not', async () => {
    const xsub = open(new XSubscriber());
    await xsub.send('\x01a');
    const peer = await RawPeer.join(await bound(xsub), 'PUB');
    peer.write(message('a'), message('b'), message(''));
    expect(await receiveMany(xsub, 3)).toEqual(['a', 'b', '']);
  });

  it('PUBSUB29-XSUB-10 changes nothing in outgoing messages', async () => {
    const { xsub, endpoint } = await boundXSubscriber();
    const peer = await publisher(endpoint);
    const parts = [Buffer.from([2, 0, 255]), Buffer.alloc(0), Buffer.alloc(70_000, 9), Buffer.from([1])];
    await xsub.send(parts);
    expect(await peer.message()).toEqual(parts);
  });

  it('PUBSUB29-XSUB-11 sends a message to every connected publisher', async () => {
    const { xsub, endpoint } = await boundXSubscriber();
    const peers = [await publisher(endpoint), await publisher(endpoint), await publisher(endpoint)];
    await xsub.send(['to', 'all']);
    for (const peer of peers) expect(await peer.text()).toEqual(['to', 'all']);
  });

  it('PUBSUB29-XSUB-12 drops messages for a publisher whose queue is full, silently', async () => {
    const xsub = open(new XSubscriber({ sendHighWaterMark: 2 }));
    const server = await RawServer.listen();
    xsub.connect(server.endpoint);
    for (const text of ['one', 'two', 'three', 'four']) await xsub.send(text);
    const peer = await server.join('XPUB');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('PUBSUB29-XSUB-13 does not wait, neither without publishers nor for one that does not read', async () => {
    const { xsub, endpoint } = await boundXSubscriber({ sendHighWaterMark: 1 });
    await xsub.send('to nobody');
    const peer = await publisher(endpoint);
    peer.pause();
    for (let i = 0; i < 100; i++) await xsub.send(['up', Buffer.alloc(256 * 1024)]);
  });

  it('PUBSUB29-XSUB-14 takes a message 01 topic as subscription and 00 topic as cancellation', async () => {
    const xsub = open(new XSubscriber());
    const peer = await RawPeer.join(await bound(xsub), 'XPUB');
    await peer.sync();
    await xsub.send('\x01a');
    await xsub.send('\x00a');
    await xsub.send('\x02a');
    expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('a') });
    expect(await peer.command()).toMatchObject({ name: 'CANCEL', data: Buffer.from('a') });
    expect(await peer.text()).toEqual(['\x02a']);
  });

  it('PUBSUB29-XSUB-15 sends what it subscribed to before to each new publisher, in order', async () => {
    const xsub = open(new XSubscriber());
    const endpoint = await bound(xsub);
    for (const text of ['\x01a', '\x01b', '\x00a', '\x01c']) await xsub.send(text);
    for (let i = 0; i < 2; i++) {
      const peer = await RawPeer.join(endpoint, 'PUB');
      expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('b') });
      expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('c') });
      expect(await peer.sync()).toEqual([]);
    }
  });

  it('PUBSUB29-XSUB-16 cancels its subscriptions by leaving a publisher', async () => {
    const xsub = open(new XSubscriber());
    const xpub = open(new XPublisher());
    await xpub.bind('tcp://127.0.0.1:*');
    const endpoint = xpub.lastEndpoint as string;
    xsub.connect(endpoint);
    await xsub.send('\x01a');
    expect(await xpub.receive()).toEqual([Buffer.from('\x01a')]);
    xsub.disconnect(endpoint);
    expect(await xpub.receive()).toEqual([Buffer.from('\x00a')]);
  });
});
