// Calls that do not wait, or wait for the first message only: trySend, tryReceive, receiveBatch.

import { describe, expect, it } from 'vitest';
import { Publisher, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import { full, joined } from '../support/push-pull.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

const TIMED_OUT = { code: 'EAGAIN', message: 'Operation was not possible or timed out' };

describe('at once', () => {
  it('trySend sends, or says that it would have to wait', async () => {
    const { world, push, arrived, flow } = await full();
    expect(push.trySend('no')).toBe(false);
    flow();
    await world.clock.advance(0);
    expect(push.trySend('yes')).toBe(true);
    await world.clock.advance(0);
    expect(arrived()).toEqual(['in the stream', 'in the queue', 'yes']);
    expect(world.open(Publisher).trySend('x')).toBe(true);
  });

  it('trySend and tryReceive do not overtake those who wait', async () => {
    const { world, push, pull } = await joined();
    const receiving = pull.receive();
    expect(pull.tryReceive()).toBeUndefined();
    expect(push.trySend('x')).toBe(true);
    expect(String(await receiving)).toBe('x');
    const lonely = world.open(Push);
    const sending = lonely.send('first');
    expect(lonely.trySend('second')).toBe(false);
    lonely.close();
    await expect(sending).rejects.toMatchObject(TIMED_OUT);
  });

  it('tryReceive takes what is there', async () => {
    const { world, push, pull } = await joined();
    expect(pull.tryReceive()).toBeUndefined();
    await push.send(['a', 'b']);
    await world.clock.advance(0);
    expect(pull.tryReceive()?.map(String)).toEqual(['a', 'b']);
  });

  it('misuse throws', async () => {
    const world = new World();
    const code = (name: string) => expect.objectContaining({ code: name });
    const raw = (socket: object) => socket as unknown as { trySend(m: unknown): unknown; tryReceive(): unknown };
    expect(() => world.open(Request).tryReceive()).toThrow(code('EFSM'));
    expect(() => world.open(Reply).trySend('x')).toThrow(code('EFSM'));
    expect(() => raw(world.open(Subscriber)).trySend('x')).toThrow(code('ENOTSUP'));
    expect(() => raw(world.open(Push)).tryReceive()).toThrow(code('ENOTSUP'));
    expect(() => raw(world.open(Push)).trySend(undefined)).toThrow(new TypeError('Message must be present'));
    const router = world.open(Router, { mandatory: true });
    expect(() => router.trySend(['nobody', 'x'])).toThrow(code('EHOSTUNREACH'));
    router.close();
    expect(() => router.trySend('x')).toThrow(code('EBADF'));
    expect(() => router.tryReceive()).toThrow(code('EBADF'));
    expect(() => router.receiveBatch()).toThrow(code('EBADF'));
  });

  it('a REQ may look for the reply while its request still waits to be sent', async () => {
    const world = new World();
    const req = world.open(Request);
    const sending = req.send('x');
    expect(req.tryReceive()).toBeUndefined();
    req.close();
    await expect(sending).rejects.toMatchObject(TIMED_OUT);
  });
});

describe('receiveBatch', () => {
  const texts = (batch: Buffer[][]): string[] => batch.map(String);

  it('takes what is there, in order, up to max', async () => {
    const { world, push, pull } = await joined();
    for (let i = 0; i < 10; i++) await push.send(String(i));
    await world.clock.advance(0);
    expect(texts(await pull.receiveBatch({ max: 4 }))).toEqual(['0', '1', '2', '3']);
    expect(texts(await pull.receiveBatch())).toEqual(['4', '5', '6', '7', '8', '9']);
  });

  it('waits for one, and takes with it what came along', async () => {
    const { world, push, pull } = await joined();
    const batch = pull.receiveBatch();
    await push.send('a');
    await push.send('b');
    await world.clock.advance(0);
    expect(texts(await batch)).toEqual(['a', 'b']);
    await expect(pull.receiveBatch({ timeout: 0 })).rejects.toMatchObject(TIMED_OUT);
  });

  it('that gives up takes nothing', async () => {
    const { push, pull } = await joined();
    const giveUp = new AbortController();
    const batch = pull.receiveBatch({ signal: giveUp.signal });
    expect(() => pull.receiveBatch()).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    giveUp.abort('enough');
    await expect(batch).rejects.toBe('enough');
    await push.send('a');
    expect(String(await pull.receive())).toBe('a');
  });

  it('takes one request of a REP, which has to answer it first', async () => {
    const world = new World();
    const [one, two, rep] = [world.open(Request), world.open(Request), world.open(Reply)];
    await rep.bind('mem://a');
    for (const req of [one, two]) {
      req.connect('mem://a');
      await req.send('x');
    }
    await world.clock.advance(0);
    expect(await rep.receiveBatch()).toHaveLength(1);
    await rep.send('y');
    expect(await rep.receiveBatch()).toHaveLength(1);
  });
});
