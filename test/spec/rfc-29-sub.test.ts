// RFC 29/PUBSUB, the SUB socket: one clause of spec-notes/rfc-29.md per title.
//
// Publishers are raw where they must send what nobody subscribed to, or where the subscription's bytes are the point.
import { describe, expect, it } from 'vitest';
import { Publisher, type SocketOptions, Subscriber, XPublisher } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, expectNoSend, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { message } from '../support/wire.js';

async function boundSubscriber(options: SocketOptions<Subscriber> = {}) {
  const sub = open(new Subscriber(options));
  sub.subscribe();
  return { sub, endpoint: await bound(sub) };
}

describe('SUB', () => {
  it('PUBSUB29-SUB-1 receives from any number of PUB and XPUB peers, and cannot send', async () => {
    const [sub, pub, xpub] = [open(new Subscriber()), open(new Publisher()), open(new XPublisher())];
    for (const socket of [pub, xpub]) {
      const endpoint = inproc();
      await socket.bind(endpoint);
      sub.connect(endpoint);
    }
    sub.subscribe();
    expect(await receiveText(xpub)).toEqual(['\x01']);
    await pub.send('from pub');
    await xpub.send('from xpub');
    expect((await receiveMany(sub, 2)).sort()).toEqual(['from pub', 'from xpub']);
    await expectNoSend(sub);
  });

  it('PUBSUB29-SUB-2 keeps one queue for each publisher: a full one does not hold up another', async () => {
    const { sub, endpoint } = await boundSubscriber({ receiveHighWaterMark: 2 });
    const [loud, quiet] = [await RawPeer.join(endpoint, 'PUB'), await RawPeer.join(endpoint, 'PUB')];
    loud.write(...Array.from({ length: 100 }, () => message('loud')));
    quiet.write(message('quiet'));
    await quiet.sync();
    const arrived: string[] = [];
    while (!arrived.includes('quiet')) arrived.push(...(await receiveText(sub)));
    expect(arrived.length).toBeLessThan(100);
  });

  it('PUBSUB29-SUB-3 keeps its place with a publisher it connects to before and between connections', async () => {
    const sub = open(new Subscriber({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    sub.connect(server.endpoint);
    sub.subscribe('t');
    const first = await server.join('PUB');
    expect(await first.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('t') });
    first.write(message('t1'));
    expect(await receiveText(sub)).toEqual(['t1']);
    first.close();
    const second = await server.join('PUB');
    expect(await second.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('t') });
    second.write(message('t2'));
    expect(await receiveText(sub)).toEqual(['t2']);
  });

  it('PUBSUB29-SUB-4 drops the unfinished message of a publisher that left, delivers the finished ones', async () => {
    const { sub, endpoint } = await boundSubscriber();
    const leaving = await RawPeer.join(endpoint, 'PUB');
    const gone = nextEvent(sub, 'disconnect');
    leaving.write(message('whole'), message('half', 'gone').subarray(0, 6));
    leaving.end();
    await gone;
    const next = await RawPeer.join(endpoint, 'PUB');
    next.write(message('fresh'));
    expect(await receiveMany(sub, 2)).toEqual(['whole', 'fresh']);
  });

  it('PUBSUB29-SUB-5 limits its queues to the high-water mark', async () => {
    const { sub, endpoint } = await boundSubscriber({ receiveHighWaterMark: 2 });
    const peer = await RawPeer.join(endpoint, 'PUB');
    await peer.sync();
    peer.write(...Array.from({ length: 100 }, (_, i) => message(`${i}`)));
    let answered = false;
    const sync = peer.sync().then(() => {
      answered = true;
    });
    // Another peer's round trips: by their end a PONG to the first would have come, were it read at all.
    const witness = await RawPeer.join(endpoint, 'PUB');
    for (let i = 0; i < 50; i++) {
      await witness.sync();
      expect(answered).toBe(false);
      expect(await receiveText(sub)).toEqual([`${i}`]);
    }
    await receiveMany(sub, 50);
    await sync;
  });

  it('PUBSUB29-SUB-6 has a full queue discarded at the publisher, without an error at either end', async () => {
    const pub = open(new Publisher({ sendHighWaterMark: 1 }));
    const sub = open(new Subscriber({ receiveHighWaterMark: 1 }));
    pub.connect(await bound(sub));
    sub.subscribe();
    const body = Buffer.alloc(256 * 1024);
    await firstMessage(pub, sub);
    for (let i = 0; i < 200; i++) await pub.send([String(i).padStart(3, '0'), body]);
    const arrived: string[] = [];
    for (let last = ''; last !== 'end'; ) {
      await pub.send('end');
      last = String((await sub.receive())[0]);
      arrived.push(last);
    }
    expect(arrived.length).toBeLessThan(200);
    expect(arrived).toEqual([...arrived].sort());
  });

  it('PUBSUB29-SUB-7 receives from its publishers in turn', async () => {
    const { sub, endpoint } = await boundSubscriber();
    for (const name of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'PUB');
      peer.write(message(name), message(name), message(name));
      await peer.sync();
    }
    const order = await receiveMany(sub, 9);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('PUBSUB29-SUB-8 changes nothing in incoming messages', async () => {
    const { sub, endpoint } = await boundSubscriber();
    const peer = await RawPeer.join(endpoint, 'PUB');
    const parts = [Buffer.from([1, 0, 255]), Buffer.alloc(0), Buffer.alloc(70_000, 9), Buffer.alloc(0)];
    peer.write(message(...parts));
    expect(await sub.receive()).toEqual(parts);
  });

  it('PUBSUB29-SUB-9 drops what it did not subscribe to, though a publisher sends it', async () => {
    const sub = open(new Subscriber());
    sub.subscribe('ab', 'c');
    const peer = await RawPeer.join(await bound(sub), 'PUB');
    peer.write(message('a'), message('abc'), message('b', 'ab'), message(''), message('c', 'x'), message('ab'));
    expect(await receiveMany(sub, 3)).toEqual(['abc', 'c|x', 'ab']);
  });

  it('PUBSUB29-SUB-10 delivers everything it subscribed to to the application, in order', async () => {
    const { sub, endpoint } = await boundSubscriber();
    const peer = await RawPeer.join(endpoint, 'PUB');
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    peer.write(...sent.map((text) => message(text)));
    expect(await receiveMany(sub, sent.length)).toEqual(sent);
  });

  it('PUBSUB29-SUB-11 sends its subscriptions and cancellations to its publishers', async () => {
    const sub = open(new Subscriber());
    sub.subscribe('early');
    const peer = await RawPeer.join(await bound(sub), 'XPUB');
    expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('early') });
    sub.subscribe('late');
    expect(await peer.command()).toMatchObject({ name: 'SUBSCRIBE', data: Buffer.from('late') });
    sub.unsubscribe('early');
    expect(await peer.command()).toMatchObject({ name: 'CANCEL', data: Buffer.from('early') });
  });
});

/** Publishes until the subscription has travelled and a message comes through. */
async function firstMessage(pub: Publisher, sub: Subscriber): Promise<void> {
  let arrived = false;
  const received = sub.receive().then(() => {
    arrived = true;
  });
  while (!arrived) {
    await pub.send('warm-up');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await received;
}
