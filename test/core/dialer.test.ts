// One outgoing connection kept alive: attempts, back-off with jitter, what makes it give up, and what waits meanwhile.
// Every time is the virtual clock's.

import { describe, expect, it } from 'vitest';
import { Dealer, Pair, Publisher, Pull, Push, Router, Subscriber } from '../../src/index.js';
import { error, greeting, ready } from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';

/** The delays announced while nobody listens, for as long as `ms`. */
async function delays(world: World, options: object, ms: number): Promise<number[]> {
  const push = world.open(Push, options);
  const log = eventsOf(push);
  push.connect('mem://nobody');
  await world.clock.advance(ms);
  return log.filter((line) => line.startsWith('connect:retry')).map((line) => Number(line.split(' ')[2]));
}

describe('T10 back-off', () => {
  it('waits the interval, and makes an attempt after each wait', async () => {
    const world = new World();
    expect(await delays(world, { reconnectInterval: 100 }, 350)).toEqual([100, 100, 100, 100]);
    expect(world.network.attempts).toBe(4);
  });

  it('adds a random part below the interval', async () => {
    const world = new World();
    world.random = 0.999;
    expect(await delays(world, { reconnectInterval: 100 }, 250)).toEqual([199, 199]);
  });

  it('doubles up to the maximum', async () => {
    const world = new World();
    const options = { reconnectInterval: 100, reconnectMaxInterval: 1000 };
    expect(await delays(world, options, 4600)).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it('never waits longer than the maximum, jitter included', async () => {
    const world = new World();
    world.random = 0.5;
    const options = { reconnectInterval: 100, reconnectMaxInterval: 300 };
    expect(await delays(world, options, 999)).toEqual([150, 250, 300, 300]);
  });

  it('keeps the interval when the maximum is below it', async () => {
    expect(await delays(new World(), { reconnectInterval: 100, reconnectMaxInterval: 50 }, 250)).toEqual([
      100, 100, 100,
    ]);
  });

  it('begins anew after a success', async () => {
    const world = new World();
    const push = world.open(Push, { reconnectInterval: 100, reconnectMaxInterval: 10_000 });
    const log = eventsOf(push);
    push.connect('mem://a');
    await world.clock.advance(100 + 200 + 399);
    world.serve('a', 'PULL');
    await world.clock.advance(1);
    world.network.link.reset();
    await world.clock.advance(0);
    expect(log.at(-1)).toBe('connect:retry mem://a 100');
  });

  it('does not begin anew for a peer that accepts and then breaks the handshake', async () => {
    const world = new World();
    world.network.listen('a', (stream) => stream.write([Buffer.from('HTTP/1.1 400')]));
    expect(await faultDelays(world, {}, 10_000)).toEqual([100, 200, 400, 800, 1600, 3200, 6400]);
  });

  it('nor for one that breaks the protocol after its handshake', async () => {
    const world = new World();
    world.network.listen('a', (stream) => stream.write([greeting(), ready('PULL'), Buffer.of(0xff, 1)]));
    expect(await faultDelays(world, {}, 10_000)).toEqual([100, 200, 400, 800, 1600, 3200, 6400]);
  });

  it('asks a faulty peer at least every 30 s, and never sooner than the interval says', async () => {
    const world = new World();
    world.network.listen('a', (stream) => stream.write([Buffer.from('HTTP/1.1 400')]));
    expect((await faultDelays(world, {}, 200_000)).at(-1)).toBe(30_000);
    expect((await faultDelays(world, { reconnectInterval: 60_000 }, 200_000)).at(-1)).toBe(60_000);
  });
});

async function faultDelays(world: World, options: object, ms: number): Promise<number[]> {
  const push = world.open(Push, options);
  const log = eventsOf(push);
  push.connect('mem://a');
  await world.clock.advance(ms);
  return log.filter((line) => line.startsWith('connect:retry')).map((line) => Number(line.split(' ')[2]));
}

describe('attempts', () => {
  it('T4 that hang are given up after connectTimeout and made again', async () => {
    const world = new World();
    world.network.answer = 'hang';
    const push = world.open(Push, { connectTimeout: 500 });
    push.connect('mem://a');
    await world.clock.advance(499);
    expect(world.network.abandoned).toBe(0);
    await world.clock.advance(1);
    expect([world.network.abandoned, world.network.attempts]).toEqual([1, 1]);
    await world.clock.advance(100);
    expect(world.network.attempts).toBe(2);
  });

  it('may hang without end where there is no connectTimeout', async () => {
    const world = new World();
    world.network.answer = 'hang';
    world.open(Push).connect('mem://a');
    await world.clock.advance(3_600_000);
    expect([world.network.attempts, world.clock.pending]).toEqual([1, 0]);
  });

  it('in progress are given up by disconnect', async () => {
    const world = new World();
    world.network.answer = 'hang';
    const push = world.open(Push, { connectTimeout: 500 });
    push.connect('mem://a');
    await world.clock.advance(0);
    push.disconnect('mem://a');
    expect([world.network.abandoned, world.clock.pending]).toEqual([1, 0]);
  });

  it('leave no timer of the connect timeout behind', async () => {
    const world = new World();
    const push = world.open(Push, { connectTimeout: 500, handshakeInterval: 0 });
    await world.join(push, world.open(Pull, { handshakeInterval: 0 }));
    expect(world.clock.pending).toBe(0);
  });

  it('show as events, in order', async () => {
    const world = new World();
    const push = world.open(Push);
    const log = eventsOf(push);
    push.connect('mem://a');
    await world.clock.advance(0);
    world.serve('a', 'PULL');
    await world.clock.advance(100);
    world.network.link.reset();
    await world.clock.advance(0);
    push.disconnect('mem://a');
    await world.clock.advance(0);
    expect(log).toEqual([
      'connect:delay mem://a',
      'close mem://a',
      'connect:retry mem://a 100 ECONNREFUSED',
      'connect:delay mem://a',
      'connect mem://a',
      'handshake mem://a',
      'disconnect mem://a ECONNRESET',
      'connect:retry mem://a 100',
    ]);
  });
});

describe('giving up', () => {
  it('an attempt under way, at close, shows as its end', async () => {
    const world = new World();
    world.network.answer = 'hang';
    const push = world.open(Push, { linger: 0 });
    const log = eventsOf(push);
    push.connect('mem://a');
    await world.clock.advance(0);
    push.close();
    await world.clock.advance(0);
    expect(log).toEqual(['connect:delay mem://a', 'close mem://a', 'end']);
  });

  it.each([-1, 0])('after the first loss at a reconnectInterval of %i', async (reconnectInterval) => {
    const world = new World();
    const push = world.open(Push, { reconnectInterval, sendTimeout: 0 });
    await world.join(push, world.open(Pull));
    world.network.link.reset();
    await world.clock.advance(60_000);
    expect(world.network.attempts).toBe(1);
    await expect(push.send('to nobody')).rejects.toMatchObject({ code: 'EAGAIN' });
  });

  it('for good when the peer is of a type that does not fit, with a mere disconnect as event', async () => {
    const world = new World();
    const push = world.open(Push);
    const log = eventsOf(push);
    world.serve('a', 'PUB');
    push.connect('mem://a');
    await world.clock.advance(600_000);
    expect(world.network.attempts).toBe(1);
    expect(log.map((line) => line.split(' ')[0])).toEqual(['connect:delay', 'connect', 'disconnect']);
  });

  it('N13 for good when the peer says ERROR', async () => {
    const world = new World();
    world.network.listen('a', (stream) => stream.write([greeting(), error('not you')]));
    world.open(Push).connect('mem://a');
    await world.clock.advance(600_000);
    expect(world.network.attempts).toBe(1);
  });

  it('takes the peer out of the rotation: everything goes to the others', async () => {
    const world = new World();
    const push = world.open(Push);
    world.serve('wrong', 'PUB');
    const right = world.serve('right', 'PULL');
    push.connect('mem://wrong');
    push.connect('mem://right');
    await world.clock.advance(0);
    for (const text of ['1', '2', '3']) await push.send(text);
    await world.clock.advance(0);
    expect(right[0]!.messages()).toEqual(['1', '2', '3']);
    push.disconnect('mem://wrong');
  });

  it('does not hold close up, whatever the linger', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    const log = eventsOf(push);
    world.serve('a', 'PUB');
    push.connect('mem://a');
    await push.send('never leaves');
    push.close();
    await world.clock.advance(0);
    expect(log.at(-1)).toBe('end');
  });
});

describe('messages for a peer that is not there', () => {
  it('wait, and arrive in order, whoever comes first: connect before bind', async () => {
    const world = new World();
    const push = world.open(Push);
    push.connect('mem://a');
    for (let i = 0; i < 10; i++) await push.send(i);
    await world.clock.advance(10);
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    await world.clock.advance(90);
    for (let i = 0; i < 10; i++) expect(String(await pull.receive())).toBe(String(i));
  });

  it('wait across a reconnection', async () => {
    const world = new World();
    const push = world.open(Push);
    const peers = world.serve('a', 'PULL');
    push.connect('mem://a');
    await world.clock.advance(0);
    world.network.link.reset();
    await world.clock.advance(0);
    await push.send('meanwhile');
    await world.clock.advance(100);
    expect(peers[1]!.messages()).toEqual(['meanwhile']);
  });

  it('do not wait with immediate: there is nobody to take them', async () => {
    const world = new World();
    const push = world.open(Push, { immediate: true, sendTimeout: 0 });
    push.connect('mem://a');
    expect(push.writable).toBe(false);
    const peers = world.serve('a', 'PULL');
    await world.clock.advance(100);
    await push.send('1');
    await world.clock.advance(0);
    world.network.link.reset();
    await world.clock.advance(0);
    await expect(push.send('2')).rejects.toMatchObject({ code: 'EAGAIN' });
    await world.clock.advance(100);
    await push.send('3');
    await world.clock.advance(0);
    expect(peers.map((peer) => peer.messages())).toEqual([['1'], ['3']]);
  });

  it('with immediate go to the peer under the id it was given', async () => {
    const world = new World();
    const router = world.open(Router, { immediate: true, mandatory: true });
    const peers = world.serve('a', 'DEALER');
    router.connect('mem://a', { routingId: 'given' });
    for (const attempt of [0, 1]) {
      await world.clock.advance(100);
      await router.send(['given', 'hello']);
      await world.clock.advance(0);
      expect(peers[attempt]!.messages()).toEqual(['hello']);
      world.network.link.reset();
    }
  });

  it('are dropped by PUB, which knows of no subscription', async () => {
    const world = new World();
    const pub = world.open(Publisher);
    pub.connect('mem://a');
    await pub.send('early');
    const sub = world.open(Subscriber);
    sub.subscribe();
    await sub.bind('mem://a');
    await world.clock.advance(100);
    await pub.send('late');
    expect(String(await sub.receive())).toBe('late');
  });
});

describe('a peer that is refused', () => {
  it('keeps what waits for the peer that was meant', async () => {
    const world = new World();
    const router = world.open(Router, { linger: 1000 });
    await router.bind('mem://in');
    await world.peer('in', 'DEALER', 'id');
    const peers = world.serve('a');
    router.connect('mem://a');
    await world.clock.advance(0);
    peers[0]!.introduce('DEALER', 'id');
    await world.clock.advance(0);
    expect(peers[0]!.ended).toBeDefined();
    await router.send(['id', 'for the first']);
    await world.clock.advance(100);
    peers[1]!.introduce('DEALER', 'other');
    await world.clock.advance(0);
    await router.send(['other', 'hello']);
    await world.clock.advance(0);
    expect(peers[1]!.messages()).toEqual(['hello']);
  });

  it('a second connect of PAIR does nothing', async () => {
    const world = new World();
    const pair = world.open(Pair);
    pair.connect('mem://a');
    pair.connect('mem://b');
    await world.clock.advance(1000);
    expect(world.network.attempts).toBe(11);
    pair.disconnect('mem://b');
  });
});

describe('subscriptions', () => {
  it('S12 are stated anew after a reconnection, exactly those that count, in order, before new ones', async () => {
    const world = new World();
    const sub = world.open(Subscriber);
    const peers = world.serve('a', 'PUB');
    sub.connect('mem://a');
    sub.subscribe('b', 'a', 'gone', 'a');
    sub.unsubscribe('gone', 'a');
    await world.clock.advance(0);
    expect(peers[0]!.messages()).toEqual(['SUBSCRIBE b', 'SUBSCRIBE a']);
    world.network.link.reset();
    await world.clock.advance(0);
    sub.subscribe('c');
    await world.clock.advance(100);
    sub.subscribe('d');
    sub.unsubscribe('a');
    await world.clock.advance(0);
    expect(peers[1]!.messages()).toEqual(['SUBSCRIBE b', 'SUBSCRIBE a', 'SUBSCRIBE c', 'SUBSCRIBE d', 'CANCEL a']);
  });
});

it('a DEALER with two peers sends in turn, and past the one that went', async () => {
  const world = new World();
  const dealer = world.open(Dealer, { immediate: true });
  const a = world.serve('a', 'ROUTER');
  const b = world.serve('b', 'ROUTER');
  dealer.connect('mem://a');
  dealer.connect('mem://b');
  await world.clock.advance(0);
  for (const text of ['1', '2', '3', '4']) await dealer.send(text);
  await world.clock.advance(0);
  expect([a[0]!.messages(), b[0]!.messages()]).toEqual([
    ['1', '3'],
    ['2', '4'],
  ]);
  world.network.link.reset();
  await world.clock.advance(0);
  for (const text of ['5', '6']) await dealer.send(text);
  await world.clock.advance(0);
  expect(a[0]!.messages()).toEqual(['5', '6']);
});
