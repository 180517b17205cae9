// The same endpoint connected twice: libzmq ignores it for SUB, PUB, REQ and DEALER, and counts it for all others. And what
// keeps a process alive when sockets of one context come and go.

import { describe, expect, it } from 'vitest';
import {
  Context,
  Dealer,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  XPublisher,
} from '../../src/index.js';
import { until } from '../support/peers/deadline.js';
import { bound, open } from '../support/sockets.js';

async function connections(
  server: Pull | Reply | Router | XPublisher | Subscriber,
  client: Push | Request,
): Promise<number> {
  let count = 0;
  server.events.on('handshake', () => count++);
  const endpoint = await bound(server);
  client.connect(endpoint);
  client.connect(endpoint);
  // A third party that comes later is through when both have had their chance.
  const last = open(new (client.constructor as typeof Push)());
  let through = false;
  last.events.on('handshake', () => {
    through = true;
  });
  last.connect(endpoint);
  await until(() => through && count >= 2, 'the last one');
  return count - 1;
}

describe('connecting twice to one endpoint', () => {
  it.each([
    ['REQ', () => connections(open(new Reply()), open(new Request()))],
    ['DEALER', () => connections(open(new Router()), open(new Dealer()) as never)],
    ['SUB', () => connections(open(new XPublisher()), open(new Subscriber()) as never)],
    ['PUB', () => connections(open(new Subscriber()), open(new Publisher()) as never)],
  ])('makes one connection of a %s', async (_name, count) => {
    expect(await count()).toBe(1);
  });

  it('makes two connections of a PUSH', async () => {
    const pull = open(new Pull());
    let count = 0;
    pull.events.on('handshake', () => count++);
    const endpoint = await bound(pull);
    const push = open(new Push());
    push.connect(endpoint);
    push.connect(endpoint);
    await until(() => count === 2, 'the second connection');
  });
});

it('a context whose last socket went while something was held still holds for the next', async () => {
  const core = Context.coreOf(new Context());
  const socket = { close() {} };
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  core.add(socket);
  core.hold();
  core.remove(socket);
  core.add(socket);
  const before = timers();
  core.hold();
  core.release();
  expect(timers()).toBe(before);
  core.release();
  expect(timers()).toBe(before - 1);
  core.remove(socket);
});

describe('a manual XPUB', () => {
  it('gives its subscriber what the application decides', async () => {
    const publisher = open(new XPublisher({ manual: true }));
    const subscriber = open(new Subscriber());
    subscriber.subscribe('asked');
    subscriber.subscribe('given');
    subscriber.connect(await bound(publisher));
    expect(String((await publisher.receive())[0])).toBe('\x01asked');
    publisher.subscribe('given');
    await publisher.send('asked: not given');
    await publisher.send('given');
    expect(String((await subscriber.receive())[0])).toBe('given');
    publisher.unsubscribe('given');
    publisher.subscribe('asked');
    await publisher.send('given no more');
    await publisher.send('asked');
    expect(String((await subscriber.receive())[0])).toBe('asked');
  });
});
