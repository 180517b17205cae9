// The proxy: what goes through it, what holds it up, what it refuses, and its end.

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
  type Socket,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
  Proxy as ZmqProxy,
} from '../../src/index.js';
import { inproc, receiveMany, receiveText } from '../support/sockets.js';
import { World } from '../support/world.js';

/** Both ends bound, the proxy running. */
async function running<F extends Socket, B extends Socket>(front: F, back: B, capture?: Socket) {
  const proxy = new ZmqProxy(front, back, capture);
  const [frontEndpoint, backEndpoint] = [inproc(), inproc()];
  await front.bind(frontEndpoint);
  await back.bind(backEndpoint);
  const ended = proxy.run();
  return { proxy, ended, frontEndpoint, backEndpoint };
}

function joined<T extends Socket>(socket: T, endpoint: string): T {
  socket.connect(endpoint);
  return socket;
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('Proxy', () => {
  it('brings requests to replies and back, for several clients', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(Router), world.open(Dealer));
    const clients = [world.open(Request), world.open(Request)].map((client) => joined(client, frontEndpoint));
    const server = joined(world.open(Reply), backEndpoint);
    for (const [index, client] of clients.entries()) await client.send(['question', `${index}`]);
    for (const _ of clients) {
      const [, index] = await receiveText(server);
      await server.send(`answer ${index}`);
    }
    expect(await Promise.all(clients.map(receiveText))).toEqual([['answer 0'], ['answer 1']]);
  });

  it('forwards subscriptions one way and messages the other', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(XSubscriber), world.open(XPublisher));
    const publisher = joined(world.open(Publisher), frontEndpoint);
    const subscriber = joined(world.open(Subscriber), backEndpoint);
    subscriber.subscribe('a');
    await settle();
    for (const text of ['b1', 'a1', 'a2']) await publisher.send(text);
    expect(await receiveMany(subscriber, 2)).toEqual(['a1', 'a2']);
  });

  it('passes messages whole and in order from PULL to PUSH', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(Pull), world.open(Push));
    const push = joined(world.open(Push), frontEndpoint);
    const pull = joined(world.open(Pull), backEndpoint);
    const sent = Array.from({ length: 3000 }, (_, index) => [`${index}`, '', 'end']);
    const sending = (async () => {
      for (const message of sent) await push.send(message);
    })();
    for (const message of sent) expect(await receiveText(pull)).toEqual(message);
    await sending;
  });

  it('passes both ways between two PAIRs', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(Pair), world.open(Pair));
    const left = joined(world.open(Pair), frontEndpoint);
    const right = joined(world.open(Pair), backEndpoint);
    await left.send('to the right');
    await right.send('to the left');
    expect(await receiveText(right)).toEqual(['to the right']);
    expect(await receiveText(left)).toEqual(['to the left']);
  });

  it('lets a REP and a REQ take turns', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(Reply), world.open(Request));
    const client = joined(world.open(Request), frontEndpoint);
    const server = joined(world.open(Reply), backEndpoint);
    for (const question of ['one', 'two', 'three']) {
      await client.send(question);
      expect(await receiveText(server)).toEqual([question]);
      await server.send(`re: ${question}`);
      expect(await receiveText(client)).toEqual([`re: ${question}`]);
    }
  });

  it('ends when what comes in can never go out, and says why', async () => {
    const world = new World();
    const [front, back] = [world.open(Pull), world.open(Stream)];
    const endpoint = inproc();
    await front.bind(endpoint);
    await back.bind('mem://stream');
    const ended = new ZmqProxy(front, back).run();
    await joined(world.open(Push), endpoint).send('no pair');
    await expect(ended).rejects.toMatchObject({ code: 'EINVAL' });
    expect([front.closed, back.closed]).toEqual([true, true]);
  });

  it('sends back through one socket on both sides', async () => {
    const world = new World();
    const echo = world.open(Dealer);
    const endpoint = inproc();
    await echo.bind(endpoint);
    const proxy = new ZmqProxy(echo, echo);
    const ended = proxy.run();
    const client = joined(world.open(Dealer), endpoint);
    await client.send('hello');
    expect(await receiveText(client)).toEqual(['hello']);
    proxy.terminate();
    await ended;
    expect(echo.closed).toBe(true);
  });

  it('serves both directions in turn when both are busy', async () => {
    const world = new World();
    const options = { sendHighWaterMark: 0, receiveHighWaterMark: 0 };
    const { frontEndpoint, backEndpoint } = await running(world.open(Pair, options), world.open(Pair, options));
    const left = joined(world.open(Pair, options), frontEndpoint);
    const right = joined(world.open(Pair, options), backEndpoint);
    const order: string[] = [];
    for (let i = 0; i < 500; i++) {
      await left.send('l');
      await right.send('r');
    }
    const note = async (socket: Pair, name: string): Promise<void> => {
      for (let i = 0; i < 500; i++) order.push(`${name}${await socket.receive()}`);
    };
    await Promise.all([note(left, 'left:'), note(right, 'right:')]);
    const firstHalf = order.slice(0, 500);
    expect(firstHalf.filter((entry) => entry === 'left:r').length).toBeGreaterThan(100);
    expect(firstHalf.filter((entry) => entry === 'right:l').length).toBeGreaterThan(100);
  });

  it('stops reading the front when the back is full, and goes on when there is room', async () => {
    const world = new World();
    const [toSend, toReceive] = [{ sendHighWaterMark: 1 }, { receiveHighWaterMark: 1 }];
    const { frontEndpoint, backEndpoint } = await running(world.open(Pull, toReceive), world.open(Push, toSend));
    const push = joined(world.open(Push, { ...toSend, sendTimeout: 0 }), frontEndpoint);
    const pull = joined(world.open(Pull, toReceive), backEndpoint);
    let sent = 0;
    for (;;) {
      await settle();
      if (
        !(await push.send(`${sent}`).then(
          () => true,
          () => false,
        ))
      )
        break;
      sent++;
    }
    expect(sent).toBeGreaterThan(1);
    expect(sent).toBeLessThan(10);
    for (let i = 0; i < sent; i++) expect(await receiveText(pull)).toEqual([`${i}`]);
    await settle();
    await push.send('more');
    expect(await receiveText(pull)).toEqual(['more']);
  });

  it('takes nothing from the front while the back has no peer', async () => {
    const world = new World();
    const front = world.open(Pull);
    const { frontEndpoint, backEndpoint } = await running(front, world.open(Push));
    await joined(world.open(Push), frontEndpoint).send('waits');
    await settle();
    expect(front.readable).toBe(true);
    expect(await receiveText(joined(world.open(Pull), backEndpoint))).toEqual(['waits']);
  });

  it('lets timers and other sockets have their turn under a flood', async () => {
    const world = new World();
    const [toSend, toReceive] = [{ sendHighWaterMark: 0 }, { receiveHighWaterMark: 0 }];
    const { frontEndpoint, backEndpoint } = await running(world.open(Pull, toReceive), world.open(Push, toSend));
    const push = joined(world.open(Push, toSend), frontEndpoint);
    const pull = joined(world.open(Pull, toReceive), backEndpoint);
    await settle();
    const COUNT = 100_000;
    // Without a wait in between: the proxy has it all to move at once.
    const flood = Buffer.from('x');
    for (let i = 0; i < COUNT; i++) void push.send(flood);
    let ticks = 0;
    let going = true;
    const tick = (): void => {
      ticks++;
      if (going) setImmediate(tick);
    };
    setImmediate(tick);
    for (let i = 0; i < COUNT; i++) await pull.receive();
    going = false;
    expect(ticks).toBeGreaterThan(3);
  });

  it('moves nothing while paused, and what waited after resume', async () => {
    const world = new World();
    const front = world.open(Pull);
    const { proxy, frontEndpoint, backEndpoint } = await running(front, world.open(Push));
    const push = joined(world.open(Push), frontEndpoint);
    const pull = joined(world.open(Pull), backEndpoint);
    await push.send('before');
    expect(await receiveText(pull)).toEqual(['before']);
    proxy.pause();
    await push.send('during');
    await settle();
    expect([front.readable, pull.readable]).toEqual([true, false]);
    proxy.resume();
    expect(await receiveText(pull)).toEqual(['during']);
  });

  it('shows a capture socket every message of both directions', async () => {
    const world = new World();
    const capture = world.open(Push);
    const watcher = world.open(Pull);
    await capture.bind('mem://watch');
    watcher.connect('mem://watch');
    await world.clock.advance(0);
    const { proxy, ended, frontEndpoint, backEndpoint } = await running(
      world.open(Router),
      world.open(Dealer),
      capture,
    );
    const client = joined(world.open(Request), frontEndpoint);
    const server = joined(world.open(Reply), backEndpoint);
    await client.send('question');
    await server.receive();
    await server.send('answer');
    await client.receive();
    await world.clock.advance(0);
    const seen = [await receiveText(watcher), await receiveText(watcher)];
    expect(seen.map((message) => message.slice(1))).toEqual([
      ['', 'question'],
      ['', 'answer'],
    ]);
    proxy.terminate();
    await ended;
    expect(capture.closed).toBe(true);
  });

  it('survives a message for a peer that is gone, even with mandatory', async () => {
    const world = new World();
    const { frontEndpoint, backEndpoint } = await running(world.open(Router, { mandatory: true }), world.open(Dealer));
    const client = joined(world.open(Dealer), frontEndpoint);
    const server = joined(world.open(Dealer), backEndpoint);
    await server.send(['nobody', 'lost']);
    await client.send('still here');
    expect((await receiveText(server))[1]).toBe('still here');
  });

  it('holds a message for one full peer of a mandatory ROUTER, and delivers it when there is room', async () => {
    const world = new World();
    const one = { sendHighWaterMark: 1, receiveHighWaterMark: 1 };
    const { frontEndpoint, backEndpoint } = await running(
      world.open(Router, { ...one, mandatory: true }),
      world.open(Dealer, one),
    );
    const client = joined(world.open(Dealer, { ...one, routingId: 'c' }), frontEndpoint);
    const server = joined(world.open(Dealer, { ...one, sendHighWaterMark: 0 }), backEndpoint);
    await client.send('hello');
    const [id] = await server.receive();
    for (let i = 0; i < 10; i++) await server.send([id as Buffer, `${i}`]);
    await settle();
    expect(await receiveMany(client, 10)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  });

  it('closes its sockets a moment after terminate, and resolves', async () => {
    const world = new World();
    const [front, back] = [world.open(Pull), world.open(Push)];
    const { proxy, ended } = await running(front, back);
    proxy.terminate();
    proxy.terminate();
    expect([front.closed, back.closed]).toEqual([false, false]);
    expect(await ended).toBeUndefined();
    expect([front.closed, back.closed]).toEqual([true, true]);
    for (const verb of ['pause', 'resume', 'terminate'] as const) {
      expect(() => proxy[verb]()).toThrow(expect.objectContaining({ code: 'EBADF', message: 'Socket is closed' }));
    }
    expect(() => proxy.run()).toThrow('Front-end socket must be bound or connected');
  });

  it('delivers what it has taken before terminate, within linger', async () => {
    const world = new World();
    const { proxy, ended, frontEndpoint, backEndpoint } = await running(world.open(Pull), world.open(Push));
    const pull = joined(world.open(Pull), backEndpoint);
    const push = joined(world.open(Push), frontEndpoint);
    await settle();
    for (let i = 0; i < 100; i++) await push.send(`${i}`);
    await settle();
    proxy.terminate();
    await ended;
    expect(await receiveMany(pull, 100)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('can be terminated while paused', async () => {
    const world = new World();
    const { proxy, ended } = await running(world.open(Pull), world.open(Push));
    proxy.pause();
    proxy.terminate();
    expect(await ended).toBeUndefined();
  });
});

describe('Proxy refusals', () => {
  it('asks for two sockets, bound or connected', async () => {
    const world = new World();
    const [front, back] = [world.open(Pull), world.open(Push)];
    const proxy = new ZmqProxy(front, back);
    const refused = (end: string) =>
      expect.objectContaining({ code: 'EINVAL', message: `${end} socket must be bound or connected` });
    expect(() => proxy.run()).toThrow(refused('Front-end'));
    await front.bind(inproc());
    expect(() => proxy.run()).toThrow(refused('Back-end'));
    back.connect(inproc());
    const third = new ZmqProxy(front, back, world.open(Publisher));
    expect(() => third.run()).toThrow(refused('Capture'));
  });

  it('leaves the sockets as they were when it cannot run', async () => {
    const world = new World();
    const [front, back, other] = [world.open(Pull), world.open(Push), world.open(Pull)];
    const endpoint = inproc();
    await front.bind(endpoint);
    await running(other, back);
    expect(() => new ZmqProxy(front, back).run()).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    await joined(world.open(Push), endpoint).send('still mine');
    expect(await receiveText(front)).toEqual(['still mine']);
  });

  it('blocks the sockets while it runs', async () => {
    const world = new World();
    const front = world.open(Dealer);
    const { proxy } = await running(front, world.open(Dealer));
    const blocked = { code: 'EBUSY', message: 'Socket is blocked by a bind or unbind operation' };
    const uses = [
      () => front.send('x'),
      () => front.receive(),
      () => front.bind(inproc()),
      () => front.unbind(inproc()),
      () => front.connect(inproc()),
      () => front.disconnect(inproc()),
      () => proxy.run(),
    ];
    for (const use of uses) expect(use).toThrow(expect.objectContaining(blocked));
  });

  it.each([
    ['Front-end', undefined],
    ['Front-end', 5],
    ['Back-end', null],
    ['Back-end', 'socket'],
  ])('refuses a %s that is %j, no object', (end, wrong) => {
    const ends = end === 'Front-end' ? [wrong, new Push()] : [new Pull(), wrong];
    const make = () => new ZmqProxy(...(ends as unknown as [Socket, Socket]));
    expect(make).toThrow(expect.objectContaining({ message: `${end} must be a socket object` }));
    expect(make).toThrow(TypeError);
  });

  it('refuses objects that are no sockets, and a capture socket that is one of the two', () => {
    const pull = new Pull();
    expect(() => new ZmqProxy({} as Socket, pull)).toThrow('Invalid argument');
    expect(() => new ZmqProxy(new Push(), pull, pull)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => new ZmqProxy(new Push(), pull, 1 as unknown as Socket)).toThrow('Capture must be a socket object');
  });

  it('refuses pause, resume and terminate before run', () => {
    const proxy = new ZmqProxy(new Pull(), new Push());
    for (const verb of ['pause', 'resume', 'terminate'] as const) {
      expect(() => proxy[verb]()).toThrow(expect.objectContaining({ code: 'EBADF', message: 'Socket is closed' }));
    }
  });

  it('gives its sockets back by name, read-only', () => {
    const [pull, push] = [new Pull(), new Push()];
    const proxy = new ZmqProxy(pull, push);
    expect([proxy.frontEnd === pull, proxy.backEnd === push]).toEqual([true, true]);
    // A bundle may number the class, for there is another Proxy.
    expect(() => Object.assign(proxy, { frontEnd: push })).toThrow(
      /^Cannot set property frontEnd of #<Proxy2?> which has only a getter$/,
    );
  });
});
