// Waiting for a peer or a subscriber: at once, later, never; by time, by signal, by close.

import { describe, expect, it } from 'vitest';
import { Publisher, Pull, Push, Subscriber, XPublisher } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { World } from '../support/world.js';

/** How a promise stands now. */
async function state(promise: Promise<unknown>): Promise<unknown> {
  await settle();
  const pending = Symbol('pending');
  const first = await Promise.race([promise, Promise.resolve(pending)]).catch((error) => error);
  return first === pending ? 'pending' : first;
}

describe('waitForPeer', () => {
  it('gives the newest peer once there are as many as asked for, also when they are there already', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const [first, both] = [pull.waitForPeer(), pull.waitForPeer({ count: 2 })];
    await world.peer('a', 'PUSH');
    expect(await first).toBe(pull.peers[0]);
    expect(await state(both)).toBe('pending');
    await world.peer('a', 'PUSH');
    expect(await both).toBe(pull.peers[1]);
    expect(await pull.waitForPeer({ timeout: 0 })).toBe(pull.peers[1]);
  });

  it('sees the one that is connected to, over inproc too', async () => {
    const world = new World();
    const [push, pull] = [world.open(Push), world.open(Pull)];
    push.connect('inproc://later');
    const waiting = push.waitForPeer();
    expect(await state(waiting)).toBe('pending');
    await pull.bind('inproc://later');
    expect((await waiting).socketType).toBe('PULL');
  });

  it('rejects when time is up, at once with a timeout of 0', async () => {
    const world = new World();
    const push = world.open(Push);
    const late = expect(push.waitForPeer({ timeout: 50 })).rejects.toMatchObject({ code: 'EAGAIN', name: 'Error' });
    await expect(push.waitForPeer({ timeout: 0 })).rejects.toMatchObject({ code: 'EAGAIN' });
    await world.clock.advance(50);
    await late;
    expect(world.clock.pending).toBe(0);
  });

  it("rejects with the signal's reason, before and while it waits, and forgets the signal's listener", async () => {
    const world = new World();
    const push = world.open(Push);
    const control = new AbortController();
    const waiting = push.waitForPeer({ signal: control.signal, timeout: 1000 });
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(push.waitForPeer({ signal: control.signal })).rejects.toThrow('enough');
    expect(world.clock.pending).toBe(0);
  });

  it('rejects when the socket closes, and throws once it is closed', async () => {
    const push = new World().open(Push);
    const waiting = expect(push.waitForPeer()).rejects.toMatchObject({ code: 'EAGAIN' });
    push.close();
    await waiting;
    expect(() => push.waitForPeer()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('refuses what is no count, no timeout and no signal', () => {
    const push = new World().open(Push);
    for (const count of [0, 1.5, Number.NaN])
      expect(() => push.waitForPeer({ count })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => push.waitForPeer({ timeout: -2 })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => push.waitForPeer({ signal: {} as AbortSignal })).toThrow(TypeError);
    expect(() => push.waitForPeer(1 as never)).toThrow(TypeError);
  });
});

describe('waitForSubscriber', () => {
  it('resolves with the subscriber that a message of the topic would reach', async () => {
    const world = new World();
    const publisher = world.open(Publisher);
    await publisher.bind('mem://a');
    const [any, weather] = [publisher.waitForSubscriber(), publisher.waitForSubscriber('weather.rain')];
    const [one, two] = [world.open(Subscriber), world.open(Subscriber)];
    one.subscribe('news');
    one.connect('mem://a');
    await world.clock.advance(0);
    expect(await any).toBe(publisher.peers[0]);
    expect(await state(weather)).toBe('pending');
    two.subscribe('weather');
    two.connect('mem://a');
    await world.clock.advance(0);
    expect(await weather).toBe(publisher.peers[1]);
    await publisher.send('weather.rain');
    await world.clock.advance(0);
    expect(String((await two.receive())[0])).toBe('weather.rain');
  });

  it('counts a peer without subscriptions as none, and every peer where matching is inverted', async () => {
    const world = new World();
    const publisher = world.open(Publisher, { invertMatching: true });
    const subscriber = world.open(Subscriber, { invertMatching: true });
    await world.join(subscriber, publisher);
    await expect(publisher.waitForSubscriber(undefined, { timeout: 0 })).rejects.toMatchObject({ code: 'EAGAIN' });
    subscriber.subscribe('a');
    await world.clock.advance(0);
    expect((await publisher.waitForSubscriber('b', { timeout: 0 })).socketType).toBe('SUB');
    await expect(publisher.waitForSubscriber('a', { timeout: 0 })).rejects.toMatchObject({ code: 'EAGAIN' });
  });

  it('in manual mode waits for what the application has granted', async () => {
    const world = new World();
    const xpub = world.open(XPublisher, { manual: true });
    const subscriber = world.open(Subscriber);
    subscriber.subscribe('wish');
    await world.join(subscriber, xpub);
    const granted = xpub.waitForSubscriber('granted');
    expect(await state(granted)).toBe('pending');
    const { parts, peer } = await xpub.receiveMessage();
    expect(String(parts[0])).toBe('\x01wish');
    xpub.subscribe('granted');
    expect(await granted).toBe(peer);
  });
});

describe('XPUB in manual mode', () => {
  async function withTwo() {
    const world = new World();
    const xpub = world.open(XPublisher, { manual: true });
    await xpub.bind('mem://a');
    const peers = [await world.peer('a', 'SUB'), await world.peer('a', 'SUB')] as const;
    return { world, xpub, peers };
  }

  it('gives topics to, and takes them from, the peer that is named', async () => {
    const { world, xpub, peers } = await withTwo();
    const [one, two] = xpub.peers;
    xpub.subscribePeer(one!, 'a', 'b');
    xpub.subscribePeer(two!, 'b');
    xpub.unsubscribePeer(one!, 'b');
    for (const line of ['a', 'b']) await xpub.send(line);
    await world.clock.advance(0);
    expect(peers.map((peer) => peer.messages())).toEqual([['a'], ['b']]);
  });

  it('sends to one peer alone', async () => {
    const { world, xpub, peers } = await withTwo();
    expect(xpub.sendTo(xpub.peers[1]!, ['only', 'you'])).toBe(true);
    await world.clock.advance(0);
    expect(peers.map((peer) => peer.messages())).toEqual([[], ['only|you']]);
  });

  it('has no word with peers that are gone, and none with those of another socket', async () => {
    const { world, xpub, peers } = await withTwo();
    const [one] = xpub.peers;
    peers[0].stream.destroy();
    await world.clock.advance(0);
    xpub.subscribePeer(one!, 'a');
    expect(xpub.sendTo(one!, 'a')).toBe(false);
    const other = world.open(XPublisher);
    expect(other.sendTo(xpub.peers[0]!, 'a')).toBe(false);
    other.subscribePeer(xpub.peers[0]!, 'a');
    await xpub.send('a');
    await world.clock.advance(0);
    expect(peers[1].messages()).toEqual([]);
    expect(() => xpub.sendTo('peer' as never, 'a')).toThrow(TypeError);
    expect(() => xpub.sendTo(one!, undefined as never)).toThrow(new TypeError('Message must be present'));
  });
});
