// inproc://: pipe joined to pipe. Names, the order of bind and connect, marks of both ends, endings, and the first words
// of each pattern, which must not arrive before the receiving pattern knows its peer.

import { describe, expect, it } from 'vitest';
import {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  XPublisher,
  XSubscriber,
} from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { eventsOf, World } from '../support/world.js';

const A = 'inproc://a';

const line = async (socket: { receive(): Promise<Buffer[]> }): Promise<string> =>
  (await socket.receive()).map((part) => part.toString('latin1')).join('|');

describe('names', () => {
  it('are taken once in a context, and free after unbind and after close', async () => {
    const world = new World();
    const first = world.open(Pull);
    await first.bind(A);
    await expect(world.open(Pull).bind(A)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.unbind(A);
    const second = world.open(Pull);
    await second.bind(A);
    second.close();
    await world.open(Pull).bind(A);
  });

  it('of different contexts have nothing to do with each other', async () => {
    const pull = new World().open(Pull);
    await pull.bind(A);
    const world = new World();
    const push = world.open(Push);
    push.connect(A);
    await push.send('to nobody');
    await world.open(Pull).bind(A);
    expect(pull.readable).toBe(false);
  });
});

describe('connect before bind', () => {
  it('keeps messages until somebody binds, in order', async () => {
    const world = new World();
    const push = world.open(Push);
    push.connect(A);
    for (const text of ['1', '2', '3']) await push.send(text);
    const pull = world.open(Pull);
    await pull.bind(A);
    expect([await line(pull), await line(pull), await line(pull)]).toEqual(['1', '2', '3']);
  });

  it('ends after close once what waited was taken', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    const log = eventsOf(push);
    push.connect(A);
    await push.send('kept');
    push.close();
    await settle();
    expect(log).toEqual([]);
    const pull = world.open(Pull);
    await pull.bind(A);
    expect(await line(pull)).toBe('kept');
    await settle();
    expect(log).toEqual(['end']);
  });

  it('after disconnect takes no more, and delivers what waited', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1, sendTimeout: 0 });
    push.connect(A);
    await push.send('kept');
    push.disconnect(A);
    await expect(push.send('too late')).rejects.toMatchObject({ code: 'EAGAIN' });
    const pull = world.open(Pull);
    await pull.bind(A);
    expect(await line(pull)).toBe('kept');
    await settle();
    expect(pull.readable).toBe(false);
  });

  it('gives up when linger is over', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 100 });
    push.connect(A);
    await push.send('dropped');
    push.close();
    await world.clock.advance(100);
    const pull = world.open(Pull);
    await pull.bind(A);
    expect(pull.readable).toBe(false);
    expect(world.clock.pending).toBe(0);
  });
});

describe('marks', () => {
  it.each([
    [1, 1],
    [3, 2],
    [10, 1],
  ])('of sender %i and receiver %i add up, and not one message more is taken', async (sendHighWaterMark, receiveHighWaterMark) => {
    const world = new World();
    const push = world.open(Push, { sendHighWaterMark, sendTimeout: 0 });
    const pull = world.open(Pull, { receiveHighWaterMark });
    await pull.bind(A);
    push.connect(A);
    for (let i = 0; i < sendHighWaterMark + receiveHighWaterMark; i++) await push.send(i);
    await expect(push.send('one more')).rejects.toMatchObject({ code: 'EAGAIN' });
    for (let i = 0; i < sendHighWaterMark + receiveHighWaterMark; i++) expect(await line(pull)).toBe(String(i));
    expect(pull.readable).toBe(false);
  });

  it('wake a waiting sender as the receiver reads', async () => {
    const world = new World();
    const push = world.open(Push, { sendHighWaterMark: 1 });
    const pull = world.open(Pull, { receiveHighWaterMark: 1 });
    await pull.bind(A);
    push.connect(A);
    const sending = (async () => {
      for (let i = 0; i < 100; i++) await push.send(i);
    })();
    for (let i = 0; i < 100; i++) expect(await line(pull)).toBe(String(i));
    await sending;
  });
});

describe('endings', () => {
  it('leave what was delivered to the receiver', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 0 });
    const pull = world.open(Pull);
    await pull.bind(A);
    push.connect(A);
    await push.send('delivered');
    push.close();
    expect(await line(pull)).toBe('delivered');
  });

  it('wait for a slow receiver within linger', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    const pull = world.open(Pull, { receiveHighWaterMark: 1 });
    const log = eventsOf(push);
    await pull.bind(A);
    push.connect(A);
    for (const text of ['1', '2', '3']) await push.send(text);
    push.close();
    expect([await line(pull), await line(pull)]).toEqual(['1', '2']);
    await settle();
    expect(await line(pull)).toBe('3');
    await settle();
    expect(log).toEqual(['end']);
  });

  it('of the bound side end the connecting side for good', async () => {
    const world = new World();
    const push = world.open(Push, { sendTimeout: 0 });
    const pull = world.open(Pull);
    await pull.bind(A);
    push.connect(A);
    pull.close();
    expect(push.writable).toBe(false);
    expect(() => push.disconnect(A)).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
  });

  it('of the name leaves together who has met over it', async () => {
    const world = new World();
    const push = world.open(Push, { sendTimeout: 0 });
    const pull = world.open(Pull);
    await pull.bind(A);
    push.connect(A);
    await pull.unbind(A);
    await push.send('x');
    expect(await line(pull)).toBe('x');
    await world.open(Pull).bind(A);
    pull.close();
    expect(push.writable).toBe(false);
  });
});

describe('the first words', () => {
  it.each(['sub', 'pub'])('subscriptions are there at once when %s connects', async (connecting) => {
    const world = new World();
    const pub = world.open(Publisher);
    const sub = world.open(Subscriber);
    sub.subscribe('t');
    const [one, two] = connecting === 'sub' ? [sub, pub] : [pub, sub];
    await two.bind(A);
    one.connect(A);
    await pub.send('t1');
    await pub.send('other');
    await pub.send('t2');
    expect([await line(sub), await line(sub)]).toEqual(['t1', 't2']);
    expect(sub.readable).toBe(false);
  });

  it('an XPUB that connects is shown each subscription once', async () => {
    const world = new World();
    const xpub = world.open(XPublisher);
    const xsub = world.open(XSubscriber);
    await xsub.send('\x01t');
    await xsub.bind(A);
    xpub.connect(A);
    expect(await line(xpub)).toBe('\x01t');
    expect(xpub.readable).toBe(false);
  });

  it('a ROUTER that connects knows whose message it receives', async () => {
    const world = new World();
    const dealer = world.open(Dealer, { routingId: 'who' });
    const router = world.open(Router);
    await dealer.bind(A);
    const sending = dealer.send('first');
    const receiving = line(router);
    router.connect(A);
    await sending;
    expect(await receiving).toBe('who|first');
    await router.send(['who', 'answer']);
    expect(await line(dealer)).toBe('answer');
  });

  it('two ROUTERs that probe each other learn the ids', async () => {
    const world = new World();
    const one = world.open(Router, { routingId: 'one', probeRouter: true });
    const two = world.open(Router, { routingId: 'two', probeRouter: true });
    const received = [line(one), line(two)];
    await one.bind(A);
    two.connect(A);
    expect(await Promise.all(received)).toEqual(['two|', 'one|']);
  });

  it('a REP that connects serves a REQ that waits', async () => {
    const world = new World();
    const req = world.open(Request);
    const rep = world.open(Reply);
    await req.bind(A);
    const asking = req.send('question');
    const asked = line(rep);
    rep.connect(A);
    await asking;
    expect(await asked).toBe('question');
    await rep.send('answer');
    expect(await line(req)).toBe('answer');
  });
});

describe('peers that are refused', () => {
  it('a second PAIR', async () => {
    const world = new World();
    const [one, two, three] = [world.open(Pair), world.open(Pair), world.open(Pair, { sendTimeout: 0 })];
    await one.bind(A);
    two.connect(A);
    three.connect(A);
    await two.send('hello');
    expect(await line(one)).toBe('hello');
    await one.send('to two');
    expect(await line(two)).toBe('to two');
    expect(three.readable).toBe(false);
  });

  it('a socket type that does not fit', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind(A);
    const push = world.open(Publisher);
    push.connect(A);
    await push.send('x');
    expect(pull.readable).toBe(false);
  });

  it('a ROUTER peer with an id in use', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind(A);
    const [first, second] = [world.open(Dealer, { routingId: 'id' }), world.open(Dealer, { routingId: 'id' })];
    first.connect(A);
    second.connect(A);
    await router.send(['id', 'for the first']);
    expect(await line(first)).toBe('for the first');
    expect(second.readable).toBe(false);
    expect(second.writable).toBe(false);
  });
});

it('sends what the sender does not change afterwards, in messages of their own for each receiver', async () => {
  const world = new World();
  const router = world.open(Router);
  const pub = world.open(Publisher);
  await pub.bind(A);
  const subs = [world.open(Subscriber), world.open(Subscriber)];
  for (const sub of subs) {
    sub.subscribe();
    sub.connect(A);
  }
  const body = Buffer.from('body');
  await pub.send([body]);
  body.fill('x');
  const received = await Promise.all(subs.map((sub) => sub.receive()));
  expect(received.map(String)).toEqual(['body', 'body']);
  expect(received[0]).not.toBe(received[1]);
  expect(router.readable).toBe(false);
});
