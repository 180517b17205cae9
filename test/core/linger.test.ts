// The orderly end: what close, disconnect and unbind do with unsent messages at a linger of 0, 100 and -1, and what an
// endpoint that is ending still takes part in.

import { describe, expect, it } from 'vitest';
import { Dealer, Pull, Push, Router, type Socket, XPublisher } from '../../src/index.js';
import { eventsOf, World } from '../support/world.js';

/** A PUSH with two messages for a peer that is not there. */
async function unsent(linger: number) {
  const world = new World();
  const push = world.open(Push, { linger });
  push.connect('mem://a');
  await push.send('one');
  await push.send('two');
  return { world, push };
}

const closing: [string, (socket: Socket) => void][] = [
  ['close', (socket) => socket.close()],
  ['disconnect', (socket) => socket.disconnect('mem://a')],
];

describe.each(closing)('%s with messages for a peer that is not there', (_name, end) => {
  it('drops them at linger 0, and asks for the peer no more', async () => {
    const { world, push } = await unsent(0);
    end(push);
    const heard = world.serve('a', 'PULL');
    await world.clock.advance(10_000);
    expect(heard).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  it('sends them to a peer that comes within linger', async () => {
    const { world, push } = await unsent(1000);
    end(push);
    await world.clock.advance(250);
    const heard = world.serve('a', 'PULL');
    await world.clock.advance(200);
    expect(heard[0]!.messages()).toEqual(['one', 'two']);
    expect(heard[0]!.ended).toEqual({ error: undefined });
    await world.clock.advance(5000);
    expect(world.clock.pending).toBe(0);
  });

  it('drops them when linger is over', async () => {
    const { world, push } = await unsent(100);
    end(push);
    await world.clock.advance(100);
    expect(world.clock.pending).toBe(0);
    const heard = world.serve('a', 'PULL');
    await world.clock.advance(10_000);
    expect(heard).toEqual([]);
  });

  it('waits without end at linger -1', async () => {
    const { world, push } = await unsent(-1);
    end(push);
    await world.clock.advance(3_600_000);
    const heard = world.serve('a', 'PULL');
    await world.clock.advance(200);
    expect(heard[0]!.messages()).toEqual(['one', 'two']);
    await world.clock.advance(5000);
    expect(world.clock.pending).toBe(0);
  });
});

describe('close', () => {
  it('says `end` when nothing lingers any more, and not before', async () => {
    const { world, push } = await unsent(1000);
    const log = eventsOf(push);
    push.close();
    await world.clock.advance(999);
    expect(log).not.toContain('end');
    await world.clock.advance(1);
    expect(log.at(-1)).toBe('end');
  });

  it.each([0, 100, -1])('ends at once at linger %i when nothing waits', async (linger) => {
    const world = new World();
    const push = world.open(Push, { linger });
    push.connect('mem://nobody');
    await world.clock.advance(50);
    push.close();
    await world.clock.advance(0);
    expect(world.clock.pending).toBe(0);
  });

  it('sends what waits behind a full stream, as fast as the peer takes it', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 1000 });
    const pull = world.open(Pull);
    world.network.wire.capacity = 64;
    await world.join(push, pull);
    world.network.link.stall();
    for (let i = 0; i < 20; i++) await push.send(`message ${i}`);
    push.close();
    await world.clock.advance(500);
    world.network.link.flow();
    for (let i = 0; i < 20; i++) expect(String(await pull.receive())).toBe(`message ${i}`);
    await world.clock.advance(0);
    expect(world.network.link.over).toBe(true);
  });

  it('gives a peer that does not read up when linger is over', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 100 });
    const pull = world.open(Pull);
    world.network.wire.capacity = 64;
    await world.join(push, pull);
    world.network.link.stall();
    for (let i = 0; i < 20; i++) await push.send(`message ${i}`);
    push.close();
    await world.clock.advance(99);
    expect(world.network.link.over).toBe(false);
    await world.clock.advance(1);
    expect(world.network.link.over).toBe(true);
  });

  it('gives a peer that never ends its side up after a grace', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    world.serve('a', 'PULL');
    push.connect('mem://a');
    await world.clock.advance(0);
    world.network.link.other.stall();
    push.close();
    await world.clock.advance(999);
    expect(world.network.link.over).toBe(false);
    await world.clock.advance(1);
    expect(world.network.link.over).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it('tries no more once a first try has been made for nothing', async () => {
    const world = new World();
    const push = world.open(Push, { linger: 0 });
    const log = eventsOf(push);
    push.connect('mem://a');
    await push.send('unsent');
    world.serve('a', 'PULL');
    await world.clock.advance(200);
    log.length = 0;
    world.network.link.stall();
    push.close();
    await world.clock.advance(0);
    expect(log).toEqual(['end']);
  });
});

describe('a linger changed before close', () => {
  it('is the one that counts', async () => {
    const { world, push } = await unsent(-1);
    push.linger = 0;
    push.close();
    await world.clock.advance(0);
    expect(world.clock.pending).toBe(0);
  });
});

describe('an endpoint that is ending', () => {
  it('takes no more messages: after disconnect everything goes to the others', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    push.connect('mem://a');
    await push.send('for a');
    push.disconnect('mem://a');
    push.connect('mem://b');
    for (const text of ['1', '2', '3']) await push.send(text);
    const b = world.serve('b', 'PULL');
    const a = world.serve('a', 'PULL');
    await world.clock.advance(1000);
    expect(b[0]!.messages()).toEqual(['1', '2', '3']);
    expect(a[0]!.messages()).toEqual(['for a']);
  });

  it('takes no more messages while its peer says goodbye', async () => {
    const world = new World();
    const push = world.open(Push, { linger: -1 });
    const a = world.serve('a', 'PULL');
    push.connect('mem://a');
    await world.clock.advance(0);
    world.network.link.stall();
    push.disconnect('mem://a');
    const sent = push.send('for whoever comes next');
    push.connect('mem://b');
    const b = world.serve('b', 'PULL');
    await world.clock.advance(500);
    await sent;
    expect(b[0]!.messages()).toEqual(['for whoever comes next']);
    expect(a[0]!.messages()).toEqual([]);
  });

  it('is no peer of a ROUTER any more', async () => {
    const world = new World();
    const router = world.open(Router, { mandatory: true, linger: -1 });
    router.connect('mem://a', { routingId: 'a' });
    await router.send(['a', 'queued']);
    router.disconnect('mem://a');
    await expect(router.send(['a', 'too late'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    const a = world.serve('a', 'DEALER');
    await world.clock.advance(1000);
    expect(a[0]!.messages()).toEqual(['queued']);
    await expect(router.send(['a', 'too late'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
  });

  it('unbound, sends its peers what waits and takes no more for them', async () => {
    const world = new World();
    const dealer = world.open(Dealer, { linger: 1000 });
    world.network.wire.capacity = 1;
    await dealer.bind('mem://a');
    const peer = await world.peer('a', 'DEALER');
    peer.stream.other.stall();
    for (const text of ['1', '2', '3']) await dealer.send(text);
    await dealer.unbind('mem://a');
    expect(dealer.writable).toBe(false);
    peer.stream.other.flow();
    await world.clock.advance(10);
    expect(peer.messages()).toEqual(['1', '2', '3']);
    expect(peer.ended).toBeDefined();
  });

  it('unbound at linger 0, drops its peers at once', async () => {
    const world = new World();
    const dealer = world.open(Dealer, { linger: 0 });
    await dealer.bind('mem://a');
    const peer = await world.peer('a', 'DEALER');
    await dealer.unbind('mem://a');
    await world.clock.advance(0);
    expect(peer.ended).toBeDefined();
    expect(world.clock.pending).toBe(0);
    expect(() => world.network.dial('a')).toThrow('nobody listens');
  });

  it('leaves what it brought to be received', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const [peer] = [world.serve('a', 'PUSH')];
    pull.connect('mem://a');
    await world.clock.advance(0);
    peer[0]!.say('brought');
    await world.clock.advance(0);
    pull.disconnect('mem://a');
    await world.clock.advance(0);
    expect(String(await pull.receive())).toBe('brought');
  });

  it('frees a sender that waited for it alone: noDrop', async () => {
    const world = new World();
    const xpub = world.open(XPublisher, { noDrop: true, sendHighWaterMark: 1, linger: 0 });
    world.network.wire.capacity = 1;
    await xpub.bind('mem://a');
    const slow = await world.peer('a', 'SUB');
    slow.say(Buffer.of(1));
    await world.clock.advance(0);
    slow.stream.other.stall();
    await xpub.send('in the stream');
    await world.clock.advance(0);
    await xpub.send('in the queue');
    let done = false;
    const waiting = xpub.send('3').then(() => {
      done = true;
    });
    await world.clock.advance(10);
    expect(done).toBe(false);
    slow.stream.reset();
    await world.clock.advance(10);
    await waiting;
    expect(done).toBe(true);
  });
});
