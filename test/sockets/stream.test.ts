// STREAM: what it does by itself (stream.test.ts in test/interop holds it against zeromq.js). High-water marks in both
// directions, linger, misuse.

import * as net from 'node:net';
import { describe, expect, it } from 'vitest';
import { Dealer, Stream } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { writesTo } from '../support/memory-transport.js';
import { dial, serve } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { inproc, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { eventsOf, World } from '../support/world.js';

failOnUnhandled();

/** A bound STREAM, a link to it in memory, and the id of the peer at its other end. */
async function linked(options: object = {}) {
  const world = new World();
  const stream = world.open(Stream, options);
  await stream.bind('mem://a');
  const link = world.network.dial('a');
  const got: Buffer[] = [];
  const ends: unknown[] = [];
  const data = (chunk: Buffer): false => {
    got.push(chunk);
    return false;
  };
  link.start({ data, drain: () => {}, closed: (error) => void ends.push(error) });
  const [id] = await stream.receive();
  return { world, stream, link, id, got, ends };
}

const PIECE = Buffer.alloc(8192);

describe('an authenticator', () => {
  it('is refused: nobody would ask it', async () => {
    const world = new World();
    const stream = world.open(Stream, { authenticator: () => false });
    const refused = { code: 'EINVAL', detail: expect.stringContaining('authenticator') };
    await expect(stream.bind('mem://a')).rejects.toMatchObject(refused);
    expect(() => stream.connect('mem://a')).toThrow(expect.objectContaining(refused));
    stream.authenticator = null;
    await stream.bind('mem://a');
    expect(stream.lastEndpoint).toBe('mem://a');
  });
});

describe('sending', () => {
  it('leaves at once when little is sent, and gathers otherwise', async () => {
    const { world, stream, link, id, got } = await linked();
    await world.clock.advance(0);
    const writes = writesTo(link.other);
    for (let i = 0; i < 50; i++) void stream.send([id, `${i} `]);
    expect(writes).toHaveLength(8);
    await world.clock.advance(0);
    expect(writes).toHaveLength(9);
    expect(Buffer.concat(got).toString()).toBe(Array.from({ length: 50 }, (_, i) => `${i} `).join(''));
  });

  it('gathers when it has waited for the connection', async () => {
    const world = new World();
    const stream = world.open(Stream);
    stream.connect('mem://a', { routingId: 'it' });
    for (let i = 0; i < 50; i++) void stream.send(['it', `${i} `]);
    let writes: number[] = [];
    world.network.listen('a', ({ other }) => {
      writes = writesTo(other);
    });
    await world.clock.advance(1000);
    expect(writes).toHaveLength(1);
  });

  it('gathers when it has waited for room', async () => {
    const { world, stream, link, id } = await linked();
    link.other.wire.capacity = 1;
    await world.clock.advance(0);
    link.other.stall();
    void stream.send([id, 'in the stream']);
    const writes = writesTo(link.other);
    for (let i = 0; i < 50; i++) void stream.send([id, `${i} `]);
    expect(writes).toEqual([]);
    link.other.flow();
    await world.clock.advance(0);
    expect(writes).toHaveLength(1);
  });
});

describe('receiving', () => {
  it('stops reading from a peer whose messages nobody receives, and goes on later without losing a byte', async () => {
    const { world, stream, link } = await linked({ receiveHighWaterMark: 4 });
    for (let i = 0; i < 100; i++) link.write([Buffer.alloc(8192, i)]);
    await world.clock.advance(0);
    expect(link.other.paused).toBe(true);
    expect(link.inFlight).toBeGreaterThan(90 * 8192);
    for (let i = 0; i < 100; i++) {
      const [, data] = await stream.receive();
      expect([data.length, data[0]]).toEqual([8192, i]);
    }
    expect(link.other.paused).toBe(false);
  });

  it('splits what comes at 8192 bytes, so that a mark bounds bytes as well', async () => {
    const { world, stream, link } = await linked({ receiveHighWaterMark: 2 });
    const sent = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
    link.write([sent]);
    await world.clock.advance(0);
    const pieces: Buffer[] = [];
    for (let bytes = 0; bytes < sent.length; ) {
      const [, data] = await stream.receive();
      pieces.push(data);
      bytes += data.length;
    }
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(8192);
    expect(Buffer.concat(pieces).equals(sent)).toBe(true);
  });

  it('gives everything a peer has sent before it says that the peer has left', async () => {
    const { world, stream, link } = await linked({ receiveHighWaterMark: 2 });
    link.write([Buffer.alloc(50_000)]);
    link.end();
    await world.clock.advance(0);
    let bytes = 0;
    for (;;) {
      const [, data] = await stream.receive();
      if (data.length === 0) break;
      bytes += data.length;
    }
    expect(bytes).toBe(50_000);
    expect(stream.readable).toBe(false);
  });
});

describe('sending', () => {
  it('waits for a peer that does not read, at the mark, and holds no more than that', async () => {
    const { world, stream, link, id, got } = await linked({ sendHighWaterMark: 3, sendTimeout: 50 });
    link.other.wire.capacity = 10_000;
    link.other.stall();
    let taken = 0;
    for (;;) {
      const sending = outcome(() => stream.send([id, PIECE]));
      await world.clock.advance(60);
      const { error } = await sending;
      if (error !== undefined) {
        expect(error.code).toBe('EAGAIN');
        break;
      }
      taken++;
    }
    // Three in the pipe, and what the stream took before it said full.
    expect(taken).toBeLessThanOrEqual(3 + 3);
    link.other.flow();
    await world.clock.advance(0);
    await until(() => Buffer.concat(got).length === taken * 8192, 'all that was taken arrives');
    await stream.send([id, 'more']);
  });

  it('a send that waits for a peer is refused when the peer leaves', async () => {
    const { world, stream, link, id } = await linked({ sendHighWaterMark: 1 });
    link.other.wire.capacity = 1;
    link.other.stall();
    for (let i = 0; i < 2; i++) {
      await stream.send([id, 'x']);
      await world.clock.advance(0);
    }
    const waiting = outcome(() => stream.send([id, 'x']));
    await world.clock.advance(0);
    link.reset();
    expect(await waiting).toMatchObject({ how: 'rejected', error: { code: 'EHOSTUNREACH' } });
  });

  it('bytes that the program changes afterwards leave as they were, when there are few', async () => {
    const { world, stream, id, got } = await linked();
    const buffer = Buffer.from('before');
    await stream.send([id, buffer]);
    buffer.fill('x');
    await world.clock.advance(0);
    expect(String(Buffer.concat(got))).toBe('before');
  });

  it('closes a peer on request after everything sent before, and says nothing of that', async () => {
    const { world, stream, link, id, got, ends } = await linked();
    const events = eventsOf(stream);
    for (const data of ['one', 'two', '']) await stream.send([id, data]);
    await world.clock.advance(0);
    expect([String(Buffer.concat(got)), ends]).toEqual(['onetwo', [undefined]]);
    link.write([Buffer.from('late')]);
    await world.clock.advance(2000);
    expect(stream.readable).toBe(false);
    expect(events.filter((event) => event.startsWith('handshake'))).toEqual([]);
  });

  it.each([
    [['id'], '1 part'],
    [['id', 'a', 'b'], '3 parts'],
  ])('refuses %j, which is not an id and one part', async (parts) => {
    const { stream, id } = await linked();
    const message = [id, ...parts.slice(1)] as unknown as [Buffer, string];
    expect(await outcome(() => stream.send(message))).toMatchObject({ how: 'rejected', error: { code: 'EINVAL' } });
    await stream.send([id, 'still in step']);
  });
});

describe('endpoints', () => {
  it('refuses an id that another peer has, and one that libzmq keeps for itself', () => {
    const stream = open(new Stream());
    stream.connect('tcp://127.0.0.1:1', { routingId: 'a' });
    expect(() => stream.connect('tcp://127.0.0.1:2', { routingId: 'a' })).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', address: 'tcp://127.0.0.1:2' }),
    );
    expect(() => stream.connect('tcp://127.0.0.1:2', { routingId: Buffer.from([0, 1]) })).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
  });

  it('takes binary ids', async () => {
    const server = await serve((peer) => void peer.write(Buffer.from('hello')));
    const stream = open(new Stream());
    const id = Buffer.from([1, 0, 255]);
    stream.connect(server.endpoint, { routingId: id });
    expect(await within(stream.receive(), 'the notification')).toEqual([id, Buffer.alloc(0)]);
    expect(String((await within(stream.receive(), 'data'))[1])).toBe('hello');
  });

  it('has nobody to talk to over inproc, and says so', async () => {
    const stream = open(new Stream());
    const name = inproc();
    expect(await outcome(() => stream.bind(name))).toMatchObject({
      how: 'rejected',
      error: { code: 'ENOCOMPATPROTO', address: name },
    });
    expect(() => stream.connect(name)).toThrow(expect.objectContaining({ code: 'ENOCOMPATPROTO', address: name }));
  });

  it('serves plain programs over ipc as well', async () => {
    const stream = open(new Stream());
    await stream.bind('ipc://*');
    const peer = await dial(String(stream.lastEndpoint));
    const [id] = await within(stream.receive(), 'the notification');
    await peer.write(Buffer.from('hello'));
    expect(String((await within(stream.receive(), 'data'))[1])).toBe('hello');
    await stream.send([id, 'reply']);
    expect(String(await peer.bytes(5))).toBe('reply');
  });

  it('a ZeroMQ peer is a plain one: what comes is its greeting', async () => {
    const stream = open(new Stream());
    await stream.bind('tcp://127.0.0.1:*');
    open(new Dealer()).connect(String(stream.lastEndpoint));
    await within(stream.receive(), 'the notification');
    const [, data] = await within(stream.receive(), 'the greeting');
    expect(data.subarray(0, 10).toString('hex')).toMatch(/^ff.{16}7f$/);
  });
});

describe('closing', () => {
  it('sends what was sent before it ends, within linger', async () => {
    const stream = open(new Stream());
    await stream.bind('tcp://127.0.0.1:*');
    const client = net.connect(Number(stream.lastEndpoint?.split(':').pop()), '127.0.0.1');
    let bytes = 0;
    client.on('data', (chunk) => {
      bytes += chunk.length;
    });
    const ended = new Promise<void>((resolve) => client.on('close', () => resolve()));
    const [id] = await stream.receive();
    for (let i = 0; i < 100; i++) await stream.send([id, PIECE]);
    stream.linger = 5000;
    stream.close();
    await within(ended, 'the end');
    expect(bytes).toBe(100 * 8192);
  });

  it('gives up after linger on a peer that does not read', async () => {
    const { world, stream, link, id } = await linked({ linger: 100 });
    link.other.stall();
    await stream.send([id, PIECE]);
    const events = eventsOf(stream);
    stream.close();
    await world.clock.advance(99);
    expect(events).not.toContain('end');
    await world.clock.advance(1);
    expect(events).toContain('end');
    expect(link.other.over).toBe(true);
  });
});
