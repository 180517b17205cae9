// RFC 28/REQREP, the ROUTER socket: one clause of spec-notes/rfc-28.md per title.
//
// Peers are raw, so that their identities and the moment they stop reading are under the test's control.
import { describe, expect, it } from 'vitest';
import { Dealer, Request, Router, type SocketOptions } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany } from '../support/sockets.js';
import { greeting, message, property, ready } from '../support/wire.js';

async function boundRouter(options: SocketOptions<Router> = {}) {
  const router = open(new Router(options));
  return { router, endpoint: await bound(router) };
}

/** Fills the queue of `peer`, which must have stopped reading, until `mandatory` reports it as full. */
async function fill(router: Router, id: string): Promise<void> {
  router.mandatory = true;
  router.sendTimeout = 0;
  await expect(async () => {
    for (;;) await router.send([id, Buffer.alloc(256 * 1024)]);
  }).rejects.toMatchObject({ code: 'EAGAIN' });
}

describe('ROUTER', () => {
  it('REQREP28-ROUTER-1 sends to and receives from REQ, DEALER and ROUTER peers on one socket', async () => {
    const router = open(new Router());
    const endpoint = inproc();
    await router.bind(endpoint);
    const [req, dealer] = [open(new Request({ routingId: 'req' })), open(new Dealer({ routingId: 'dealer' }))];
    const other = open(new Router({ routingId: 'router' }));
    for (const socket of [req, dealer, other]) socket.connect(endpoint);
    await req.send('q');
    await dealer.send('d');
    expect((await receiveMany(router, 2)).sort()).toEqual(['dealer|d', 'req||q']);
    await router.send(['req', '', 'to req']);
    await router.send(['dealer', 'to dealer']);
    await router.send(['router', 'to router']);
    expect(String(await req.receive())).toBe('to req');
    expect(String(await dealer.receive())).toBe('to dealer');
    expect((await other.receive()).slice(1).map(String)).toEqual(['to router']);
  });

  it('REQREP28-ROUTER-2 queues outgoing and incoming messages of a peer independently', async () => {
    const { router, endpoint } = await boundRouter({ sendHighWaterMark: 1 });
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'p' });
    await peer.sync();
    peer.pause();
    await fill(router, 'p');
    peer.write(message('in'));
    expect((await router.receive()).map(String)).toEqual(['p', 'in']);
  });

  it('REQREP28-ROUTER-3 has a queue from the moment it connects and keeps it while the connection is down', async () => {
    const router = open(new Router({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    router.connect(server.endpoint, { routingId: 'peer' });
    await router.send(['peer', 'before']);
    const first = await server.join('DEALER');
    expect(await first.text()).toEqual(['before']);
    const down = nextEvent(router, 'disconnect');
    first.close();
    await down;
    await router.send(['peer', 'while down']);
    const second = await server.join('DEALER');
    expect(await second.text()).toEqual(['while down']);
  });

  it('REQREP28-ROUTER-4 discards what was queued for a connected peer that left', async () => {
    const { router, endpoint } = await boundRouter({ sendHighWaterMark: 1 });
    const leaving = await RawPeer.join(endpoint, 'DEALER', { identity: 'p' });
    await leaving.sync();
    leaving.pause();
    await fill(router, 'p');
    const gone = nextEvent(router, 'disconnect');
    leaving.close();
    await gone;
    const next = await RawPeer.join(endpoint, 'DEALER', { identity: 'p' });
    await next.sync();
    router.sendTimeout = -1;
    await router.send(['p', 'fresh']);
    expect(await next.text()).toEqual(['fresh']);
  });

  it('REQREP28-ROUTER-5 gives each peer without an identity one of its own', async () => {
    const { router, endpoint } = await boundRouter();
    const peers = [];
    for (let i = 0; i < 3; i++) {
      const peer = await RawPeer.join(endpoint, 'DEALER');
      peer.write(message(`${i}`));
      await peer.sync();
      peers.push(peer);
    }
    const ids = new Map<string, Buffer>();
    for (let i = 0; i < 3; i++) {
      const [id, body] = await router.receive();
      ids.set(String(body), id!);
    }
    expect(new Set([...ids.values()].map((id) => id.toString('hex'))).size).toBe(3);
    for (const [name, id] of ids) await router.send([id, `for ${name}`]);
    for (const [i, peer] of peers.entries()) expect(await peer.text()).toEqual([`for ${i}`]);
  });

  it('REQREP28-ROUTER-5 turns away a second peer with an identity in use, unless handover is set', async () => {
    const { router, endpoint } = await boundRouter();
    const first = await RawPeer.join(endpoint, 'DEALER', { identity: 'same' });
    await first.sync();
    const second = await RawPeer.connect(endpoint);
    second.write(greeting(), ready('DEALER', property('Identity', 'same')));
    await second.closed;
    await router.send(['same', 'to the first']);
    expect(await first.text()).toEqual(['to the first']);
    router.handover = true;
    const third = await RawPeer.join(endpoint, 'DEALER', { identity: 'same' });
    await first.closed;
    await router.send(['same', 'to the third']);
    expect(await third.text()).toEqual(['to the third']);
  });

  it('REQREP28-ROUTER-6 knows a peer by the Identity it announces', async () => {
    const { router, endpoint } = await boundRouter();
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: Buffer.from([0xff, 0, 1]) });
    await peer.sync();
    await router.send([Buffer.from([0xff, 0, 1]), 'hello']);
    expect(await peer.text()).toEqual(['hello']);
  });

  it('REQREP28-ROUTER-7 limits its queues to the high-water marks', async () => {
    const router = open(new Router({ sendHighWaterMark: 2, sendTimeout: 0, mandatory: true }));
    const server = await RawServer.listen();
    router.connect(server.endpoint, { routingId: 'peer' });
    await router.send(['peer', 'one']);
    await router.send(['peer', 'two']);
    await expect(async () => router.send(['peer', 'three'])).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('DEALER');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
  });

  it('REQREP28-ROUTER-8 receives from its peers in turn', async () => {
    const { router, endpoint } = await boundRouter();
    for (const identity of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'DEALER', { identity });
      peer.write(message('1'), message('2'), message('3'));
      await peer.sync();
    }
    const order = (await receiveMany(router, 9)).map((text) => text[0]);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('REQREP28-ROUTER-9 puts the identity of the sender before every message', async () => {
    const { router, endpoint } = await boundRouter();
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'me' });
    peer.write(message('one'), message('', 'two', ''), message(''));
    expect(await receiveMany(router, 3)).toEqual(['me|one', 'me||two|', 'me|']);
  });

  it('REQREP28-ROUTER-10 delivers everything that arrives to the application, in order', async () => {
    const { router, endpoint } = await boundRouter();
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'me' });
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    peer.write(...sent.map((text) => message(text)));
    expect(await receiveMany(router, sent.length)).toEqual(sent.map((text) => `me|${text}`));
  });

  it('REQREP28-ROUTER-11 takes the first frame as the address and sends the rest', async () => {
    const { router, endpoint } = await boundRouter();
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'me' });
    await peer.sync();
    await router.send(['me', '', 'a', '', 'b']);
    expect(await peer.text()).toEqual(['', 'a', '', 'b']);
  });

  it('REQREP28-ROUTER-12 sends a message to the addressed peer and to nobody else', async () => {
    const { router, endpoint } = await boundRouter();
    const [a, b] = [
      await RawPeer.join(endpoint, 'DEALER', { identity: 'a' }),
      await RawPeer.join(endpoint, 'DEALER', { identity: 'b' }),
    ];
    await a.sync();
    await b.sync();
    await router.send(['b', 'for b']);
    expect(await b.text()).toEqual(['for b']);
    expect(await a.sync()).toEqual([]);
  });

  it('REQREP28-ROUTER-13 drops a message for an unknown peer silently, rejects with EHOSTUNREACH when mandatory', async () => {
    const { router, endpoint } = await boundRouter();
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'known' });
    await peer.sync();
    await router.send(['unknown', 'lost']);
    await router.send(['known']);
    await router.send(['', 'lost']);
    router.mandatory = true;
    await expect(async () => router.send(['unknown', 'lost'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    await router.send(['known', 'kept']);
    expect(await peer.text()).toEqual(['kept']);
  });

  it('REQREP28-ROUTER-14 drops a message for a peer whose queue is full, rejects with EAGAIN when mandatory', async () => {
    const router = open(new Router({ sendHighWaterMark: 1, sendTimeout: 0 }));
    const server = await RawServer.listen();
    router.connect(server.endpoint, { routingId: 'peer' });
    await router.send(['peer', 'kept']);
    await router.send(['peer', 'dropped']);
    router.mandatory = true;
    await expect(async () => router.send(['peer', 'refused'])).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('DEALER');
    expect(await peer.text()).toEqual(['kept']);
    expect(await peer.sync()).toEqual([]);
  });

  it('REQREP28-ROUTER-15 does not wait for a peer that does not read', async () => {
    const { router, endpoint } = await boundRouter({ sendHighWaterMark: 1 });
    const peer = await RawPeer.join(endpoint, 'DEALER', { identity: 'p' });
    await peer.sync();
    peer.pause();
    for (let i = 0; i < 100; i++) await router.send(['p', Buffer.alloc(256 * 1024)]);
  });
});
