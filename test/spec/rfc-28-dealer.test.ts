// RFC 28/REQREP, the DEALER socket: one clause of spec-notes/rfc-28.md per title.
//
// A raw server that accepts and does not answer the greeting stands for a connection that is not established: the
// socket's queue for it exists, holds exactly its high-water mark, and lets nothing out.
import { describe, expect, it } from 'vitest';
import { Dealer, Reply, Router } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { message } from '../support/wire.js';

/** A DEALER with one queue of two messages to a server that has not answered yet. */
async function dealerBeforeHandshake() {
  const dealer = open(new Dealer({ sendHighWaterMark: 2, sendTimeout: 0 }));
  const server = await RawServer.listen();
  dealer.connect(server.endpoint);
  return { dealer, server };
}

describe('DEALER', () => {
  it('REQREP28-DEALER-1 sends to and receives from REP, ROUTER and DEALER peers on one socket', async () => {
    const [dealer, rep, router, other] = [
      open(new Dealer()),
      open(new Reply()),
      open(new Router()),
      open(new Dealer()),
    ];
    for (const socket of [rep, router, other]) {
      const endpoint = inproc();
      await socket.bind(endpoint);
      dealer.connect(endpoint);
    }
    for (let i = 0; i < 3; i++) await dealer.send(['', 'hello']);
    expect(await receiveText(rep)).toEqual(['hello']);
    await rep.send('rep');
    const [id, ...body] = await router.receive();
    await router.send([id!, ...body, 'router']);
    expect(await receiveText(other)).toEqual(['', 'hello']);
    await other.send('dealer');
    expect((await receiveMany(dealer, 3)).sort()).toEqual(['dealer', '|hello|router', '|rep']);
  });

  it('REQREP28-DEALER-2 changes nothing in outgoing and incoming messages', async () => {
    const dealer = open(new Dealer());
    const peer = await RawPeer.join(await bound(dealer), 'ROUTER');
    const parts = [Buffer.alloc(0), Buffer.from([0, 255]), Buffer.alloc(70_000, 7), Buffer.alloc(0)];
    await dealer.send(parts);
    expect(await peer.message()).toEqual(parts);
    peer.write(message(...parts));
    expect(await dealer.receive()).toEqual(parts);
  });

  it('REQREP28-DEALER-3 queues outgoing and incoming messages of a peer independently', async () => {
    const dealer = open(new Dealer({ sendHighWaterMark: 1, sendTimeout: 0 }));
    const peer = await RawPeer.join(await bound(dealer), 'ROUTER');
    peer.pause();
    await expect(async () => {
      for (;;) await dealer.send(Buffer.alloc(256 * 1024));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    peer.write(message('still'), message('coming'), message('in'));
    expect(await receiveMany(dealer, 3)).toEqual(['still', 'coming', 'in']);
  });

  it('REQREP28-DEALER-4 has a queue from the moment it connects, before the connection is established', async () => {
    const { dealer, server } = await dealerBeforeHandshake();
    await dealer.send('one');
    await dealer.send('two');
    const peer = await server.join('ROUTER');
    expect(await peer.text()).toEqual(['one']);
    expect(await peer.text()).toEqual(['two']);
  });

  it('REQREP28-DEALER-5 keeps the queue of an outgoing connection while it is down', async () => {
    const { dealer, server } = await dealerBeforeHandshake();
    dealer.reconnectInterval = 1;
    const first = await server.join('ROUTER');
    const down = nextEvent(dealer, 'disconnect');
    first.close();
    await down;
    await dealer.send('while down');
    const second = await server.join('ROUTER');
    expect(await second.text()).toEqual(['while down']);
  });

  it('REQREP28-DEALER-6 has a queue for each peer that connects', async () => {
    const dealer = open(new Dealer());
    const endpoint = await bound(dealer);
    const peers = [await RawPeer.join(endpoint, 'ROUTER'), await RawPeer.join(endpoint, 'ROUTER')];
    for (const peer of peers) await peer.sync();
    await dealer.send('x');
    await dealer.send('x');
    for (const peer of peers) expect(await peer.text()).toEqual(['x']);
  });

  it('REQREP28-DEALER-7 discards what was queued for a connected peer that left', async () => {
    const dealer = open(new Dealer({ sendHighWaterMark: 1, sendTimeout: 0 }));
    const endpoint = await bound(dealer);
    const leaving = await RawPeer.join(endpoint, 'ROUTER');
    leaving.pause();
    await expect(async () => {
      for (;;) await dealer.send(Buffer.alloc(256 * 1024));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    const gone = nextEvent(dealer, 'disconnect');
    leaving.close();
    await gone;
    const next = await RawPeer.join(endpoint, 'ROUTER');
    await next.sync();
    dealer.sendTimeout = -1;
    await dealer.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
  });

  it('REQREP28-DEALER-8 limits its queues to the high-water marks', async () => {
    const { dealer } = await dealerBeforeHandshake();
    await dealer.send('one');
    await dealer.send('two');
    await expect(async () => dealer.send('three')).rejects.toMatchObject({ code: 'EAGAIN' });
  });

  it('REQREP28-DEALER-9 passes over a peer whose queue is full', async () => {
    const { dealer, server } = await dealerBeforeHandshake();
    dealer.sendTimeout = -1;
    const reading = await RawServer.listen();
    dealer.connect(reading.endpoint);
    const ready = await reading.join('ROUTER');
    for (let i = 0; i < 8; i++) await dealer.send(`${i}`);
    const atReady = [];
    for (let i = 0; i < 6; i++) atReady.push(...(await ready.text()));
    const late = await server.join('ROUTER');
    const atLate = [...(await late.text()), ...(await late.text())];
    expect(atLate.length + atReady.length).toBe(8);
    expect(new Set([...atLate, ...atReady]).size).toBe(8);
    expect([...(await late.sync()), ...(await ready.sync())]).toEqual([]);
  });

  it('REQREP28-DEALER-10 sends to its peers in turn', async () => {
    const [dealer, ...routers] = [open(new Dealer()), open(new Router()), open(new Router()), open(new Router())];
    for (const router of routers) {
      const endpoint = inproc();
      await router.bind(endpoint);
      dealer.connect(endpoint);
    }
    for (let i = 0; i < 9; i++) await dealer.send(`${i}`);
    const turns = [];
    for (const router of routers) {
      const messages = [await router.receive(), await router.receive(), await router.receive()];
      turns.push(messages.map(([, body]) => Number(body)));
    }
    for (const [first, second, third] of turns as [number, number, number][]) {
      expect([second - first, third - second]).toEqual([3, 3]);
    }
    expect(turns.map(([first]) => first).sort()).toEqual([0, 1, 2]);
  });

  it('REQREP28-DEALER-11 waits without an available peer, or rejects with EAGAIN when it may not wait', async () => {
    const dealer = open(new Dealer({ sendTimeout: 0 }));
    await expect(async () => dealer.send('nobody')).rejects.toMatchObject({ code: 'EAGAIN' });
    dealer.sendTimeout = -1;
    const sent = dealer.send('somebody');
    const peer = await RawPeer.join(await bound(dealer), 'ROUTER');
    await sent;
    expect(await peer.text()).toEqual(['somebody']);
  });

  it('REQREP28-DEALER-12 accepts no message while every queue is full', async () => {
    const { dealer, server } = await dealerBeforeHandshake();
    await dealer.send('one');
    await dealer.send('two');
    await expect(async () => dealer.send('refused')).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('ROUTER');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('REQREP28-DEALER-13 discards nothing that it could not queue at once', async () => {
    const { dealer, server } = await dealerBeforeHandshake();
    dealer.sendTimeout = -1;
    await dealer.send('one');
    await dealer.send('two');
    const waiting = dealer.send('three');
    const peer = await server.join('ROUTER');
    await waiting;
    expect([await peer.text(), await peer.text(), await peer.text()]).toEqual([['one'], ['two'], ['three']]);
  });

  it('REQREP28-DEALER-14 receives from its peers in turn', async () => {
    const dealer = open(new Dealer());
    const endpoint = await bound(dealer);
    for (const name of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'ROUTER');
      peer.write(message(name), message(name), message(name));
      await peer.sync();
    }
    const order = await receiveMany(dealer, 9);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('REQREP28-DEALER-15 delivers everything that arrives to the application, in order', async () => {
    const dealer = open(new Dealer());
    const peer = await RawPeer.join(await bound(dealer), 'ROUTER');
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    peer.write(...sent.map((text) => message(text)));
    expect(await receiveMany(dealer, sent.length)).toEqual(sent);
  });
});
