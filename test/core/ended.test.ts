// `ended` and the two ways of disposing: when linger is over, and how many messages it left behind.

import { describe, expect, it } from 'vitest';
import { Pair, Publisher, Pull, Push, Subscriber } from '../../src/index.js';
import { bound } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

/** What has become of the promise so far. */
function seen(promise: Promise<{ dropped: number }>): { dropped: number | undefined } {
  const state: { dropped: number | undefined } = { dropped: undefined };
  void promise.then(({ dropped }) => {
    state.dropped = dropped;
  });
  return state;
}

describe('ended', () => {
  it('comes at once when nothing waits, however it is asked for', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const early = pull.ended;
    expect(pull.ended).toBe(early);
    expect(pull.close()).toBeUndefined();
    expect(await early).toEqual({ dropped: 0 });
    expect(await pull.ended).toEqual({ dropped: 0 });
  });

  it.each(['mem://a', 'inproc://a'])('comes with linger, and counts what nobody came for at %s', async (endpoint) => {
    const world = new World();
    const push = world.open(Push, { linger: 1000 });
    push.connect(endpoint);
    for (let i = 0; i < 3; i++) await push.send('x');
    push.close();
    expect(push.closed).toBe(true);
    const ended = seen(push.ended);
    await world.clock.advance(999);
    expect(ended.dropped).toBeUndefined();
    await world.clock.advance(1);
    expect(ended.dropped).toBe(3);
  });

  it.each(['mem://a', 'inproc://a'])('comes when the last message is gone to %s', async (endpoint) => {
    const world = new World();
    const push = world.open(Push);
    push.connect(endpoint);
    await push.send('x');
    push.close();
    const ended = seen(push.ended);
    await world.clock.advance(500);
    expect(ended.dropped).toBeUndefined();
    const pull = world.open(Pull);
    await pull.bind(endpoint);
    await world.clock.advance(5000);
    expect(ended.dropped).toBe(0);
    expect(String(await pull.receive())).toBe('x');
  });

  it('counts what the stream had not taken, too', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 100 });
    await push.bind('mem://a');
    const peer = await world.peer('a', 'PULL');
    await push.send('gone');
    await world.clock.advance(0);
    peer.stream.other.stall();
    world.network.link.other.wire.capacity = 1;
    await push.send('written');
    await push.send('written with it');
    await world.clock.advance(0);
    await push.send('in the queue');
    push.close();
    const ended = seen(push.ended);
    await world.clock.advance(100);
    expect([peer.messages(), ended.dropped]).toEqual([['gone'], 3]);
  });

  it('counts what was sent in the same tick as a close without linger', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 0 });
    await world.join(push, world.open(Pull));
    await push.send('x');
    await push.send('y');
    push.close();
    expect(await push.ended).toEqual({ dropped: 2 });
  });

  it('counts for each subscriber, and not what was dropped before', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const pub = world.open(Publisher, { linger: 0, sendHighWaterMark: 2 });
    await pub.bind('mem://a');
    for (let i = 0; i < 2; i++) {
      const sub = world.open(Subscriber);
      sub.subscribe();
      sub.connect('mem://a');
    }
    await world.clock.advance(0);
    for (const link of world.network.links) link.other.stall();
    await pub.send('written');
    await world.clock.advance(0);
    for (let i = 0; i < 10; i++) await pub.send('two are queued, the others dropped');
    pub.close();
    expect(await pub.ended).toEqual({ dropped: 6 });
  });

  it('does not count what the peer of an inproc pair has', async () => {
    const world = new World();
    const [one, two] = [world.open(Pair, { linger: 0 }), world.open(Pair, { receiveHighWaterMark: 2 })];
    await two.bind('inproc://a');
    one.connect('inproc://a');
    for (let i = 0; i < 5; i++) await one.send('x');
    one.close();
    expect(await one.ended).toEqual({ dropped: 3 });
    expect(await two.receiveBatch()).toHaveLength(2);
  });

  it('comes after a bind that was pending at close', async () => {
    const world = new World();
    let open = (): void => {};
    world.network.bindGate = new Promise((resolve) => {
      open = resolve;
    });
    const pull = world.open(Pull);
    const binding = pull.bind('mem://a');
    const disposing = pull[Symbol.asyncDispose]();
    expect(pull.closed).toBe(false);
    open();
    await binding;
    await disposing;
    expect(pull.closed).toBe(true);
  });

  it('over tcp: what the system has taken is not dropped, what it has not is', async () => {
    const [push, pull] = [new Push({ linger: 0, sendHighWaterMark: 0 }), new Pull({ receiveHighWaterMark: 1 })];
    push.connect(await bound(pull));
    await push.send('first');
    await pull.receive();
    const sent = 400;
    for (let i = 0; i < sent; i++) await push.send(Buffer.alloc(100_000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    push.close();
    const { dropped } = await push.ended;
    let arrived = 0;
    for (;;) {
      const batch = await pull.receiveBatch({ timeout: 200 }).catch(() => undefined);
      if (batch === undefined) break;
      arrived += batch.length;
    }
    pull.close();
    // What the system had taken may still have been on its way when the connection ended; nothing else is lost uncounted.
    expect(dropped).toBeGreaterThan(0);
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThanOrEqual(sent - dropped + 1);
  });
});

describe('disposing', () => {
  it('using closes', async () => {
    const world = new World();
    const pull = world.open(Pull);
    {
      using closing = pull;
      await closing.bind('mem://a');
    }
    expect(pull.closed).toBe(true);
  });

  it('await using closes, and waits until all is sent and free', async () => {
    const pull = new Pull();
    const endpoint = await bound(pull);
    {
      await using push = new Push();
      push.connect(endpoint);
      await push.send('x');
    }
    expect(String(await pull.receive({ timeout: 5000 }))).toBe('x');
    await pull[Symbol.asyncDispose]();
    await using again = new Pull();
    await again.bind(endpoint);
    expect(again.lastEndpoint).toBe(endpoint);
  });
});
