// Calls that wait, with options of their own: who gives up gets its reason, takes nothing with it, and leaves nothing behind.

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ClosedError, Dealer, Pull, Push, Router, TimeoutError } from '../../src/index.js';
import { saying } from '../support/errors.js';
import { full, joined } from '../support/push-pull.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

const TIMED_OUT = { code: 'EAGAIN', message: 'Operation was not possible or timed out' };

describe('timeout of one call', () => {
  it('takes the place of receiveTimeout, longer or shorter', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 500 });
    const short = expect(pull.receive({ timeout: 100 })).rejects.toMatchObject(TIMED_OUT);
    await world.clock.advance(100);
    await short;
    let state = 'pending';
    const long = pull.receive({ timeout: -1 }).catch(() => {
      state = 'done';
    });
    await world.clock.advance(1e9);
    expect(state).toBe('pending');
    pull.close();
    await long;
    expect(world.clock.pending).toBe(0);
  });

  it('and close can be told apart by their classes', async () => {
    const pull = new World().open(Pull);
    await expect(pull.receive({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    const closed = expect(pull.receive()).rejects.toBeInstanceOf(ClosedError);
    pull.close();
    await closed;
  });

  it('of 0 does not wait, and takes what is there', async () => {
    const { world, push, pull } = await joined();
    await expect(pull.receive({ timeout: 0 })).rejects.toMatchObject(TIMED_OUT);
    await push.send('x', { timeout: 0 });
    await world.clock.advance(0);
    expect(String(await pull.receive({ timeout: 0 }))).toBe('x');
    await expect(world.open(Push).send('x', { timeout: 0 })).rejects.toMatchObject(TIMED_OUT);
  });

  it('takes the place of sendTimeout; what was not sent in time is never sent', async () => {
    const { world, push, arrived, flow } = await full();
    const late = expect(push.send('too late', { timeout: 50 })).rejects.toMatchObject(TIMED_OUT);
    await world.clock.advance(50);
    await late;
    flow();
    await world.clock.advance(0);
    await push.send('next');
    await world.clock.advance(0);
    expect(arrived()).toEqual(['in the stream', 'in the queue', 'next']);
  });
});

describe('signal', () => {
  it('ends a receive with its reason; the message that comes then is for the next', async () => {
    const { world, push, pull } = await joined();
    const giveUp = new AbortController();
    const reason = new Error('enough');
    const receiving = pull.receive({ signal: giveUp.signal, timeout: 1000 });
    giveUp.abort(reason);
    await expect(receiving).rejects.toBe(reason);
    expect(world.clock.pending).toBe(0);
    await push.send('x');
    expect(String(await pull.receive())).toBe('x');
  });

  it('ends a send; nothing of it is sent', async () => {
    const { world, push, arrived, flow } = await full();
    const giveUp = new AbortController();
    const sending = push.send('never', { signal: giveUp.signal });
    giveUp.abort();
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    flow();
    await world.clock.advance(0);
    expect(arrived()).toEqual(['in the stream', 'in the queue']);
  });

  it('that is aborted already: nothing is done, and nothing thrown', async () => {
    const { world, push, pull } = await joined();
    const signal = AbortSignal.abort('no');
    await push.send('x');
    await world.clock.advance(0);
    await expect(pull.receive({ signal })).rejects.toBe('no');
    await expect(pull.receiveBatch({ signal })).rejects.toBe('no');
    await expect(push.send('y', { signal })).rejects.toBe('no');
    await expect(pull.bind('mem://b', { signal })).rejects.toBe('no');
    await expect(pull.events.receive({ signal })).rejects.toBe('no');
    expect(String(await pull.receive())).toBe('x');
    expect(pull.tryReceive()).toBeUndefined();
    expect(() => world.network.dial('b')).toThrow('nobody listens');
  });

  it('keeps no listener of a call that is over, however it ended', async () => {
    const { world, push, pull } = await joined();
    const { signal } = new AbortController();
    await push.send('x', { signal });
    await pull.receive({ signal });
    const receiving = pull.receive({ signal });
    await push.send('y');
    await receiving;
    const timedOut = expect(pull.receive({ signal, timeout: 10 })).rejects.toMatchObject(TIMED_OUT);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await world.clock.advance(10);
    await timedOut;
    await pull.bind('mem://b', { signal });
    const closed = expect(pull.receive({ signal })).rejects.toMatchObject(TIMED_OUT);
    pull.close();
    await closed;
    const { events } = world.open(Pull);
    const quiet = expect(events.receive({ signal, timeout: 10 })).rejects.toMatchObject(TIMED_OUT);
    await world.clock.advance(10);
    await quiet;
    await world.clock.advance(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends iteration through messages()', async () => {
    const { world, push, pull } = await joined();
    const giveUp = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const message of pull.messages({ signal: giveUp.signal })) seen.push(String(message));
    })();
    await push.send('x');
    await world.clock.advance(0);
    giveUp.abort('enough');
    await expect(reading).rejects.toBe('enough');
    await push.send('y');
    expect([seen, String(await pull.receive())]).toEqual([['x'], 'y']);
  });

  it('calls a bind off: nothing is bound, the socket is free at once', async () => {
    const world = new World();
    let open = (): void => {};
    world.network.bindGate = new Promise((resolve) => {
      open = resolve;
    });
    const pull = world.open(Pull);
    const giveUp = new AbortController();
    const binding = pull.bind('mem://a', { signal: giveUp.signal });
    giveUp.abort('enough');
    await expect(binding).rejects.toBe('enough');
    expect(pull.lastEndpoint).toBeNull();
    open();
    await world.clock.advance(0);
    expect(() => world.network.dial('a')).toThrow('nobody listens');
    await pull.bind('mem://a');
    expect(pull.lastEndpoint).toBe('mem://a');
  });

  it('of events.receive: no event is lost to one that gave up', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const giveUp = new AbortController();
    const waiting = pull.events.receive({ signal: giveUp.signal });
    giveUp.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(pull.events.receive({ timeout: 0 })).rejects.toMatchObject(TIMED_OUT);
    await pull.bind('mem://a');
    expect(await pull.events.receive({ timeout: 0 })).toEqual({ type: 'bind', address: 'mem://a' });
  });
});

describe('options that are none', () => {
  const pull = (): Pull => new World().open(Pull);
  const calls: [string, (options: never) => unknown][] = [
    ['receive', (options) => pull().receive(options)],
    ['receiveBatch', (options) => pull().receiveBatch(options)],
    ['messages', (options) => pull().messages(options)],
    ['bind', (options) => pull().bind('mem://a', options)],
    ['events.receive', (options) => pull().events.receive(options)],
    ['send', (options) => new World().open(Push).send('x', options)],
  ];

  it.each(calls)('of %s throw at once', (_name, call) => {
    for (const bad of [5, null, 'soon', true]) {
      expect(() => call(bad as never)).toThrow(new TypeError('Options must be an object'));
    }
    expect(() => call({ timeout: '5' } as never)).toThrow(TypeError);
    expect(() => call(new AbortController().signal as never)).toThrow(saying('{ signal }'));
    expect(() => call({ signal: {} } as never)).toThrow(TypeError);
    for (const timeout of [-2, 1.5, 2 ** 31, Number.NaN]) {
      expect(() => call({ timeout } as never)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
  });

  it('of receiveBatch: max is a whole number from 1', () => {
    for (const max of [0, -1, 1.5]) {
      expect(() => pull().receiveBatch({ max })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
  });
});

describe('maxPendingSends and maxPendingReceives', () => {
  it('let that many wait, first come first served', async () => {
    const { world, push, pull } = await joined();
    pull.maxPendingReceives = 3;
    const order: string[] = [];
    const note = (name: string) => (message: Buffer[]) => order.push(`${name} ${message}`);
    const waiting = [1, 2, 3].map((n) => pull.receive().then(note(String(n))));
    expect(() => pull.receive()).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    for (const text of ['a', 'b', 'c']) await push.send(text);
    await Promise.all(waiting);
    expect(order).toEqual(['1 a', '2 b', '3 c']);
    await world.clock.advance(0);
  });

  it('of sends: in order, and as they were when they were sent', async () => {
    const { world, push, arrived, flow } = await full({ maxPendingSends: 3 });
    const bytes = Buffer.from('1');
    const giveUp = new AbortController();
    const first = push.send(bytes);
    bytes.fill('2');
    const second = expect(push.send(bytes, { signal: giveUp.signal })).rejects.toBe('enough');
    bytes.fill('3');
    const third = push.send(bytes);
    bytes.fill('x');
    expect(() => push.send('y')).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    giveUp.abort('enough');
    flow();
    await Promise.all([first, second, third]);
    await world.clock.advance(0);
    expect(arrived()).toEqual(['in the stream', 'in the queue', '1', '3']);
  });

  it('let who stands behind a send that gave up take its turn', async () => {
    const { world, flow } = await full();
    flow();
    const router = world.open(Router, { mandatory: true, sendHighWaterMark: 1, maxPendingSends: 2 });
    await router.bind('mem://r');
    const [slow, quick] = [await world.peer('r', 'DEALER', 'slow'), await world.peer('r', 'DEALER', 'quick')];
    slow.stream.other.stall();
    await router.send(['slow', 'in the stream']);
    await world.clock.advance(0);
    await router.send(['slow', 'in the queue']);
    const giveUp = new AbortController();
    const first = expect(router.send(['slow', '!'], { signal: giveUp.signal })).rejects.toBe('enough');
    const second = router.send(['quick', 'hello']);
    giveUp.abort('enough');
    await Promise.all([first, second]);
    await world.clock.advance(0);
    expect(quick.messages()).toEqual(['hello']);
  });

  it('are 1 unless set, from 1, and at home where the verb is', () => {
    const world = new World();
    const dealer = world.open(Dealer, { maxPendingSends: 5 });
    expect([dealer.maxPendingSends, dealer.maxPendingReceives]).toEqual([5, 1]);
    expect(() => Object.assign(dealer, { maxPendingSends: 0 })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => Object.assign(world.open(Pull), { maxPendingSends: 2 })).toThrow(TypeError);
  });
});
