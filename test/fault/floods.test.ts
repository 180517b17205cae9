// Peers that send too much, too slowly, or announce what they never send: memory stays sane, the event loop turns, the
// limits hold, and a well-behaved peer is served meanwhile.

import { describe, expect, it } from 'vitest';
import { Dealer, type Event, Publisher, Pull, Push, Router, Subscriber, XPublisher } from '../../src/index.js';
import { aliveBytes } from '../support/gc.js';
import { dial, type NetPeer } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

const MiB = 1024 * 1024;
const hello = (type: string): Buffer => Buffer.concat([wire.greeting(), wire.ready(type)]);
const MESSAGE_PARTS_MAX = 65_536;
const HANDSHAKES_MAX = 1024;

async function joined(endpoint: string, type: string): Promise<NetPeer> {
  const peer = await dial(endpoint);
  peer.socket.write(hello(type));
  await peer.bytes(64 + 20);
  return peer;
}

async function expectThrough(pull: Pull, endpoint: string): Promise<void> {
  const push = open(new Push());
  push.connect(endpoint);
  await push.send('good');
  for (;;) if (String(await within(pull.receive(), 'the good message')) === 'good') return;
}

/** The memory of ArrayBuffers is given back some time after their collection: what matters is that it is. */
async function settlesBelow(limit: number): Promise<void> {
  await until(() => aliveBytes() < limit, `less than ${limit} bytes in use, ${aliveBytes()} at first`);
}

/** Turns of the event loop while something goes on. */
function countTurns(): { readonly count: number; stop(): void } {
  const counter = { count: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => counter.count++, 1);
  return counter;
}

describe('T5 slow-loris', () => {
  it('a byte at a time does not extend the handshake', async () => {
    const pull = open(new Pull({ handshakeInterval: 50 }));
    const failed = nextEvent(pull, 'handshake:error:other');
    const endpoint = await bound(pull);
    const peer = await dial(endpoint);
    const bytes = hello('PUSH');
    let over = false;
    void peer.closed.then(() => {
      over = true;
    });
    for (let i = 0; !over; i = Math.min(i + 1, bytes.length - 2)) {
      await peer.write(bytes.subarray(i, i + 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await within(failed, 'the event')).toMatchObject({ address: endpoint, error: { code: 'EAGAIN' } });
    await expectThrough(pull, endpoint);
  });

  it('a byte at a time through handshake and messages is as good as any', async () => {
    const pull = open(new Pull());
    const peer = await dial(await bound(pull));
    peer.socket.setNoDelay(true);
    const bytes = Buffer.concat([hello('PUSH'), wire.message('slow', 'but whole')]);
    for (const byte of bytes) {
      await peer.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await within(pull.receive(), 'the message')).map(String)).toEqual(['slow', 'but whole']);
  });
});

describe('sizes that are only announced', () => {
  it.each([2 ** 20, 2 ** 30, 2 ** 31, 2 ** 32])('F6 %d bytes cost nothing until they come', async (size) => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const before = aliveBytes();
    const peers = await Promise.all(Array.from({ length: 20 }, () => joined(endpoint, 'PUSH')));
    for (const peer of peers) await peer.write(wire.longFrame(0, 'only this', BigInt(size)));
    await expectThrough(pull, endpoint);
    await settlesBelow(before + 16 * MiB);
    for (const peer of peers) peer.reset();
  });

  it.each([2n ** 32n + 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])('F4 %d bytes are refused', async (size) => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const peer = await joined(endpoint, 'PUSH');
    await peer.write(wire.longFrame(0, '', size));
    await peer.gone();
    await expectThrough(pull, endpoint);
  });

  it('F5 exactly maxMessageSize is taken, in one part or in many', async () => {
    const pull = open(new Pull({ maxMessageSize: 1000 }));
    const peer = await joined(await bound(pull), 'PUSH');
    await peer.write(wire.message(Buffer.alloc(1000)));
    await peer.write(wire.message(Buffer.alloc(500), Buffer.alloc(500)));
    expect((await within(pull.receive(), 'one part'))[0]?.length).toBe(1000);
    expect((await within(pull.receive(), 'two parts')).length).toBe(2);
  });
});

describe('F12 many small things at once', () => {
  it('1 MiB of 1-byte messages', async () => {
    const pull = open(new Pull());
    const peer = await joined(await bound(pull), 'PUSH');
    const count = Math.floor(MiB / 3);
    const turns = countTurns();
    peer.socket.write(Buffer.alloc(count * 3, '000178', 'hex'));
    let right = 0;
    for (let i = 0; i < count; i++) if ((await pull.receive())[0]?.[0] === 0x78) right++;
    expect(right).toBe(count);
    turns.stop();
    expect(turns.count).toBeGreaterThan(3);
  });

  it('with nobody receiving they stay with the peer', async () => {
    const pull = open(new Pull({ receiveHighWaterMark: 10 }));
    const peer = await joined(await bound(pull), 'PUSH');
    const flood = Buffer.alloc(64 * MiB, '000178', 'hex');
    const before = aliveBytes();
    // The system takes some megabytes; 64 would mean that we read on.
    void peer.write(flood);
    await until(() => pull.readable, 'the first message');
    let last = -1;
    await until(() => {
      const same = peer.socket.bytesWritten - peer.socket.writableLength === last && peer.socket.writableLength > 0;
      last = peer.socket.bytesWritten - peer.socket.writableLength;
      return same;
    }, 'the flow to stop');
    expect(peer.socket.writableNeedDrain).toBe(true);
    await settlesBelow(before + 16 * MiB);
    peer.reset();
  });

  it('messages of very many parts are taken up to the limit', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const peer = await joined(endpoint, 'PUSH');
    const parts = (count: number): Buffer =>
      Buffer.concat([Buffer.alloc((count - 1) * 2, '0100', 'hex'), Buffer.from('0000', 'hex')]);
    await peer.write(parts(MESSAGE_PARTS_MAX));
    expect(await within(pull.receive(), 'the message')).toHaveLength(MESSAGE_PARTS_MAX);
    await peer.write(parts(MESSAGE_PARTS_MAX + 1));
    await peer.gone();
    await expectThrough(pull, endpoint);
  });

  it('a flooding peer does not keep a good one from being heard', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const peer = await joined(endpoint, 'PUSH');
    const flood = Buffer.alloc(3 * 100_000, '000178', 'hex');
    let stop = false;
    const flooding = (async () => {
      while (!stop) await peer.write(flood);
    })();
    await expectThrough(pull, endpoint);
    stop = true;
    peer.reset();
    await flooding;
  });
});

describe('commands without end', () => {
  it('H4 PINGs whose PONGs nobody reads', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const peer = await joined(endpoint, 'PUSH');
    peer.socket.pause();
    const before = aliveBytes();
    const pings = Buffer.concat(Array(1000).fill(wire.ping(0, 'sixteen bytes ..')));
    for (let i = 0; i < 300; i++) if (!(await within(peer.write(pings), 'the pings are read'))) break;
    await expectThrough(pull, endpoint);
    await settlesBelow(before + 16 * MiB);
    peer.reset();
  });

  it('C6 unknown commands are ignored', async () => {
    const pull = open(new Pull());
    const peer = await joined(await bound(pull), 'PUSH');
    const commands = Buffer.concat(Array(1000).fill(wire.command('WHATEVER', 'x'.repeat(100))));
    for (let i = 0; i < 50; i++) await peer.write(commands);
    await peer.write(wire.message('still here'));
    expect(String(await within(pull.receive(), 'the message'))).toBe('still here');
  });

  it('C14 subscriptions at sockets that take none are ignored', async () => {
    const router = open(new Router());
    const peer = await joined(await bound(router), 'DEALER');
    await peer.write(Buffer.concat(Array(1000).fill(wire.subscribe('topic'))));
    await peer.write(wire.message('body'));
    expect(String((await within(router.receive(), 'the message'))[1])).toBe('body');
  });
});

describe('subscriptions without end', () => {
  it('200 000 topics are held, and let go with the peer', async () => {
    const publisher = open(new Publisher());
    const gone = nextEvent(publisher, 'disconnect');
    const endpoint = await bound(publisher);
    const before = aliveBytes();
    const peer = await joined(endpoint, 'SUB');
    for (let i = 0; i < 200; i++) {
      const topics = Array.from({ length: 1000 }, (_, k) => wire.subscribe(`${i * 1000 + k}`));
      await peer.write(Buffer.concat(topics));
    }
    await publisher.send('before');
    await until(async () => {
      await publisher.send('199999');
      return peer.received.includes('199999');
    }, 'the last subscription takes effect');
    peer.reset();
    await within(gone, 'disconnect');
    await turn();
    await settlesBelow(before + 24 * MiB);
    await expectPublished(publisher, endpoint);
  });

  it('S5 more than 64 MiB of topics end the connection', async () => {
    const publisher = open(new Publisher());
    const endpoint = await bound(publisher);
    const ended = nextEvent(publisher, 'disconnect');
    const peer = await joined(endpoint, 'SUB');
    for (let i = 0; i < 70; i++) {
      const written = peer.write(wire.frame(4, wire.commandBody('SUBSCRIBE', Buffer.alloc(MiB, i + 1))));
      // Not every system tells the peer of its end while it writes.
      if ((await Promise.race([written, ended])) !== true) break;
    }
    expect(await within(ended, 'disconnect')).toMatchObject({ error: { violation: 'subscription-limit' } });
    await expectPublished(publisher, endpoint);
  });

  it('S2 S3 S4 long, unknown and repeated ones', async () => {
    const publisher = open(new Publisher());
    const peer = await joined(await bound(publisher), 'SUB');
    const long = Buffer.alloc(MiB, 'l');
    const command = (name: string, topic: Buffer) => wire.frame(4, wire.commandBody(name, topic));
    await peer.write(command('SUBSCRIBE', long));
    await peer.write(command('CANCEL', long));
    await peer.write(Buffer.concat([wire.cancel('never'), wire.subscribe('a'), wire.subscribe('a'), wire.cancel('a')]));
    await until(async () => {
      await publisher.send('a');
      return peer.received.includes(wire.message('a'));
    }, 'the topic that is left');
  });

  it('an XPUB whose application does not read stops the peer, not itself', async () => {
    const publisher = open(new XPublisher({ receiveHighWaterMark: 10 }));
    const endpoint = await bound(publisher);
    const peer = await joined(endpoint, 'SUB');
    const topic = 'x'.repeat(1000);
    const flood = Buffer.concat(Array.from({ length: 40_000 }, (_, i) => wire.subscribe(`${i}${topic}`)));
    const before = aliveBytes();
    void peer.write(flood);
    await until(() => publisher.readable, 'the first subscription');
    await turn();
    await settlesBelow(before + 16 * MiB);
    for (let i = 0; i < 1000; i++) expect((await publisher.receive())[0]?.[0]).toBe(1);
    peer.reset();
  });

  async function expectPublished(publisher: Publisher, endpoint: string): Promise<void> {
    const sub = open(new Subscriber({ receiveTimeout: 5 }));
    sub.subscribe('good');
    sub.connect(endpoint);
    await until(async () => {
      await publisher.send('good');
      return sub.receive().catch(() => undefined);
    }, 'the good message');
  }
});

describe('connections without end', () => {
  it('X1 silent ones: the oldest go first, and a good peer gets in', async () => {
    const pull = open(new Pull({ backlog: 4096, handshakeInterval: 0 }));
    const endpoint = await bound(pull);
    const ended: Event[] = [];
    pull.events.on('disconnect', (event) => ended.push(event));
    const peers: NetPeer[] = [];
    while (peers.length < HANDSHAKES_MAX + 50) {
      peers.push(...(await Promise.all(Array.from({ length: 50 }, () => dial(endpoint)))));
    }
    await until(() => ended.length >= 50, 'the oldest are gone');
    await within(peers[0]?.closed as Promise<void>, 'the very first one');
    await expectThrough(pull, endpoint);
    expect(ended.length).toBeLessThan(60 + 50);
    for (const peer of peers) peer.reset();
  });

  it('coming and going a thousand times leaves nothing behind', async () => {
    const dealer = open(new Dealer());
    const endpoint = await bound(dealer);
    const round = async (): Promise<void> => {
      const peers = await Promise.all(Array.from({ length: 50 }, () => joined(endpoint, 'DEALER')));
      for (const peer of peers) peer.reset();
      await until(() => !dealer.writable, 'all gone');
    };
    await round();
    const before = aliveBytes();
    for (let i = 0; i < 20; i++) await round();
    await settlesBelow(before + 8 * MiB);
  });
});
