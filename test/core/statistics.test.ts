// A socket's and a peer's figures, and the channels of node:diagnostics_channel that tell of the same things.

import diagnostics from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Diagnostics, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import { World } from '../support/world.js';

const NOTHING = {
  messagesIn: 0,
  bytesIn: 0,
  messagesOut: 0,
  bytesOut: 0,
  droppedFull: 0,
  droppedLost: 0,
  queuedIn: 0,
  queuedOut: 0,
  lastError: null,
};

describe('statistics', () => {
  it('are plain numbers, all 0 at first, and a snapshot', async () => {
    const world = new World();
    const push = world.open(Push);
    const before = push.statistics;
    const counts = { dropped: 0, droppedUnroutable: 0, connects: 0, reconnects: 0, disconnects: 0, violations: {} };
    expect(before).toEqual({ ...NOTHING, ...counts });
    push.connect('mem://nobody');
    await push.send('x');
    expect([before.queuedOut, push.statistics.queuedOut]).toEqual([0, 1]);
  });

  it('count messages and bytes of their parts, on both ends, for the socket and for the peer', async () => {
    const world = new World();
    const [pull, push] = [world.open(Pull), world.open(Push)];
    await world.join(push, pull);
    await push.send(['ab', '', 'cde']);
    await push.send(Buffer.alloc(100_000));
    await world.clock.advance(0);
    const out = { ...NOTHING, messagesOut: 2, bytesOut: 100_005 };
    const inward = { ...NOTHING, messagesIn: 2, bytesIn: 100_005, queuedIn: 2 };
    expect(push.peers[0]!.statistics).toEqual({ ...out, reconnects: 0 });
    expect(pull.peers[0]!.statistics).toEqual({ ...inward, reconnects: 0 });
    expect(push.statistics).toMatchObject({ ...out, connects: 1 });
    expect(pull.statistics).toMatchObject({ ...inward, connects: 1 });
    await pull.receive();
    expect(pull.statistics.queuedIn).toBe(1);
  });

  it('keep what peers that are gone have brought, also what is not received yet', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    for (const line of ['one', 'three']) {
      const peer = await world.peer('a', 'PUSH');
      peer.say(line);
      await world.clock.advance(0);
      peer.stream.destroy();
      await world.clock.advance(0);
    }
    expect(pull.statistics).toMatchObject({ messagesIn: 2, bytesIn: 8, queuedIn: 2, connects: 2, disconnects: 2 });
    pull.close();
    expect(pull.statistics).toMatchObject({ messagesIn: 2, connects: 2 });
  });

  it('count what is dropped, by reason; nobody subscribed is no reason', async () => {
    const world = new World();
    const publisher = world.open(Publisher, { sendHighWaterMark: 1 });
    await publisher.bind('mem://a');
    const peer = await world.peer('a', 'SUB');
    await publisher.send('nobody wants it');
    expect(publisher.statistics.dropped).toBe(0);
    peer.write(Buffer.from('\x04\x0b\x09SUBSCRIBEt', 'latin1'));
    await world.clock.advance(0);
    peer.stream.pause();
    peer.stream.other.wire.capacity = 1;
    await publisher.send(`t${'x'.repeat(70_000)}`);
    for (const line of ['t waits', 't full', 't full']) await publisher.send(line);
    expect(publisher.statistics).toMatchObject({ dropped: 2, droppedFull: 2, queuedOut: 1 });
    expect(publisher.peers[0]!.statistics.droppedFull).toBe(2);
    peer.stream.destroy();
    await world.clock.advance(0);
    expect(publisher.statistics).toMatchObject({ dropped: 3, droppedFull: 2, droppedLost: 1, queuedOut: 0 });
  });

  it('count what has nowhere to go: a ROUTER without the peer, a reply to one that is gone', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.send(['nobody', 'x']);
    expect(router.statistics).toMatchObject({ dropped: 1, droppedUnroutable: 1 });
    const [reply, request] = [world.open(Reply), world.open(Request)];
    await world.join(request, reply);
    await request.send('?');
    await world.clock.advance(0);
    await reply.receive();
    request.close();
    await world.clock.advance(0);
    await reply.send('!');
    expect(reply.statistics).toMatchObject({ dropped: 1, droppedUnroutable: 1, messagesOut: 0 });
  });

  it('know how often an endpoint connected again, and the last error', async () => {
    const world = new World();
    const served = world.serve('a', 'PULL');
    const push = world.open(Push);
    push.connect('mem://a');
    await world.clock.advance(0);
    const [peer] = push.peers;
    served[0]!.stream.reset();
    await world.clock.advance(200);
    expect(push.statistics).toMatchObject({ connects: 2, reconnects: 1, disconnects: 1 });
    expect(push.statistics.lastError).toMatchObject({ code: 'ECONNRESET' });
    expect(peer!.statistics.lastError).toBe(push.statistics.lastError);
  });

  it('count over inproc as everywhere', async () => {
    const world = new World();
    const [publisher, subscriber] = [world.open(Publisher), world.open(Subscriber)];
    subscriber.subscribe();
    await publisher.bind('inproc://a');
    subscriber.connect('inproc://a');
    await publisher.send(['12', '345']);
    expect(publisher.statistics).toMatchObject({ messagesOut: 1, bytesOut: 5, connects: 1 });
    expect(subscriber.statistics).toMatchObject({ messagesIn: 1, bytesIn: 5, connects: 1, queuedIn: 1 });
  });
});

describe('diagnostics channels', () => {
  /** What is published from now on, in order. */
  function listen(...names: (keyof Diagnostics)[]): [name: string, told: Record<string, unknown>][] {
    const heard: [string, Record<string, unknown>][] = [];
    for (const name of names) {
      const note = (told: unknown): void => void heard.push([name, told as Record<string, unknown>]);
      diagnostics.subscribe(name, note);
      onTestFinished(() => void diagnostics.unsubscribe(name, note));
    }
    return heard;
  }

  it('tell of sockets and peers', async () => {
    const heard = listen('zmtp:socket:created', 'zmtp:socket:closed', 'zmtp:peer:connected', 'zmtp:peer:disconnected');
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const other = await world.peer('a', 'PUSH');
    const [peer] = pull.peers;
    other.stream.destroy();
    await world.clock.advance(0);
    pull.close();
    expect(heard).toEqual([
      ['zmtp:socket:created', { socket: pull }],
      ['zmtp:peer:connected', { socket: pull, peer }],
      ['zmtp:peer:disconnected', { socket: pull, peer, error: undefined }],
      ['zmtp:socket:closed', { socket: pull }],
    ]);
    expect(heard[0]![1].socket).toBe(pull);
    expect(heard[1]![1].peer).toBe(peer);
  });

  it('tell of messages sent, received and dropped', async () => {
    const heard = listen('zmtp:message:sent', 'zmtp:message:received', 'zmtp:message:dropped');
    const world = new World();
    const [pull, push, router] = [world.open(Pull), world.open(Push), world.open(Router)];
    await world.join(push, pull);
    await push.send(['a', 'b']);
    await world.clock.advance(0);
    await router.send(['nobody', 'x']);
    const lost = world.open(Push, { linger: 0 });
    lost.connect('mem://nowhere');
    await lost.send('waiting');
    lost.close();
    const seen = heard.map(([name, { message, peer, reason }]) => [name, String(message), peer !== undefined, reason]);
    expect(seen).toEqual([
      ['zmtp:message:sent', 'a,b', true, undefined],
      ['zmtp:message:received', 'a,b', true, undefined],
      ['zmtp:message:dropped', 'nobody,x', false, 'unroutable'],
      ['zmtp:message:dropped', 'waiting', false, 'lost'],
    ]);
    expect(heard.map(([, { socket }]) => socket)).toEqual([push, pull, router, lost]);
  });

  it('tell of errors', async () => {
    const heard = listen('zmtp:error');
    const world = new World();
    const push = world.open(Push);
    push.connect('mem://nobody');
    await world.clock.advance(0);
    expect(heard).toEqual([
      ['zmtp:error', { socket: push, error: push.statistics.lastError, address: 'mem://nobody' }],
    ]);
    expect(push.statistics.lastError).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
