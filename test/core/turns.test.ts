// One peer's flood and everybody else's turn: how much of it is decoded before others are heard, that nothing is lost or put
// out of order by it, and that it keeps no process alive. What a turn is for one connection: test/protocol/connection-turns.test.ts.

import { describe, expect, it } from 'vitest';
import { Context, Pair, Publisher, Pull, Reply, type Socket, Subscriber, XPublisher } from '../../src/index.js';
import type { MemoryPeer } from '../support/memory-peer.js';
import { exhaust } from '../support/turns.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { World } from '../support/world.js';

const flood = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => wire.message(`${i}`)));

/** Somebody waits for something, as in most programs. */
function busy(world: World): void {
  void world
    .open(Pair)
    .receive()
    .catch(() => {});
}

/** What `count` gives after each turn of the event loop, until it stays the same. */
async function byTurns(count: () => number): Promise<number[]> {
  const counts = [count()];
  for (let same = 0; same < 3; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = count();
    if (now === counts.at(-1)) same++;
    else counts.push(now);
  }
  return counts;
}

const inOf = (socket: Socket): number => socket.statistics.messagesIn;

describe('a turn that operations have used up', () => {
  async function served(): Promise<{ world: World; pull: Pull; peers: MemoryPeer[] }> {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const peers = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    busy(world);
    return { world, pull, peers };
  }

  it('leaves what a peer brings in bulk undecoded, and decodes the little that others bring', async () => {
    const { world, pull, peers } = await served();
    void exhaust(Context.coreOf(world.context).turn);
    peers[0]?.write(flood(900));
    peers[1]?.say('me too');
    expect(await byTurns(() => inOf(pull))).toEqual([0, 1, 901]);
    const received: string[] = [];
    while (received.length < 901) received.push(String(await pull.receive()));
    const ofTheFirst = received.filter((text) => text !== 'me too');
    expect(ofTheFirst).toEqual(Array.from({ length: 900 }, (_, i) => `${i}`));
  });

  it('does so no more than a few times in a row', async () => {
    const { world, pull, peers } = await served();
    const { turn } = Context.coreOf(world.context);
    let hogging = true;
    const hog = (): unknown => hogging && exhaust(turn).then(hog);
    void hog();
    peers[0]?.write(flood(900));
    let turns = 0;
    for (; inOf(pull) === 0; turns++) await new Promise((resolve) => setImmediate(resolve));
    hogging = false;
    expect(turns).toBeGreaterThan(2);
    expect(turns).toBeLessThan(10);
    expect(inOf(pull)).toBe(900);
  });
});

describe('F12 a flood from one peer', () => {
  it('is decoded a thousand messages at a time where there is another peer', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const [one] = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    busy(world);
    one.write(flood(4500));
    expect(await byTurns(() => inOf(pull))).toEqual([0, 1000, 2000, 3000, 4000, 4500]);
    for (let i = 0; i < 4500; i++) expect(String(await pull.receive())).toBe(`${i}`);
  });

  it('does not keep another peer waiting until it is over', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const [one, two] = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    const order: string[] = [];
    const receiving = (async () => {
      while (order.length < 5001) order.push(String(await pull.receive()));
    })();
    one.write(flood(5000));
    two.say('me too');
    await receiving;
    expect(order.indexOf('me too')).toBeLessThanOrEqual(1000);
    expect(order.filter((text) => text !== 'me too')).toEqual(Array.from({ length: 5000 }, (_, i) => `${i}`));
  });

  it('is decoded eight thousand at a time from a peer that is alone', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    busy(world);
    peer.write(flood(20_000));
    // The first turn's budget is that of a newcomer.
    expect(await byTurns(() => inOf(pull))).toEqual([0, 1000, 9000, 17_000, 20_000]);
  });

  it('is decoded as the options of its endpoint say', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0, maxTurnMessages: 10 });
    await pull.bind('mem://a');
    pull.maxTurnMessages = 1000;
    pull.maxTurnBytes = 1024;
    await pull.bind('mem://b');
    const [a, b] = [await world.peer('a', 'PUSH'), await world.peer('b', 'PUSH')];
    busy(world);
    a.write(flood(45));
    expect(await byTurns(() => inOf(pull))).toEqual([0, 10, 20, 30, 40, 45]);
    for (let i = 0; i < 4; i++) b.say(Buffer.alloc(1024 - 9));
    expect(await byTurns(() => inOf(pull))).toEqual([45, 46, 47, 48, 49]);
  });

  it.each([
    ['messages that nobody subscribed to', Subscriber, 'PUB', wire.message('x')],
    ['messages to a publisher', Publisher, 'SUB', wire.message('\x02x')],
    ['subscriptions', Publisher, 'SUB', wire.subscribe('x')],
    ['requests without an envelope', Reply, 'REQ', wire.message('x')],
    ['commands that nobody knows', XPublisher, 'SUB', wire.command('WHATEVER')],
  ] as const)('of %s leaves room for others', async (_, type, peerType, bytes) => {
    const world = new World();
    const socket = world.open<Socket, object>(type);
    await socket.bind('mem://a');
    const [one, two] = [await world.peer('a', peerType), await world.peer('a', peerType)];
    if ('receive' in socket && type !== Publisher) void (socket as Reply).receive().catch(() => {});
    busy(world);
    one.write(Buffer.alloc(5000 * bytes.length, bytes), wire.ping(0, 'last'));
    two.write(wire.ping(0, 'other'));
    let turns = 0;
    let other = 0;
    const heard: string[] = [];
    for (; !heard.includes('PONG last'); turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (two.messages().includes('PONG other')) other = turns;
      heard.push(...one.messages());
    }
    expect(turns).toBeGreaterThan(5);
    expect(other).toBeLessThan(4);
  });

  it('is delivered whole when its peer has left meanwhile', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const [one] = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    one.write(flood(5000));
    one.stream.destroy();
    for (let i = 0; i < 5000; i++) expect(String(await pull.receive())).toBe(`${i}`);
    await world.clock.advance(0);
    expect(pull.statistics).toMatchObject({ disconnects: 1, messagesIn: 5000 });
  });

  it('ends with the socket in the midst of it', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const [one] = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    busy(world);
    one.write(flood(5000));
    await new Promise((resolve) => setImmediate(resolve));
    pull.close();
    await pull.ended;
    await settle();
    expect(inOf(pull)).toBeLessThan(5000);
    expect(one.ended).toBeDefined();
  });

  it('waits for the clock while nobody waits for anything, which keeps no process alive', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0 });
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    peer.write(flood(3000));
    expect(await byTurns(() => inOf(pull))).toEqual([0, 1000]);
    await world.clock.advance(0);
    expect(inOf(pull)).toBe(3000);
  });
});

describe('topics that are asked for and given up over and over', () => {
  it('while the publisher does not read cost one word each at most', async () => {
    const world = new World();
    const [publisher] = [world.serve('a', 'XPUB')];
    const sub = world.open(Subscriber);
    sub.connect('mem://a');
    await world.clock.advance(0);
    sub.subscribe('before');
    await settle();
    const peer = publisher[0]!;
    expect(peer.messages()).toEqual(['SUBSCRIBE before']);
    const { link } = world.network;
    link.wire.capacity = 1;
    link.stall();
    sub.subscribe('full');
    await settle();
    const before = link.inFlight;
    for (let i = 0; i < 10_000; i++) {
      for (const topic of ['a', 'b', 'c']) sub.subscribe(topic);
      for (const topic of ['a', 'b', 'c']) sub.unsubscribe(topic);
    }
    sub.subscribe('b', 'd');
    sub.unsubscribe('before');
    await settle();
    expect(link.inFlight).toBe(before);
    link.flow();
    await settle();
    expect(peer.messages()).toEqual(['SUBSCRIBE full', 'SUBSCRIBE b', 'SUBSCRIBE d', 'CANCEL before']);
    sub.unsubscribe('full');
    await settle();
    expect(peer.messages()).toEqual(['CANCEL full']);
  });

  it('are stated anew to the next publisher, whatever the last was owed', async () => {
    const world = new World();
    const served = world.serve('a', 'XPUB');
    const sub = world.open(Subscriber);
    sub.connect('mem://a');
    await world.clock.advance(0);
    const { link } = world.network;
    link.wire.capacity = 1;
    link.stall();
    sub.subscribe('full', 'a', 'b');
    await settle();
    sub.unsubscribe('a');
    link.reset();
    await world.clock.advance(200);
    await settle();
    expect(served[1]!.messages()).toEqual(['SUBSCRIBE full', 'SUBSCRIBE b']);
  });
});
