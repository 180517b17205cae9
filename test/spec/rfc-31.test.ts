// RFC 31/EXPAIR: PAIR, one clause of spec-notes/rfc-31.md per title.
//
// A raw server that accepts and does not answer the greeting stands for a connection that is not established.
import { describe, expect, it } from 'vitest';
import { Pair, type SocketOptions } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { message } from '../support/wire.js';

async function boundPair(options: SocketOptions<Pair> = {}) {
  const pair = open(new Pair(options));
  return { pair, endpoint: await bound(pair) };
}

/** A PAIR with a queue of two messages to a server that has not answered yet. */
async function pairBeforeHandshake() {
  const pair = open(new Pair({ sendHighWaterMark: 2, sendTimeout: 0 }));
  const server = await RawServer.listen();
  pair.connect(server.endpoint);
  return { pair, server };
}

describe('PAIR', () => {
  it('EXPAIR31-PAIR-1 talks to one peer, both ways, and turns a second one away', async () => {
    const { pair, endpoint } = await boundPair();
    const first = await RawPeer.join(endpoint, 'PAIR');
    await first.sync();
    const second = await RawPeer.join(endpoint, 'PAIR').catch(() => undefined);
    await second?.closed;
    first.write(message('in'));
    expect(await receiveText(pair)).toEqual(['in']);
    await pair.send('out');
    expect(await first.text()).toEqual(['out']);
  });

  it('EXPAIR31-PAIR-2 changes nothing in outgoing and incoming messages', async () => {
    const { pair, endpoint } = await boundPair();
    const peer = await RawPeer.join(endpoint, 'PAIR');
    const parts = [Buffer.alloc(0), Buffer.from([1, 255]), Buffer.alloc(70_000, 7), Buffer.alloc(0)];
    await pair.send(parts);
    expect(await peer.message()).toEqual(parts);
    peer.write(message(...parts), message(''));
    expect(await pair.receive()).toEqual(parts);
    expect(await receiveText(pair)).toEqual(['']);
  });

  it('EXPAIR31-PAIR-3 queues outgoing and incoming messages independently', async () => {
    const { pair, endpoint } = await boundPair({ sendHighWaterMark: 1, sendTimeout: 0 });
    const peer = await RawPeer.join(endpoint, 'PAIR');
    await peer.sync();
    peer.pause();
    await expect(async () => {
      for (;;) await pair.send(Buffer.alloc(256 * 1024));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    peer.write(message('still'), message('coming'));
    expect(await receiveMany(pair, 2)).toEqual(['still', 'coming']);
  });

  it('EXPAIR31-PAIR-4 has a queue from the moment it connects, before the connection is established', async () => {
    const { pair, server } = await pairBeforeHandshake();
    await pair.send('one');
    await pair.send('two');
    const peer = await server.join('PAIR');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
  });

  it('EXPAIR31-PAIR-5 keeps the queue of an outgoing connection while it is down', async () => {
    const pair = open(new Pair({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    pair.connect(server.endpoint);
    const first = await server.join('PAIR');
    const down = nextEvent(pair, 'disconnect');
    first.close();
    await down;
    await pair.send('while down');
    const second = await server.join('PAIR');
    expect(await second.text()).toEqual(['while down']);
  });

  it('EXPAIR31-PAIR-6 drops the queue of a connected peer that left, but for finished incoming messages', async () => {
    const { pair, endpoint } = await boundPair({ sendHighWaterMark: 1, sendTimeout: 0 });
    const leaving = await RawPeer.join(endpoint, 'PAIR');
    await leaving.sync();
    leaving.pause();
    await expect(async () => {
      for (;;) await pair.send(Buffer.alloc(256 * 1024));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    leaving.write(message('whole'), message('half', 'gone').subarray(0, 6));
    expect(await receiveText(pair)).toEqual(['whole']);
    const gone = nextEvent(pair, 'disconnect');
    leaving.close();
    await gone;
    pair.sendTimeout = -1;
    const next = await RawPeer.join(endpoint, 'PAIR');
    await pair.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
    next.write(message('also fresh'));
    expect(await receiveText(pair)).toEqual(['also fresh']);
  });

  it('EXPAIR31-PAIR-7 limits its queues to the high-water marks', async () => {
    const { pair, server } = await pairBeforeHandshake();
    await pair.send('one');
    await pair.send('two');
    await expect(async () => pair.send('three')).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('PAIR');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
  });

  it('EXPAIR31-PAIR-8 waits without a peer, or rejects with EAGAIN when it may not wait', async () => {
    const pair = open(new Pair({ sendTimeout: 0 }));
    await expect(async () => pair.send('nobody')).rejects.toMatchObject({ code: 'EAGAIN' });
    pair.sendTimeout = -1;
    const sent = pair.send('somebody');
    const server = await RawServer.listen();
    pair.connect(server.endpoint);
    await sent;
    const peer = await server.join('PAIR');
    expect(await peer.text()).toEqual(['somebody']);
  });

  it('EXPAIR31-PAIR-9 accepts no message while its queue is full', async () => {
    const { pair, server } = await pairBeforeHandshake();
    await pair.send('one');
    await pair.send('two');
    await expect(async () => pair.send('refused')).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('PAIR');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('EXPAIR31-PAIR-10 discards nothing that it could not queue at once', async () => {
    const { pair, server } = await pairBeforeHandshake();
    pair.sendTimeout = -1;
    await pair.send('one');
    await pair.send('two');
    const waiting = pair.send('three');
    const peer = await server.join('PAIR');
    await waiting;
    expect([await peer.text(), await peer.text(), await peer.text()]).toEqual([['one'], ['two'], ['three']]);
  });

  it('EXPAIR31-PAIR-11 receives from its peer over inproc as over the network, and waits while it has none', async () => {
    const [a, b] = [open(new Pair()), open(new Pair())];
    const arriving = b.receive();
    const endpoint = inproc();
    await a.bind(endpoint);
    b.connect(endpoint);
    await a.send('hello');
    expect((await arriving).map(String)).toEqual(['hello']);
  });

  it('EXPAIR31-PAIR-12 delivers everything that arrives to the application, in order', async () => {
    const { pair, endpoint } = await boundPair();
    const peer = await RawPeer.join(endpoint, 'PAIR');
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    peer.write(...sent.map((text) => message(text)));
    expect(await receiveMany(pair, sent.length)).toEqual(sent);
  });
});
