// A bound endpoint and its many peers: who is let in, who is refused, who has to go, and what one peer costs the others.

import { describe, expect, it } from 'vitest';
import { Dealer, Pair, Publisher, Pull, Push, Reply, Router, XPublisher } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { cancel, frame, MORE, subscribe } from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';

const line = async (socket: { receive(): Promise<Buffer[]> }): Promise<string> =>
  (await socket.receive()).map((part) => part.toString('latin1')).join('|');

describe('peers in their handshake', () => {
  it('X1 are limited; the oldest goes first, and a good one still gets in', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const silent = Array.from({ length: pull.maxHandshakes + 10 }, () => world.network.dial('a'));
    await settle();
    expect(silent.map((stream) => stream.other.over)).toEqual([
      ...Array(10).fill(true),
      ...Array(pull.maxHandshakes).fill(false),
    ]);
    const good = await world.peer('a', 'PUSH');
    good.say('here');
    expect(await line(pull)).toBe('here');
  });

  it('X1 all go with the socket, and leave no timer', async () => {
    const world = new World();
    const pull = world.open(Pull, { linger: -1 });
    await pull.bind('mem://a');
    const silent = Array.from({ length: 10 }, () => world.network.dial('a'));
    pull.close();
    await settle();
    expect(silent.every((stream) => stream.over)).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it('get no message of ours, however many wait', async () => {
    const world = new World();
    const push = world.open(Push);
    await push.bind('mem://a');
    const sending = push.send('x');
    const peers = world.serve('b');
    push.connect('mem://b');
    await sending;
    await settle();
    expect(peers[0]!.messages()).toEqual([]);
    peers[0]!.introduce('PULL');
    await settle();
    expect(peers[0]!.messages()).toEqual(['x']);
  });
});

describe('PAIR', () => {
  it('refuses a second peer, and takes the next when the first is gone', async () => {
    const world = new World();
    const pair = world.open(Pair);
    await pair.bind('mem://a');
    const [first, second] = [await world.peer('a', 'PAIR'), await world.peer('a', 'PAIR')];
    await pair.send('for the first');
    await settle();
    expect([first.messages(), second.messages(), second.ended !== undefined]).toEqual([['for the first'], [], true]);
    first.stream.destroy();
    await settle();
    const third = await world.peer('a', 'PAIR');
    await pair.send('for the third');
    await settle();
    expect(third.messages()).toEqual(['for the third']);
  });

  it('receives nothing of a peer that it refused', async () => {
    const world = new World();
    const pair = world.open(Pair);
    await pair.bind('mem://a');
    await world.peer('a', 'PAIR');
    const second = await world.peer('a', 'PAIR');
    second.say('unheard');
    await settle();
    expect(pair.readable).toBe(false);
  });
});

describe('ROUTER', () => {
  it('R5 half a message of the old holder of an id never reaches the new one', async () => {
    const world = new World();
    const router = world.open(Router, { handover: true });
    await router.bind('mem://a');
    const old = await world.peer('a', 'DEALER', 'id');
    old.write(frame(MORE, 'half'));
    await settle();
    const next = await world.peer('a', 'DEALER', 'id');
    next.say('whole');
    expect(await line(router)).toBe('id|whole');
    await router.send(['id', 'answer']);
    await settle();
    expect([old.messages(), next.messages(), old.ended !== undefined]).toEqual([[], ['answer'], true]);
  });

  it('R5 refuses a second holder of an id, and takes it once the first is gone', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind('mem://a');
    const first = await world.peer('a', 'DEALER', 'id');
    expect((await world.peer('a', 'DEALER', 'id')).ended).toBeDefined();
    first.stream.destroy();
    await settle();
    const third = await world.peer('a', 'DEALER', 'id');
    await router.send(['id', 'hello']);
    await settle();
    expect(third.messages()).toEqual(['hello']);
  });

  it('R7 an id that begins with 00 ends the peer that names it', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind('mem://a');
    const peer = await world.peer('a', 'DEALER', Buffer.of(0, 1, 2));
    await settle();
    expect(peer.ended).toBeDefined();
  });
});

describe('REP', () => {
  it('R3 serves the next when the asker has gone', async () => {
    const world = new World();
    const rep = world.open(Reply);
    await rep.bind('mem://a');
    const [gone, next] = [await world.peer('a', 'REQ'), await world.peer('a', 'REQ')];
    gone.say('', 'first');
    expect(await line(rep)).toBe('first');
    gone.stream.reset();
    next.say('', 'second');
    await settle();
    await rep.send('for nobody');
    expect(await line(rep)).toBe('second');
    await rep.send('answer');
    await settle();
    expect(next.messages()).toEqual(['|answer']);
  });
});

describe('publishers', () => {
  it('XPUB takes no more subscriptions than its receive mark until the application reads', async () => {
    const world = new World();
    const xpub = world.open(XPublisher, { receiveHighWaterMark: 2 });
    await xpub.bind('mem://a');
    const peer = await world.peer('a', 'SUB');
    const topics = Array.from({ length: 10 }, (_, i) => String(i));
    peer.write(...topics.map((topic) => subscribe(topic)));
    await settle();
    await xpub.send('9 is not subscribed yet');
    await settle();
    expect(peer.messages()).toEqual([]);
    for (const topic of topics) expect(await line(xpub)).toBe(`\x01${topic}`);
    await xpub.send('9 is now');
    await settle();
    expect(peer.messages()).toEqual(['9 is now']);
  });

  it('S7 S8 honour subscriptions by message, and drop everything else', async () => {
    const world = new World();
    const pub = world.open(Publisher);
    await pub.bind('mem://a');
    const peer = await world.peer('a', 'SUB');
    peer.say('\x01old');
    peer.say('\x02no subscription');
    peer.say('');
    peer.write(frame(MORE, '\x01with more'), frame(0, 'of it'), subscribe('new'));
    await settle();
    for (const text of ['old', 'new', 'with more', 'other']) await pub.send(text);
    peer.say('\x00old');
    peer.write(cancel('new'));
    await settle();
    for (const text of ['old', 'new']) await pub.send(text);
    await settle();
    expect(peer.messages()).toEqual(['old', 'new']);
  });

  it('X2 a subscriber that does not read costs the others nothing', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const pub = world.open(Publisher, { sendHighWaterMark: 2 });
    await pub.bind('mem://a');
    const [slow, quick] = [await world.peer('a', 'SUB'), await world.peer('a', 'SUB')];
    for (const peer of [slow, quick]) peer.write(subscribe());
    await settle();
    slow.stream.other.stall();
    const sent = Array.from({ length: 20 }, (_, i) => String(i));
    for (const text of sent) {
      await pub.send(text);
      await settle();
    }
    slow.stream.other.flow();
    await settle();
    expect(quick.messages()).toEqual(sent);
    expect(slow.messages()).toEqual(['0', '1', '2']);
  });
});

it('a connection lost while closing is made again, for what still waits', async () => {
  const world = new World();
  world.network.wire.capacity = 1;
  const push = world.open(Push, { linger: -1 });
  const peers = world.serve('a', 'PULL');
  const log = eventsOf(push);
  push.connect('mem://a');
  await settle();
  world.network.link.stall();
  for (const text of ['in the stream', '1', '2']) {
    await push.send(text);
    await settle();
  }
  push.close();
  world.network.link.reset();
  await world.clock.advance(200);
  expect(peers.map((peer) => peer.messages())).toEqual([[], ['1', '2']]);
  expect(log.at(-1)).toBe('end');
});

it('the peers of a bound DEALER are served in turn, those that come and go too', async () => {
  const world = new World();
  const dealer = world.open(Dealer);
  await dealer.bind('mem://a');
  const [a, b] = [await world.peer('a', 'DEALER'), await world.peer('a', 'DEALER')];
  for (const text of ['1', '2']) await dealer.send(text);
  await settle();
  b.stream.destroy();
  await settle();
  for (const text of ['3', '4']) await dealer.send(text);
  await settle();
  expect([a.messages(), b.messages()]).toEqual([['1', '3', '4'], ['2']]);
});
