// Attacks that take steps, by peers that know the protocol: mirrors, impostors, those that come and go, that keep just within
// the rules or the time they have. Virtual time; after each, a well-behaved peer is served.

import { describe, expect, it } from 'vitest';
import { Dealer, type Event, Pair, Publisher, Pull, Push, Reply, Router } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import type { MemoryStream } from '../support/memory-transport.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';

failOnUnhandled();

const identity = (id: string): Buffer => wire.ready('DEALER', wire.property('Identity', id));

async function receiveAll(socket: { readonly readable: boolean; receive(): Promise<Buffer[]> }): Promise<string[]> {
  const lines: string[] = [];
  while (socket.readable) lines.push((await socket.receive()).join('|'));
  return lines;
}

async function expectServed(world: World, pull: Pull): Promise<void> {
  const peer = await world.peer('a', 'PUSH');
  peer.say('good');
  await settle();
  expect(await receiveAll(pull)).toContain('good');
  peer.stream.destroy();
  await settle();
}

/** What is said comes back: the greeting, READY, and all that follows. */
function mirror(stream: MemoryStream): void {
  const data = (chunk: Buffer): false => {
    stream.write([chunk]);
    return false;
  };
  stream.start({ data, drain: () => {}, closed: () => {} });
}

describe('a mirror', () => {
  it('A89 shows a PULL another PULL, which is none for it', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const log = eventsOf(pull);
    await pull.bind('mem://a');
    mirror(world.network.dial('a'));
    await settle();
    expect(log.at(-1)).toBe('disconnect mem://a ERR_ZMTP_INVALID_METADATA');
    await expectServed(world, pull);
  });

  it('A90 shows a DEALER itself, and no more: each message comes back once', async () => {
    const world = new World();
    const dealer = world.open(Dealer);
    await dealer.bind('mem://a');
    mirror(world.network.dial('a'));
    await settle();
    for (let i = 0; i < 10; i++) await dealer.send(`${i}`);
    await settle();
    expect(await receiveAll(dealer)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  });

  it('A91 gets PONGs to the PINGs it returns, and none to those', async () => {
    const world = new World();
    const pair = world.open(Pair, { heartbeatInterval: 100 });
    await pair.bind('mem://a');
    const stream = world.network.dial('a');
    mirror(stream);
    await world.clock.advance(10_000);
    // A PING, its copy, the PONG to that and its copy: four frames in 100 ms, and not one more.
    expect(stream.arrived).toBeLessThan(64 + 60 + 100 * 32);
    expect(stream.over).toBe(false);
  });
});

describe('ROUTER', () => {
  it('A92 two hundred peers claim one id at once: one has it, and keeps it', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind('mem://a');
    const peers = Array.from({ length: 200 }, () => new MemoryPeer(world.network.dial('a')));
    for (const peer of peers) peer.write(wire.greeting(), identity('king'), wire.message('mine'));
    await settle();
    expect(peers.filter(({ ended }) => ended === undefined)).toEqual([peers[0]]);
    expect(await receiveAll(router)).toEqual(['king|mine']);
    await router.send(['king', 'long live']);
    await settle();
    expect(peers[0]?.messages()).toEqual(['long live']);
    expect(peers.slice(1).flatMap((peer) => peer.messages())).toEqual([]);
  });

  it('A93 a hundred peers take one id over from each other: the last one is heard', async () => {
    const world = new World();
    const router = world.open(Router, { handover: true });
    await router.bind('mem://a');
    const peers: MemoryPeer[] = [];
    for (let i = 0; i < 100; i++) {
      peers.push(await world.peer('a', 'DEALER', 'king'));
      await router.send(['king', `${i}`]);
      await settle();
    }
    expect(peers.flatMap((peer) => peer.messages())).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(peers.at(-1)?.ended).toBeUndefined();
    expect(peers.slice(0, -1).every(({ ended }) => ended !== undefined)).toBe(true);
  });

  it('A94 a server that calls itself otherwise each time leaves no name behind', async () => {
    const world = new World();
    const router = world.open(Router, { mandatory: true, reconnectInterval: 10 });
    const peers = world.serve('a');
    router.connect('mem://a');
    for (let i = 0; i < 50; i++) {
      await world.clock.advance(20);
      const peer = peers.at(-1) as MemoryPeer;
      peer.introduce('ROUTER', `name ${i}`);
      await settle();
      await router.send([`name ${i}`, 'x']);
      peer.stream.reset();
      await settle();
    }
    for (let i = 0; i < 49; i++)
      await expect(router.send([`name ${i}`, 'x'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
  });
});

describe('comings and goings', () => {
  it('A95 a REP whose askers are gone before their turn answers nobody, and then the next', async () => {
    const world = new World();
    const reply = world.open(Reply);
    await reply.bind('mem://a');
    const peers = await Promise.all(Array.from({ length: 50 }, () => world.peer('a', 'REQ')));
    for (const peer of peers) for (let i = 0; i < 5; i++) peer.say('', `${i}`);
    await settle();
    for (const peer of peers) peer.stream.reset();
    await settle();
    const good = await world.peer('a', 'REQ');
    good.say('', 'good');
    await settle();
    let served = 0;
    for (; reply.readable; served++) {
      await reply.send(await reply.receive());
      await settle();
    }
    expect(served).toBeLessThanOrEqual(251);
    expect(good.messages()).toEqual(['|good']);
  });

  it('A96 a subscriber that comes and goes five hundred times leaves no topic', async () => {
    const world = new World();
    const publisher = world.open(Publisher);
    await publisher.bind('mem://a');
    for (let i = 0; i < 500; i++) {
      const peer = new MemoryPeer(world.network.dial('a'));
      peer.write(wire.greeting(), wire.ready('SUB'), wire.subscribe(''), wire.subscribe(`t${i}`));
      await settle();
      peer.stream.reset();
    }
    await settle();
    const topics = (publisher as unknown as { getInt32Option(option: number): number }).getInt32Option(116);
    expect(topics).toBe(0);
    expect(publisher.statistics).toMatchObject({ queuedOut: 0, disconnects: 500 });
  });

  it('A97 a hundred thousand subscriptions and cancellations of one topic come to nothing', async () => {
    const world = new World();
    const publisher = world.open(Publisher, { maxTurnMessages: 1_000_000, maxTurnBytes: 10_000_000 });
    await publisher.bind('mem://a');
    const peer = await world.peer('a', 'SUB');
    const turn = Buffer.concat([wire.subscribe('t'), wire.cancel('t')]);
    for (let i = 0; i < 100; i++) peer.write(Buffer.concat(Array(1000).fill(turn)));
    await settle();
    await publisher.send('t');
    await settle();
    expect(peer.messages()).toEqual([]);
    peer.write(wire.subscribe('t'));
    await settle();
    await publisher.send('t');
    await settle();
    expect(peer.messages()).toEqual(['t']);
  });

  it('A98 ten thousand honest handshakes, each gone at once, leave nothing', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    for (let i = 0; i < 100; i++) {
      const peers = Array.from({ length: 100 }, () => new MemoryPeer(world.network.dial('a')));
      for (const peer of peers) peer.introduce('PUSH');
      await settle();
      for (const peer of peers) peer.stream.reset();
      world.network.links.length = 0;
    }
    await settle();
    expect(world.clock.pending).toBe(0);
    expect(pull.statistics).toMatchObject({ connects: 10_000, disconnects: 10_000, queuedIn: 0 });
    await expectServed(world, pull);
  });

  it('A100 a thousand connections that break in one tick, in their handshake', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const peers = Array.from({ length: 1000 }, () => new MemoryPeer(world.network.dial('a')));
    for (const peer of peers) peer.write(wire.greeting());
    await settle();
    for (const peer of peers) peer.stream.reset();
    await settle();
    expect(world.clock.pending).toBe(0);
    await expectServed(world, pull);
  });

  it('A101 a server that is there for a moment each time is asked at the pace of the back-off, not of its own', async () => {
    const world = new World();
    const push = world.open(Push, { reconnectInterval: 100, reconnectMaxInterval: 10_000 });
    const peers = world.serve('a');
    push.connect('mem://a');
    for (let second = 0; second < 600; second++) {
      await world.clock.advance(1000);
      for (const peer of peers.splice(0)) peer.stream.reset();
    }
    // Refused in its handshake, 100 ms double up to 10 s: about seven attempts, and one every 10 s from then on.
    expect(world.network.attempts).toBeLessThan(80);
  });

  it('A102 a server that is of another type the second time is given up, and told once', async () => {
    const world = new World();
    const push = world.open(Push, { reconnectInterval: 10 });
    const log = eventsOf(push);
    const peers = world.serve('a');
    push.connect('mem://a');
    await settle();
    peers[0]?.introduce('PULL');
    await settle();
    peers[0]?.stream.reset();
    await world.clock.advance(10);
    peers[1]?.introduce('SUB');
    await world.clock.advance(60_000);
    expect(peers).toHaveLength(2);
    expect(log.filter((line) => line.includes('ERR_ZMTP_INVALID_METADATA'))).toHaveLength(1);
  });
});

describe('within the time', () => {
  it('A103 a handshake that ends a millisecond before its time is one; at its time it is none', async () => {
    for (const late of [false, true]) {
      const world = new World();
      const pull = world.open(Pull);
      await pull.bind('mem://a');
      const peer = new MemoryPeer(world.network.dial('a'));
      peer.write(wire.greeting());
      await world.clock.advance(late ? 30_000 : 29_999);
      peer.write(wire.ready('PUSH'), wire.message('x'));
      await settle();
      expect(pull.readable).toBe(!late);
      expect(peer.ended !== undefined).toBe(late);
      await world.clock.advance(60_000);
      expect(peer.ended !== undefined).toBe(late);
    }
  });

  it('A104 an hour of PINGs that ask for a tenth of a second costs one timer', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    for (let i = 0; i < 2000; i++) {
      peer.write(wire.ping(1));
      await world.clock.advance(90);
      expect(world.clock.pending).toBeLessThanOrEqual(1);
    }
    expect(peer.ended).toBeUndefined();
    await world.clock.advance(100);
    expect(peer.ended).toBeDefined();
  });

  it('A105 a frame that comes a byte at a time keeps its peer alive, and costs one timer', async () => {
    const world = new World();
    const pull = world.open(Pull, { heartbeatInterval: 1000, heartbeatTimeout: 1000 });
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    const slow = wire.message(Buffer.alloc(100, 's'));
    for (const byte of slow) {
      peer.write(Buffer.of(byte));
      await world.clock.advance(900);
      expect(world.clock.pending).toBeLessThanOrEqual(1);
    }
    expect((await receiveAll(pull))[0]).toHaveLength(100);
    await world.clock.advance(3000);
    expect(peer.ended).toBeDefined();
  });

  it('A106 whoever answers with PONGs alone, and reads nothing, is kept as alive', async () => {
    const world = new World();
    const pull = world.open(Pull, { heartbeatInterval: 100, heartbeatTimeout: 100 });
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    peer.stream.pause();
    for (let i = 0; i < 100; i++) {
      peer.write(wire.pong());
      await world.clock.advance(90);
    }
    expect(peer.ended).toBeUndefined();
    await world.clock.advance(300);
    await expectServed(world, pull);
  });
});

describe('in the middle of our own doing', () => {
  it('A107 a socket closed by its listener while a chunk is being decoded', async () => {
    const world = new World();
    const pull = world.open(Pull, { linger: 0 });
    pull.events.on('handshake', () => pull.close());
    await pull.bind('mem://a');
    const peer = new MemoryPeer(world.network.dial('a'));
    peer.write(wire.greeting(), wire.ready('PUSH'), ...Array(100).fill(wire.message('x')));
    await settle();
    await world.clock.advance(2000);
    expect(pull.closed).toBe(true);
    expect(peer.ended).toBeDefined();
    expect(world.clock.pending).toBe(0);
  });

  it('A108 a connection that breaks while its handshake is being told', async () => {
    const world = new World();
    const pull = world.open(Pull);
    let peer: MemoryPeer | undefined;
    pull.events.on('handshake', () => peer?.stream.reset());
    await pull.bind('mem://a');
    for (let i = 0; i < 5; i++) {
      peer = new MemoryPeer(world.network.dial('a'));
      peer.introduce('PUSH');
      await settle();
      expect(peer.ended).toBeDefined();
    }
    peer = undefined;
    await expectServed(world, pull);
    expect(world.clock.pending).toBe(0);
  });

  it('A109 an endpoint unbound in the middle of handshakes, and bound again', async () => {
    const world = new World();
    const pull = world.open(Pull);
    for (const cut of [0, 10, 64, 80]) {
      await pull.bind('mem://a');
      const peer = new MemoryPeer(world.network.dial('a'));
      peer.write(Buffer.concat([wire.greeting(), wire.ready('PUSH')]).subarray(0, cut));
      await settle();
      await pull.unbind('mem://a');
      await settle();
      expect(peer.ended).toBeDefined();
    }
    await pull.bind('mem://a');
    await expectServed(world, pull);
    expect(world.clock.pending).toBe(0);
  });

  it('A110 a peer that is disconnected while it floods', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const seen: Event[] = [];
    pull.events.on('disconnect', (event) => seen.push(event));
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    peer.write(Buffer.alloc(30_000, '000178', 'hex'));
    await settle();
    for (const known of pull.peers) known.disconnect();
    peer.write(Buffer.alloc(30_000, '000178', 'hex'));
    await world.clock.advance(2000);
    expect(peer.ended).toBeDefined();
    expect(seen.length).toBeLessThanOrEqual(1);
    await expectServed(world, pull);
  });
});
