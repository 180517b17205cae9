// Peers as users see them: who is there, who sent what, who comes and goes, over a memory network under virtual time.

import { describe, expect, it } from 'vitest';
import { Dealer, Pair, type Peer, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { World } from '../support/world.js';

interface Received {
  parts: Buffer[];
  peer: Peer;
}

const text = ({ parts, peer }: Received): string =>
  `${parts.map(String).join('|')} from ${peer.properties.get('X-Who')}`;

/** A Pull that two named pushers have connected to. */
async function crowd() {
  const world = new World();
  const pull = world.open(Pull);
  await pull.bind('mem://a');
  const [one, two] = ['one', 'two'].map((name) => world.open(Push, { properties: { 'X-Who': name } }));
  for (const push of [one!, two!]) {
    push.connect('mem://a');
    await world.clock.advance(0);
  }
  return { world, pull, one: one!, two: two! };
}

describe('peers', () => {
  it('are listed on both ends, in the order in which they came', async () => {
    const { pull, one } = await crowd();
    expect(pull.peers.map((peer) => String(peer.properties.get('x-who')))).toEqual(['one', 'two']);
    expect(pull.peers.map(({ socketType, address, connected }) => [socketType, address, connected])).toEqual([
      ['PUSH', 'mem://a', true],
      ['PUSH', 'mem://a', true],
    ]);
    expect(one.peers.map(({ socketType, remoteAddress, userId }) => [socketType, remoteAddress, userId])).toEqual([
      ['PULL', null, null],
    ]);
    expect(pull.peers[0]!.connectedSince).toBeInstanceOf(Date);
  });

  it('leave the list when they are gone, and keep what is known of them', async () => {
    const { world, pull, one } = await crowd();
    const [peer] = pull.peers as [Peer];
    await one.send('last');
    await world.clock.advance(0);
    one.close();
    await world.clock.advance(0);
    expect(pull.peers.map((left) => String(left.properties.get('X-Who')))).toEqual(['two']);
    expect([peer.connected, peer.socketType, peer.statistics.messagesIn]).toEqual([false, 'PUSH', 1]);
    peer.disconnect();
  });

  it('leave the list of a socket that has closed or unbound', async () => {
    const { world, pull, one } = await crowd();
    await pull.unbind('mem://a');
    expect(pull.peers).toEqual([]);
    await world.clock.advance(2000);
    one.close();
    expect(one.peers).toEqual([]);
  });

  it('show the properties of READY, whatever the case of their names', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind('mem://a');
    const other = await world.peer('a', 'DEALER', 'me');
    const [peer] = router.peers as [Peer];
    expect([...peer.properties].map(([name, value]) => `${name}=${value}`)).toEqual([
      'socket-type=DEALER',
      'identity=me',
    ]);
    expect([String(peer.properties.get('Socket-Type')), peer.properties.has('X-None')]).toEqual(['DEALER', false]);
    expect(peer.routingId).toEqual(Buffer.from('me'));
    other.stream.destroy();
  });

  it('have the id under which our ROUTER knows them, else the one they gave themselves, else none', async () => {
    const world = new World();
    const router = world.open(Router);
    const dealer = world.open(Dealer);
    await world.join(dealer, router);
    expect([router.peers[0]!.routingId?.length, dealer.peers[0]!.routingId]).toEqual([5, null]);
    const id = Buffer.of(0xff, 0, 0x80);
    const named = world.open(Router, { routingId: 'named' });
    const caller = world.open(Router);
    await named.bind('mem://b');
    caller.connect('mem://b', { routingId: id });
    await world.clock.advance(0);
    expect(caller.peers[0]!.routingId).toEqual(id);
    expect(caller.peerOf(id)).toBe(caller.peers[0]);
    expect(named.peers[0]!.routingId?.length).toBe(5);
  });
});

describe('receiveMessage', () => {
  it('names the sender of each message, in turn', async () => {
    const { world, pull, one, two } = await crowd();
    for (const push of [one, two, one]) await push.send(['a', 'b']);
    await world.clock.advance(0);
    const got = [await pull.receiveMessage(), await pull.receiveMessage(), await pull.receiveMessage()];
    expect(got.map(text)).toEqual(['a|b from one', 'a|b from two', 'a|b from one']);
  });

  it('names the sender even when others are read before the answer is looked at', async () => {
    const { world, pull, one, two } = await crowd();
    const waiting = pull.receiveMessage();
    await one.send('1');
    await world.clock.advance(0);
    await two.send('2');
    await world.clock.advance(0);
    expect(String((await pull.receive())[0])).toBe('2');
    expect(text(await waiting)).toBe('1 from one');
  });

  it('rejects as receive does, and throws as it does', async () => {
    const { world, pull } = await crowd();
    pull.receiveTimeout = 5;
    const late = expect(pull.receiveMessage()).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(() => pull.receiveMessage()).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    await world.clock.advance(5);
    await late;
    pull.close();
    expect(() => pull.receiveMessage()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('names the sender on REP, REQ, ROUTER and SUB, also when `readable` has looked ahead', async () => {
    const world = new World();
    const who = (name: string) => ({ properties: { 'X-Who': name } });
    const [reply, request] = [world.open(Reply, who('reply')), world.open(Request, who('request'))];
    await world.join(request, reply, 'req');
    await request.send('question');
    await world.clock.advance(0);
    expect(reply.readable).toBe(true);
    expect(text(await reply.receiveMessage())).toBe('question from request');
    await reply.send('answer');
    await world.clock.advance(0);
    expect(request.readable).toBe(true);
    expect(text(await request.receiveMessage())).toBe('answer from reply');

    const [router, dealer] = [world.open(Router), world.open(Dealer, { ...who('dealer'), routingId: 'D' })];
    await world.join(dealer, router, 'router');
    await dealer.send('hello');
    await world.clock.advance(0);
    expect(text(await router.receiveMessage())).toBe('D|hello from dealer');

    const [publisher, subscriber] = [world.open(Publisher, who('publisher')), world.open(Subscriber)];
    subscriber.subscribe('t');
    await world.join(subscriber, publisher, 'sub');
    await publisher.send('topic');
    await world.clock.advance(0);
    expect(subscriber.readable).toBe(true);
    expect(text(await subscriber.receiveMessage())).toBe('topic from publisher');
  });

  it('names the sender over inproc, and with conflate', async () => {
    const world = new World();
    const pull = world.open(Pull, { conflate: true });
    const push = world.open(Push, { properties: { 'X-Who': 'neighbour' } });
    await pull.bind('inproc://name');
    push.connect('inproc://name');
    for (const line of ['1', '2']) await push.send(line);
    const received = await pull.receiveMessage();
    expect([text(received), received.peer.address]).toEqual(['2 from neighbour', 'inproc://name']);
  });

  it('names the peer of an earlier connection for what that one has sent, and the gone one for what it left', async () => {
    const world = new World();
    const peers = world.serve('a', 'PUSH');
    const pull = world.open(Pull);
    pull.connect('mem://a');
    await world.clock.advance(0);
    for (let round = 0; round < 3; round++) {
      peers[round]!.say(`first of ${round}`);
      peers[round]!.say(`second of ${round}`);
      await settle();
      peers[round]!.stream.destroy();
      await world.clock.advance(100);
    }
    expect(pull.peers).toHaveLength(1);
    const received: Received[] = [];
    for (let count = 0; count < 6; count++) received.push(await pull.receiveMessage());
    expect(received.map(({ parts }) => String(parts[0]))).toEqual(
      [0, 1, 2].flatMap((n) => [`first of ${n}`, `second of ${n}`]),
    );
    expect(new Set(received.map(({ peer }) => peer)).size).toBe(3);
    for (const [at, { peer }] of received.entries()) {
      expect([peer.statistics.messagesIn, peer.statistics.reconnects, peer.connected]).toEqual([
        2,
        Math.floor(at / 2),
        false,
      ]);
      expect(peer).toBe(received[at - (at % 2)]!.peer);
    }
  });
});

describe('events', () => {
  it('tell who came and who left', async () => {
    const world = new World();
    const pair = world.open(Pair);
    const told: unknown[] = [];
    for (const type of ['handshake', 'disconnect'] as const)
      pair.events.on(type, ({ peer }) => told.push([type, peer]));
    await pair.bind('mem://a');
    const first = await world.peer('a', 'PAIR');
    const [peer] = pair.peers;
    first.stream.destroy();
    await world.clock.advance(0);
    expect(told).toEqual([
      ['handshake', peer],
      ['disconnect', peer],
    ]);
    expect(told.flat().filter((one) => one === peer)).toHaveLength(2);
  });

  it('name no peer for one that was refused', async () => {
    const world = new World();
    const pair = world.open(Pair);
    await pair.bind('mem://a');
    await world.peer('a', 'PAIR');
    const told: unknown[] = [];
    pair.events.on('disconnect', (event) => told.push('peer' in event));
    await world.peer('a', 'PAIR');
    expect(told).toEqual([false]);
    expect([pair.peers.length, pair.statistics.connects]).toEqual([1, 1]);
  });
});
