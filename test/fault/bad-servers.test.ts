// Our connecting side against servers that misbehave: every fault is an event, attempts are repeated with growing pauses
// and never in a storm (T10, G13), nothing escapes, and when a good server takes the place all is well.

import { describe, expect, it } from 'vitest';
import { type Dealer, type Event, Pull, Push, Subscriber } from '../../src/index.js';
import { type AnySocket, classes } from '../support/classes.js';
import { type NetPeer, serve } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

type Behaviour = (peer: NetPeer) => void;
const says =
  (...chunks: Buffer[]): Behaviour =>
  (peer) =>
    void peer.socket.write(Buffer.concat(chunks));

/** Every one of these makes the connection fail again each time it is tried. */
const servers: [title: string, behave: Behaviour][] = [
  ['closes at once', (peer) => peer.end()],
  ['resets at once', (peer) => peer.reset()],
  // Our time for a handshake is short below, and may be over before.
  [
    'resets after our greeting',
    (peer) =>
      void peer
        .bytes(1)
        .then(() => peer.reset())
        .catch(() => {}),
  ],
  ['G1 speaks HTTP', says(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ['G3 speaks SSH', says(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'))],
  ['G2 wants TLS', says(Buffer.from('1503010002', 'hex'))],
  ['G7 is of version 2', says(wire.greeting({ major: 2 }))],
  ['G13 wants CURVE', says(wire.greeting({ mechanism: 'CURVE' }))],
  ['sends a message before READY', says(wire.greeting(), wire.message('early'))],
  ['sends a greeting and goes', (peer) => void peer.socket.end(wire.greeting())],
  ['announces 2^63 bytes', says(wire.greeting(), wire.longFrame(4, '', 2n ** 63n))],
  ['says ERROR', says(wire.greeting(), wire.error('go away'))],
  ['is of another type', says(wire.greeting(), wire.ready('SUB'))],
  ['sends READY twice', says(wire.greeting(), wire.ready('PULL'), wire.ready('PULL'))],
  ['never answers', () => {}],
];

function record(socket: Push | Dealer): Event[] {
  const events: Event[] = [];
  void (async () => {
    for await (const event of socket.events) events.push(event);
  })();
  return events;
}

describe.each(servers)('a server that %s', (_title, behave) => {
  it('is asked again after a pause, or never, and is reported', async () => {
    const server = await serve(behave);
    const push = open(new Push({ reconnectInterval: 20, handshakeInterval: 30 }));
    const events = record(push);
    push.connect(server.endpoint);
    await push.send('kept');
    // A reset may come before the system has told us that we are connected.
    await until(() => events.some(({ type }) => type === 'disconnect' || type === 'close'), 'the end of an attempt');
    const asked = await Promise.race([
      until(() => server.peers.length >= 3, 'three attempts').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 400)),
    ]);
    const retries = events.filter((event) => event.type === 'connect:retry');
    for (const { interval } of retries) expect(interval).toBeGreaterThanOrEqual(20);
    if (!asked) expect(server.peers.length).toBeLessThan(3);
    expect(server.peers.length).toBeLessThanOrEqual(retries.length + 1);
    push.close();
    await until(() => events.at(-1)?.type === 'end', 'end');
  });
});

it('a peer at fault is asked ever less often', async () => {
  const server = await serve(says(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const push = open(new Push({ reconnectInterval: 1 }));
  const events = record(push);
  push.connect(server.endpoint);
  await until(() => events.filter(({ type }) => type === 'connect:retry').length >= 6, 'six attempts');
  const intervals = events.flatMap((event) => (event.type === 'connect:retry' ? [event.interval] : []));
  expect(intervals[5]).toBeGreaterThanOrEqual(32);
});

it('a server that recovers is found, and gets what waited', async () => {
  const server = await serve((peer) => peer.reset());
  const push = open(new Push({ reconnectInterval: 1 }));
  push.connect(server.endpoint);
  await push.send('kept');
  await until(() => server.peers.length >= 3, 'three attempts');
  server.close();
  const pull = open(new Pull());
  await until(
    () =>
      pull.bind(server.endpoint).then(
        () => true,
        () => false,
      ),
    'the port',
  );
  expect(String(await within(pull.receive(), 'the message'))).toBe('kept');
});

describe.each(classes)('$name connecting', ({ create }) => {
  it('survives every bad server at once, beside each other', async () => {
    const socket = open(new create({ reconnectInterval: 1, handshakeInterval: 30 })) as AnySocket;
    let failed = 0;
    for (const type of ['disconnect', 'close'] as const) socket.events.on(type, () => failed++);
    const all = await Promise.all(servers.map(([, behave]) => serve(behave)));
    for (const { endpoint } of all) socket.connect(endpoint);
    const expected = socket.type === 0 ? 1 : servers.length;
    await until(() => failed >= expected, 'all have failed');
    for (const { endpoint } of all) socket.disconnect(endpoint);
  });
});

it('a server that sends what was not asked for is not heard', async () => {
  const server = await serve(says(wire.greeting(), wire.ready('PUB'), wire.message('unasked'), wire.message('asked')));
  const sub = open(new Subscriber());
  sub.subscribe('asked');
  sub.connect(server.endpoint);
  expect(String(await within(sub.receive(), 'the message'))).toBe('asked');
});

it('close and disconnect end an attempt in every state', async () => {
  const server = await serve(() => {});
  for (const end of ['close', 'disconnect'] as const) {
    for (const moment of ['connect:delay', 'connect', 'connect:retry'] as const) {
      const push = open(new Push({ reconnectInterval: 1, handshakeInterval: 20 }));
      const reached = nextEvent(push, moment);
      push.connect(server.endpoint);
      await within(reached, moment);
      if (end === 'close') push.close();
      else push.disconnect(server.endpoint);
      expect(push.writable).toBe(false);
    }
  }
});

it('a pending send goes to the next peer when the one it waits for turns out bad', async () => {
  const server = await serve((peer) => peer.reset());
  const push = open(new Push({ immediate: true, reconnectInterval: 1 }));
  push.connect(server.endpoint);
  const sending = push.send('x');
  await until(() => server.peers.length >= 2, 'two attempts');
  const pull = open(new Pull());
  push.connect(await bound(pull));
  await within(sending, 'the send');
  expect(String(await within(pull.receive(), 'the message'))).toBe('x');
});
