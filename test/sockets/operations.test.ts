// Send and receive over time: EBUSY, timeouts, close while something waits, `for await`, readable and writable, order,
// and what un-awaited calls do.

import { describe, expect, it } from 'vitest';
import { Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import { type AnySocket, classes, outcome } from '../support/classes.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, inproc, open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';

failOnUnhandled();

const TIMED_OUT = { code: 'EAGAIN', errno: 11, message: 'Operation was not possible or timed out' };
const BUSY_READING = 'Socket is busy reading; only one receive operation may be in progress at any time';
const BUSY_WRITING = 'Socket is busy writing; only one send operation may be in progress at any time';

/** Types on which a first receive, or a first send without peers, waits. */
const receivers = classes.filter(({ receives, name }) => receives && name !== 'Request');
const waitingSenders = classes.filter(({ name }) => ['Pair', 'Request', 'Dealer', 'Push'].includes(name));

describe.each(receivers)('a receive on $name', ({ create }) => {
  it('waits; a second one is EBUSY, thrown; close rejects it with EAGAIN', async () => {
    const socket = open(new create()) as AnySocket;
    const waiting = outcome(() => socket.receive());
    const { how, error } = await outcome(() => socket.receive());
    expect({ how, code: error?.code, message: error?.message }).toEqual({
      how: 'threw',
      code: 'EBUSY',
      message: BUSY_READING,
    });
    socket.close();
    expect(await waiting).toMatchObject({ how: 'rejected', error: TIMED_OUT });
  });

  it('is over after receiveTimeout, at once for 0, and can then be repeated', async () => {
    const socket = open(new create({ receiveTimeout: 5 }));
    expect(await outcome(() => socket.receive())).toMatchObject({ how: 'rejected', error: TIMED_OUT });
    socket.receiveTimeout = 0;
    expect(await outcome(() => socket.receive())).toMatchObject({ how: 'rejected', error: TIMED_OUT });
    socket.receiveTimeout = -1;
    const waiting = outcome(() => socket.receive());
    socket.close();
    expect((await waiting).error).toMatchObject(TIMED_OUT);
  });

  it('ends a `for await` quietly when the socket is closed', async () => {
    const socket = open(new create());
    const loop = (async () => {
      for await (const message of socket as unknown as AsyncIterable<Buffer[]>) throw new Error(`got ${message}`);
    })();
    await turn();
    socket.close();
    await within(loop, 'the end of the loop');
  });

  it('ends a `for await` with EAGAIN on a timeout', async () => {
    const socket = open(new create({ receiveTimeout: 1 }));
    const loop = (async () => {
      for await (const _ of socket as unknown as AsyncIterable<Buffer[]>);
    })();
    await expect(within(loop, 'the end of the loop')).rejects.toMatchObject(TIMED_OUT);
  });
});

describe.each(waitingSenders)('a send on a $name without peers', ({ create, peer }) => {
  it('waits; a second one is EBUSY, thrown; close rejects it with EAGAIN', async () => {
    const socket = open(new create());
    expect(socket.writable).toBe(false);
    const waiting = outcome(() => socket.send('x'));
    const { how, error } = await outcome(() => socket.send('y'));
    expect({ how, code: error?.code, message: error?.message }).toEqual({
      how: 'threw',
      code: 'EBUSY',
      message: BUSY_WRITING,
    });
    socket.close();
    expect(await waiting).toMatchObject({ how: 'rejected', error: TIMED_OUT });
  });

  it('is over after sendTimeout, at once for 0', async () => {
    const socket = open(new create({ sendTimeout: 5 }));
    expect((await outcome(() => socket.send('x'))).error).toMatchObject(TIMED_OUT);
    socket.sendTimeout = 0;
    expect((await outcome(() => socket.send('x'))).error).toMatchObject(TIMED_OUT);
  });

  it('succeeds when a peer comes, and what timed out before is not sent', async () => {
    const socket = open(new create({ sendTimeout: 1 }));
    await outcome(() => socket.send('too late'));
    socket.sendTimeout = -1;
    const endpoint = await bound(socket);
    const waiting = socket.send('in time');
    const other = open(new (classes.find(({ name }) => name === peer) as (typeof classes)[0]).create());
    other.connect(endpoint);
    await within(waiting, 'the send');
    expect(String((await other.receive()).at(-1))).toBe('in time');
  });
});

describe('readable and writable', () => {
  it('PUSH, DEALER and REQ are writable from connect on, before anybody is there', async () => {
    for (const socket of [open(new Push()), open(new Dealer()), open(new Request())]) {
      expect(socket.writable).toBe(false);
      socket.connect('tcp://127.0.0.1:1');
      expect(socket.writable).toBe(true);
      socket.disconnect('tcp://127.0.0.1:1');
      expect(socket.writable).toBe(false);
    }
  });

  it('with `immediate` only once the peer is there', async () => {
    const pull = open(new Pull());
    const push = open(new Push({ immediate: true }));
    push.connect(await bound(pull));
    expect(push.writable).toBe(false);
    await until(() => push.writable, 'writable');
  });

  it('PUB and ROUTER always; a mandatory ROUTER not without peers', () => {
    expect(open(new Publisher()).writable).toBe(true);
    expect(open(new Router()).writable).toBe(true);
    expect(open(new Router({ mandatory: true })).writable).toBe(false);
  });

  it('1000 messages fit by default, then send waits, and readable says when there is one', async () => {
    const push = open(new Push({ sendTimeout: 0 }));
    push.connect('tcp://127.0.0.1:1');
    for (let i = 0; i < 1000; i++) await push.send(`${i}`);
    expect(push.writable).toBe(false);
    expect((await outcome(() => push.send('1001'))).error).toMatchObject(TIMED_OUT);
  });

  it('a high-water mark of 0 is none, and changes take effect at once', async () => {
    const push = open(new Push({ sendTimeout: 0, sendHighWaterMark: 1 }));
    push.connect('tcp://127.0.0.1:1');
    await push.send('1');
    expect(push.writable).toBe(false);
    push.sendHighWaterMark = 0;
    expect(push.writable).toBe(true);
    for (let i = 0; i < 5000; i++) await push.send(`${i}`);
  });

  it('readable turns true with a message and false without', async () => {
    const [pull, push] = [open(new Pull()), open(new Push())];
    push.connect(await bound(pull));
    await push.send('x');
    await until(() => pull.readable, 'readable');
    await pull.receive();
    expect(pull.readable).toBe(false);
  });

  it('REQ and REP by turns', async () => {
    const [request, reply] = [open(new Request()), open(new Reply())];
    const name = inproc();
    await reply.bind(name);
    request.connect(name);
    const state = () => [request.writable, request.readable, reply.writable, reply.readable];
    expect(state()).toEqual([true, false, false, false]);
    await request.send('q');
    expect(state()).toEqual([false, false, false, true]);
    await reply.receive();
    expect(state()).toEqual([false, false, true, false]);
    await reply.send('a');
    expect(state()).toEqual([false, true, false, false]);
    await request.receive();
    expect(state()).toEqual([true, false, false, false]);
  });
});

describe('many calls', () => {
  it('a thousand sends in one tick, not awaited, arrive in order', async () => {
    const [pull, push] = [open(new Pull()), open(new Push())];
    push.connect(await bound(pull));
    const sends = Array.from({ length: 1000 }, (_, i) => push.send(`${i}`));
    await Promise.all(sends);
    for (let i = 0; i < 1000; i++) expect(String(await pull.receive())).toBe(`${i}`);
  });

  it('a receive that times out loses no message', async () => {
    const [pull, push] = [open(new Pull({ receiveTimeout: 1 })), open(new Push())];
    push.connect(await bound(pull));
    const got: string[] = [];
    const sending = (async () => {
      for (let i = 0; i < 100; i++) {
        await push.send(`${i}`);
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    while (got.length < 100) {
      const { value } = await outcome(() => pull.receive());
      if (value !== undefined) got.push(String(value));
    }
    await sending;
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it('both ends of a REQ and a REP may be asked in advance', async () => {
    const [request, reply] = [open(new Request()), open(new Reply())];
    const asked = reply.receive();
    const name = inproc();
    await reply.bind(name);
    request.connect(name);
    await request.send('q');
    const answered = request.receive();
    expect(String(await asked)).toBe('q');
    await reply.send('a');
    expect(String(await answered)).toBe('a');
  });

  it('a loop that breaks the rule of its type fails, also when its turn of the event loop is used up', async () => {
    const publisher = open(new Publisher());
    const iterable = publisher as unknown as AsyncIterable<Buffer[]>;
    for (let round = 0; round < 3; round++) {
      const usedUp = performance.now() + 20;
      const sends: Promise<void>[] = [];
      while (performance.now() < usedUp) for (let i = 0; i < 100; i++) sends.push(publisher.send('x'));
      await expect(iterable[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ENOTSUP' });
      await Promise.all(sends);
    }
  });
});

describe('asking again and again, with no pause in between, comes to its end', () => {
  it('receive with a timeout of 0, until there is a message', async () => {
    const [pull, push] = [open(new Pull({ receiveTimeout: 0 })), open(new Push())];
    push.connect(await bound(pull));
    const sending = push.send('x');
    for (;;) {
      const { value } = await outcome(() => pull.receive());
      if (value === undefined) continue;
      expect(String(value)).toBe('x');
      break;
    }
    await sending;
  });

  it('send with a timeout of 0, until there is a peer', async () => {
    const [pull, push] = [open(new Pull()), open(new Push({ sendTimeout: 0, immediate: true }))];
    push.connect(await bound(pull));
    while ((await outcome(() => push.send('x'))).how === 'rejected');
    expect(String(await pull.receive())).toBe('x');
  });

  it('a mandatory ROUTER, until the peer is known', async () => {
    const [router, dealer] = [open(new Router({ mandatory: true })), open(new Dealer({ routingId: 'd' }))];
    dealer.connect(await bound(router));
    for (;;) {
      const { error } = await outcome(() => router.send(['d', 'x']));
      if (error === undefined) break;
      expect(error.code).toBe('EHOSTUNREACH');
    }
    expect(String(await dealer.receive())).toBe('x');
  });
});

describe('subscribe and unsubscribe', () => {
  async function heard(sub: Subscriber, publisher: Publisher, topics: string[]): Promise<string[]> {
    const got: string[] = [];
    for (const topic of [...topics, 'end']) await publisher.send(topic);
    for (;;) {
      const topic = String(await sub.receive());
      if (topic === 'end') return got;
      got.push(topic);
    }
  }

  async function subscribed(...topics: string[]): Promise<[Subscriber, Publisher]> {
    const [sub, publisher] = [open(new Subscriber()), open(new Publisher())];
    const name = inproc();
    await publisher.bind(name);
    sub.connect(name);
    sub.subscribe('end', ...topics);
    return [sub, publisher];
  }

  it('by prefix, several at once, as text or bytes', async () => {
    const [sub, publisher] = await subscribed('ap');
    sub.subscribe(Buffer.from('pe'), 'x');
    expect(await heard(sub, publisher, ['apple', 'pear', 'plum', 'x', 'xy', 'a', ''])).toEqual([
      'apple',
      'pear',
      'x',
      'xy',
    ]);
  });

  it('without arguments: everything; taken back in the same way', async () => {
    const [sub, publisher] = await subscribed();
    sub.subscribe();
    expect(await heard(sub, publisher, ['a', ''])).toEqual(['a', '']);
    sub.unsubscribe();
    expect(await heard(sub, publisher, ['a', ''])).toEqual([]);
  });

  it('counts repeated subscriptions', async () => {
    const [sub, publisher] = await subscribed('a', 'a');
    sub.unsubscribe('a');
    expect(await heard(sub, publisher, ['a'])).toEqual(['a']);
    sub.unsubscribe('a');
    sub.unsubscribe('a', 'never');
    expect(await heard(sub, publisher, ['a'])).toEqual([]);
  });

  it.each([5, undefined, {}, Symbol('s'), true])('%s is no topic', (topic) => {
    const sub = open(new Subscriber());
    for (const verb of ['subscribe', 'unsubscribe'] as const) {
      expect(() => sub[verb](topic as never)).toThrow(TypeError);
      expect(() => sub[verb](topic as never)).toThrow(/^Option value must be a string or buffer/);
    }
  });

  it('is refused on a closed socket', () => {
    const sub = open(new Subscriber());
    sub.close();
    expect(() => sub.subscribe('x')).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }) as Error);
  });
});

it('a pair that was read and written to the end says so to nobody', async () => {
  const [one, two] = [open(new Pair()), open(new Pair())];
  const name = inproc();
  await one.bind(name);
  two.connect(name);
  two.close();
  await turn();
  expect(one).toMatchObject({ readable: false, writable: false });
});
