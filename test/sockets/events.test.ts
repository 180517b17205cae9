// `socket.events`: which events come in which order with what in them (as seen from zeromq.js 6), and the Observer's own
// rules: one receive at a time, receive or listeners, and an end.

import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Event, Observer, Pair, Publisher, Pull, Push, Reply } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { until, within } from '../support/peers/deadline.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';

failOnUnhandled();

/** Everything the socket's observer says, as it comes. */
function record(socket: { events: Observer }): { types: string[]; events: Event[]; ended: Promise<void> } {
  const events: Event[] = [];
  const types: string[] = [];
  const { events: observer } = socket;
  const ended = (async () => {
    for await (const event of observer) {
      events.push(event);
      types.push(event.type);
    }
  })();
  return { types, events, ended };
}

describe('sequences', () => {
  it('a connection from its beginning to its end, seen from both sides', async () => {
    const [pull, push] = [open(new Pull()), open(new Push())];
    const [server, client] = [record(pull), record(push)];
    const endpoint = await bound(pull);
    push.connect(endpoint);
    await push.send('x');
    await pull.receive();
    push.disconnect(endpoint);
    await until(() => server.types.includes('disconnect'), 'disconnect');
    pull.close();
    push.close();
    await within(Promise.all([server.ended, client.ended]), 'end');
    expect(server.types).toEqual(['bind', 'accept', 'handshake', 'disconnect', 'close', 'end']);
    expect(client.types).toEqual(['connect:delay', 'connect', 'handshake', 'end']);
    for (const event of [...server.events, ...client.events]) {
      if (event.type !== 'end') expect(event).toHaveProperty('address', endpoint);
    }
  });

  it('a refused connection is tried again, and says when', async () => {
    const free = open(new Pull());
    const endpoint = await bound(free);
    free.close();
    const push = open(new Push({ reconnectInterval: 10 }));
    const client = record(push);
    push.connect(endpoint);
    await until(() => client.types.length >= 6, 'two attempts');
    expect(client.types.slice(0, 6)).toEqual([
      'connect:delay',
      'close',
      'connect:retry',
      'connect:delay',
      'close',
      'connect:retry',
    ]);
    const retry = client.events[2] as Extract<Event, { type: 'connect:retry' }>;
    expect(retry.interval).toBeGreaterThanOrEqual(10);
    expect(retry.interval).toBeLessThan(20);
  });

  it('reconnectInterval -1: one attempt and no more', async () => {
    const push = open(new Push({ reconnectInterval: -1 }));
    const client = record(push);
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    (await server.accept()).close();
    await until(() => client.types.includes('disconnect'), 'disconnect');
    await turn();
    push.close();
    await within(client.ended, 'end');
    expect(client.types).not.toContain('connect:retry');
    expect(server.backlog).toBe(0);
  });

  it('a failed bind', async () => {
    const endpoint = await bound(open(new Pull()));
    const pull = open(new Pull());
    const log = record(pull);
    await outcome(() => pull.bind(endpoint));
    pull.close();
    await within(log.ended, 'end');
    expect(log.types).toEqual(['bind:error', 'end']);
    expect(log.events[0]).toMatchObject({
      address: endpoint.slice('tcp://'.length),
      error: { code: 'EADDRINUSE', errno: constants.errno.EADDRINUSE },
    });
  });

  it('socket types that do not fit: a mere disconnect, and no further attempt', async () => {
    const [one, two] = [open(new Pull()), open(new Pull({ reconnectInterval: 1 }))];
    const [server, client] = [record(one), record(two)];
    two.connect(await bound(one));
    await until(() => client.types.includes('disconnect') && server.types.includes('disconnect'), 'disconnect');
    two.close();
    await within(client.ended, 'end');
    expect(client.types).toEqual(['connect:delay', 'connect', 'disconnect', 'end']);
    expect(server.types).toEqual(['bind', 'accept', 'disconnect']);
  });

  it('a peer that never finishes its handshake', async () => {
    const pull = open(new Pull({ handshakeInterval: 20 }));
    const failed = nextEvent(pull, 'handshake:error:other');
    const peer = await RawPeer.connect(await bound(pull));
    expect(await within(failed, 'the event')).toMatchObject({ error: { code: 'EAGAIN' } });
    await within(peer.closed, 'the end of the connection');
  });

  it('inproc has nothing to tell but the end', async () => {
    const [one, two] = [open(new Pair()), open(new Pair())];
    const log = record(one);
    const name = inproc();
    await one.bind(name);
    two.connect(name);
    await two.send('x');
    await one.receive();
    one.close();
    await within(log.ended, 'end');
    expect(log.types).toEqual(['end']);
  });
});

describe('the Observer', () => {
  it('is one object, made by the socket', () => {
    const socket = open(new Pair());
    expect(socket.events).toBe(socket.events);
    expect(socket.events).toBeInstanceOf(Observer);
    expect(socket.events.closed).toBe(false);
  });

  it('takes one receive at a time', async () => {
    const { events } = open(new Pair());
    const waiting = outcome(() => events.receive());
    expect(await outcome(() => events.receive())).toMatchObject({
      how: 'threw',
      error: {
        code: 'EBUSY',
        message: 'Observer is busy reading; only one receive operation may be in progress at any time',
      },
    });
    events.close();
    expect(await waiting).toMatchObject({
      how: 'rejected',
      error: { code: 'ENOTSOCK', message: 'Socket operation on non-socket' },
    });
  });

  it('closed, throws EBADF, and the socket goes on', async () => {
    const pull = open(new Pull());
    pull.events.close();
    pull.events.close();
    expect(pull.events.closed).toBe(true);
    expect(await outcome(() => pull.events.receive())).toMatchObject({
      how: 'threw',
      error: { code: 'EBADF', message: 'Socket is closed' },
    });
    const push = open(new Push());
    push.connect(await bound(pull));
    await push.send('x');
    await pull.receive();
  });

  it('with a listener, no longer receives', async () => {
    const socket = open(new Pair());
    socket.events.on('bind', () => {});
    const { how, error } = await outcome(() => socket.events.receive());
    expect({ how, message: error?.message, name: error?.name }).toEqual({
      how: 'threw',
      name: 'Error',
      message:
        'Observer is in event emitter mode. After a call to events.on() it is not possible to read events with events.receive().',
    });
    expect(error).not.toHaveProperty('code');
  });

  it('calls listeners by type, in later ticks, until they are taken off', async () => {
    const pull = open(new Pull());
    const seen: string[] = [];
    const listener = (event: Event): void => void seen.push(event.type);
    expect(pull.events.on('bind', listener).on('close', listener)).toBe(pull.events);
    const endpoint = await bound(pull);
    await until(() => seen.length === 1, 'bind');
    pull.events.off('close', listener);
    await pull.unbind(endpoint);
    expect(seen).toEqual(['bind']);
    await bound(pull);
    await until(() => seen.length === 2, 'bind');
    expect(seen).toEqual(['bind', 'bind']);
  });

  it('keeps events for a reader who comes late, and the end comes last', async () => {
    const pull = open(new Pull());
    const { events } = pull;
    const endpoint = await bound(pull);
    pull.close();
    await turn();
    expect(await events.receive()).toEqual({ type: 'bind', address: endpoint });
    expect(await events.receive()).toEqual({ type: 'close', address: endpoint });
    expect(await events.receive()).toEqual({ type: 'end' });
    expect(events.closed).toBe(true);
  });

  it('that nobody reads does not grow without end', async () => {
    const reply = open(new Reply());
    const { events } = reply;
    for (let i = 0; i < 600; i++) await reply.unbind(await bound(reply).then((endpoint) => endpoint));
    reply.close();
    let count = 0;
    for await (const _ of events) count++;
    expect(count).toBe(1000);
  });

  it('a pending receive gets the end when the socket closes', async () => {
    const socket = open(new Publisher());
    const waiting = socket.events.receive();
    socket.close();
    expect(await waiting).toEqual({ type: 'end' });
  });
});
