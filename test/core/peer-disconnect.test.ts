// Ending one peer's connection: what still leaves, what is not received any more, who comes again.

import { describe, expect, it } from 'vitest';
import { Dealer, type Peer, Pull, Push, Router } from '../../src/index.js';
import { eventsOf, World } from '../support/world.js';

async function routerWithTwo() {
  const world = new World();
  const router = world.open(Router, { mandatory: true });
  await router.bind('mem://a');
  const [one, two] = [await world.peer('a', 'DEALER', 'one'), await world.peer('a', 'DEALER', 'two')];
  return { world, router, one, two };
}

describe('Peer.disconnect', () => {
  it('lets go what was sent, frees the id at once, and leaves everybody else alone', async () => {
    const { world, router, one, two } = await routerWithTwo();
    const log = eventsOf(router);
    await router.send(['one', 'goodbye']);
    router.peerOf('one')!.disconnect();
    expect(router.peerOf('one')).toBeUndefined();
    await expect(router.send(['one', 'too late'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    await router.send(['two', 'stay']);
    await world.clock.advance(0);
    expect([one.messages(), one.ended]).toEqual([['goodbye'], { error: undefined }]);
    await world.clock.advance(1000);
    expect([two.messages(), two.ended, log]).toEqual([['stay'], undefined, ['disconnect mem://a']]);
    expect(router.statistics).toMatchObject({ connects: 2, disconnects: 1 });
  });

  it('receives nothing more from it', async () => {
    const { world, router, one } = await routerWithTwo();
    router.disconnectPeer('one');
    one.say('not heard');
    await world.clock.advance(1000);
    expect([router.readable, router.statistics.messagesIn]).toEqual([false, 0]);
  });

  it('ends within a second, whatever the peer does not read', async () => {
    const { world, router, one } = await routerWithTwo();
    one.stream.pause();
    one.stream.other.wire.capacity = 1;
    await router.send(['one', Buffer.alloc(100_000)]);
    await world.clock.advance(0);
    router.disconnectPeer('one');
    await world.clock.advance(999);
    expect(router.statistics.disconnects).toBe(0);
    await world.clock.advance(1);
    expect(router.statistics.disconnects).toBe(1);
    // The other peer's.
    expect(world.clock.pending).toBe(1);
  });

  it('may be called twice, and once the peer is gone', async () => {
    const { world, router } = await routerWithTwo();
    const peer = router.peerOf('one') as Peer;
    for (const _ of [1, 2]) peer.disconnect();
    await world.clock.advance(1000);
    peer.disconnect();
    expect(router.statistics.disconnects).toBe(1);
  });

  it('connects again where we had connected, with what waited meanwhile', async () => {
    const world = new World();
    const served = world.serve('a', 'PULL');
    const push = world.open(Push);
    push.connect('mem://a');
    await world.clock.advance(0);
    await push.send('first');
    push.peers[0]!.disconnect();
    await push.send('second');
    expect(push.peers).toEqual([]);
    await world.clock.advance(1100);
    expect(served.map((peer) => peer.messages())).toEqual([['first'], ['second']]);
    expect(push.peers[0]!.statistics).toMatchObject({ reconnects: 1, messagesOut: 1 });
    expect(push.statistics).toMatchObject({ connects: 2, reconnects: 1, messagesOut: 2, lastError: null });
  });

  it('with `reconnect: false` gives the endpoint up, as disconnect does', async () => {
    const world = new World();
    const served = world.serve('a', 'PULL');
    const push = world.open(Push);
    push.connect('mem://a');
    await world.clock.advance(0);
    await push.send('last');
    push.peers[0]!.disconnect({ reconnect: false });
    await world.clock.advance(5000);
    expect(served.map((peer) => peer.messages())).toEqual([['last']]);
    expect(() => push.disconnect('mem://a')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('throws for options that are none, and stays', async () => {
    const { router } = await routerWithTwo();
    const [one] = router.peers as [Peer];
    const bad: [object | null, string][] = [
      [null, 'Options must be an object'],
      [{ reconnect: 'no' }, 'Option value must be a boolean'],
    ];
    for (const [options, text] of bad) expect(() => one.disconnect(options as object)).toThrow(new TypeError(text));
    expect(one.connected).toBe(true);
  });

  it('ends both ends over inproc', async () => {
    const world = new World();
    const [pull, push] = [world.open(Pull), world.open(Push)];
    await pull.bind('inproc://name');
    push.connect('inproc://name');
    const [seen] = push.peers as [Peer];
    pull.peers[0]!.disconnect();
    expect([pull.peers, push.peers, seen.connected]).toEqual([[], [], false]);
    expect([pull.statistics.disconnects, push.statistics.disconnects, push.writable]).toEqual([1, 1, false]);
  });
});

describe('Router.disconnectPeer', () => {
  it('says that nobody has the id', async () => {
    const { router } = await routerWithTwo();
    expect(() => router.disconnectPeer(Buffer.of(1, 0xff))).toThrow(
      expect.objectContaining({ code: 'EHOSTUNREACH', message: 'Host unreachable' }),
    );
    expect(() => router.peerOf(5 as unknown as string)).toThrow(TypeError);
  });

  it('knows nobody by an id that is only expected', async () => {
    const world = new World();
    const router = world.open(Router);
    router.connect('mem://nobody', { routingId: 'expected' });
    expect(router.peerOf('expected')).toBeUndefined();
  });

  it('follows a takeover', async () => {
    const world = new World();
    const router = world.open(Router, { handover: true });
    await router.bind('mem://a');
    await world.join(world.open(Dealer, { routingId: Buffer.of(9, 0, 0xfe) as unknown as string }), router, 'b');
    const id = Buffer.of(9, 0, 0xfe);
    const before = router.peerOf(id) as Peer;
    await world.peer('a', 'DEALER', id);
    expect([router.peerOf(id)?.address, before.connected, before.routingId]).toEqual(['mem://a', false, id]);
  });
});
