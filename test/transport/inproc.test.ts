// inproc:// through the public sockets: either order of bind and connect, names, contexts, and what closing does.

import { describe, expect, it } from 'vitest';
import { Context, Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { within } from '../support/peers/deadline.js';
import { inproc, open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';

failOnUnhandled();

describe('connect before bind', () => {
  it('messages wait, and arrive in order', async () => {
    const name = inproc();
    const push = open(new Push());
    push.connect(name);
    expect(push.writable).toBe(true);
    for (let i = 0; i < 100; i++) await push.send(`${i}`);
    const pull = open(new Pull());
    await pull.bind(name);
    for (let i = 0; i < 100; i++) expect(String(await pull.receive())).toBe(`${i}`);
  });

  it('subscriptions wait too', async () => {
    const name = inproc();
    const sub = open(new Subscriber());
    sub.connect(name);
    sub.subscribe('a');
    const publisher = open(new Publisher());
    await publisher.bind(name);
    await publisher.send('b');
    await publisher.send('a');
    expect(String(await sub.receive())).toBe('a');
  });

  it('many wait for one', async () => {
    const name = inproc();
    const requests = Array.from({ length: 20 }, () => open(new Request()));
    for (const [i, request] of requests.entries()) {
      request.connect(name);
      await request.send(`${i}`);
    }
    const reply = open(new Reply());
    await reply.bind(name);
    for (let i = 0; i < requests.length; i++) await reply.send(await reply.receive());
    for (const [i, request] of requests.entries()) expect(String(await request.receive())).toBe(`${i}`);
  });

  it('whoever closed meanwhile, with linger 0, is not there any more', async () => {
    const name = inproc();
    const push = open(new Push());
    push.connect(name);
    await push.send('lost');
    push.close();
    const pull = open(new Pull({ receiveTimeout: 0 }));
    await pull.bind(name);
    expect((await outcome(() => pull.receive())).error?.code).toBe('EAGAIN');
  });

  it('with linger, what was sent before close is delivered', async () => {
    const name = inproc();
    const push = new Push({ linger: -1 });
    push.connect(name);
    await push.send('kept');
    push.close();
    const pull = open(new Pull());
    await pull.bind(name);
    expect(String(await pull.receive())).toBe('kept');
  });
});

describe('names', () => {
  it('are bound once: EADDRINUSE, and free again after unbind and close', async () => {
    const name = inproc();
    const [one, two] = [open(new Pull()), open(new Pull())];
    await one.bind(name);
    expect(await outcome(() => two.bind(name))).toMatchObject({
      how: 'rejected',
      error: { code: 'EADDRINUSE', message: 'Address already in use', address: name },
    });
    await one.unbind(name);
    await two.bind(name);
    two.close();
    await one.bind(name);
  });

  it('belong to a context', async () => {
    const name = inproc();
    const [here, there] = [new Context(), new Context()];
    const [one, two] = [open(new Pull({ context: here })), open(new Pull({ context: there }))];
    await one.bind(name);
    await two.bind(name);
    const push = open(new Push({ context: there }));
    push.connect(name);
    await push.send('x');
    expect(String(await two.receive())).toBe('x');
    expect(one.readable).toBe(false);
  });

  it('are matched byte for byte', async () => {
    const pull = open(new Pull({ receiveTimeout: 0 }));
    const name = `${inproc()} Ünï/`;
    await pull.bind(name);
    const push = open(new Push());
    push.connect(name.toLowerCase());
    await push.send('elsewhere');
    expect(pull.readable).toBe(false);
    push.connect(name);
    await push.send('a');
    await push.send('b');
    expect(pull.readable).toBe(true);
  });
});

describe('peers', () => {
  it('of types that do not fit are left alone', async () => {
    const name = inproc();
    const [pull, sub] = [open(new Pull()), open(new Subscriber({ receiveTimeout: 0 }))];
    await pull.bind(name);
    sub.connect(name);
    sub.subscribe();
    expect(sub.readable).toBe(false);
  });

  it('a socket may be its own', async () => {
    const dealer = open(new Dealer());
    const name = inproc();
    await dealer.bind(name);
    dealer.connect(name);
    await dealer.send('to myself');
    expect(String(await dealer.receive())).toBe('to myself');
  });

  it('are known to a ROUTER by their routing id', async () => {
    const name = inproc();
    const router = open(new Router());
    const dealer = open(new Dealer({ routingId: 'me' }));
    await router.bind(name);
    dealer.connect(name);
    await router.send(['me', 'hello']);
    expect(String(await dealer.receive())).toBe('hello');
    await dealer.send('back');
    expect((await router.receive()).map(String)).toEqual(['me', 'back']);
  });

  it('a second PAIR waits for the first to go', async () => {
    const name = inproc();
    const [bound, first, second] = [open(new Pair()), open(new Pair()), open(new Pair())];
    await bound.bind(name);
    first.connect(name);
    second.connect(name);
    await first.send('first');
    expect(String(await bound.receive())).toBe('first');
  });

  it('that disconnect or close take nothing with them that was delivered', async () => {
    const name = inproc();
    const pull = open(new Pull());
    await pull.bind(name);
    const push = open(new Push());
    push.connect(name);
    await push.send('one');
    push.disconnect(name);
    push.connect(name);
    await push.send('two');
    push.close();
    await turn();
    expect(String(await pull.receive())).toBe('one');
    expect(String(await pull.receive())).toBe('two');
  });
});

it('a sender at both high-water marks waits for the reader', async () => {
  const name = inproc();
  const pull = open(new Pull({ receiveHighWaterMark: 5 }));
  const push = open(new Push({ sendHighWaterMark: 5, sendTimeout: 0 }));
  await pull.bind(name);
  push.connect(name);
  let sent = 0;
  while ((await outcome(() => push.send(`${sent}`))).how === 'gave') sent++;
  expect(sent).toBe(10);
  push.sendTimeout = -1;
  const waiting = push.send(`${sent}`);
  for (let i = 0; i <= sent; i++) expect(String(await within(pull.receive(), `message ${i}`))).toBe(`${i}`);
  await waiting;
});
