// What a peer may cost beyond the plain limits: parts, commands and topics that are cheap to send and dear to hold.

import { expect, it } from 'vitest';
import { type Event, Pair, Publisher, Pull, Push, Router } from '../../src/index.js';
import { TopicTrie } from '../../src/patterns/topic-trie.js';
import { aliveBytes } from '../support/gc.js';
import { dial } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

const MiB = 1024 * 1024;
const PARTS = 65_536;

async function joined(endpoint: string, type: string) {
  const peer = await dial(endpoint);
  peer.socket.write(Buffer.concat([wire.greeting(), wire.ready(type)]));
  await peer.bytes(64 + 20);
  return peer;
}

it('messages of very many empty parts wait outside when nobody reads, and all arrive when somebody does', async () => {
  const pull = open(new Pull());
  const peer = await joined(await bound(pull), 'PUSH');
  const message = Buffer.alloc(2 * PARTS);
  for (let at = 0; at < message.length - 2; at += 2) message[at] = wire.MORE;
  const before = aliveBytes();
  const count = 60;
  void peer.write(Buffer.concat(Array.from({ length: count }, () => message)));
  await until(() => pull.readable, 'the first message');
  for (let i = 0; i < 20; i++) await turn();
  expect(aliveBytes() - before).toBeLessThan(32 * MiB);
  for (let i = 0; i < count; i++) expect(await within(pull.receive(), 'a message')).toHaveLength(PARTS);
});

it('a command to a socket without subscribers is no longer than one of the handshake', async () => {
  const pull = open(new Pull());
  const peer = await joined(await bound(pull), 'PUSH');
  const gone = nextEvent(pull, 'disconnect');
  void peer.write(wire.longFrame(wire.COMMAND, '', BigInt(64 * 1024 + 1)));
  expect(await within(gone, 'the end')).toMatchObject({ error: { violation: 'frame-size' } });
});

it('S2 a short topic does not keep the long one alive that it was cut from', () => {
  const trie = new TopicTrie<string>();
  const before = aliveBytes();
  for (let i = 0; i < 20; i++) {
    const long = Buffer.alloc(4 * MiB, String.fromCharCode(97 + i));
    trie.add(long, 'peer');
    trie.add(long.subarray(0, 20), 'peer');
    trie.remove(long, 'peer');
  }
  // 80 MiB if they were kept; a few are still on their way out.
  expect(aliveBytes() - before).toBeLessThan(40 * MiB);
  expect(trie.sizeOf('peer')).toBe(20);
});

it('refuses to send more parts than it would take', async () => {
  const publisher = open(new Publisher());
  expect(() => publisher.send(Array(PARTS + 1).fill('x'))).toThrow(expect.objectContaining({ code: 'EMSGSIZE' }));
  await publisher.send(Array(PARTS).fill('x'));
});

it('R5 says why a peer was refused, and leaves the first one alone', async () => {
  const router = open(new Router());
  const endpoint = await bound(router);
  const refusals: Event[] = [];
  router.events.on('handshake:error:protocol', (event) => refusals.push(event));
  for (const name of ['first', 'second']) {
    const peer = await dial(endpoint);
    peer.socket.write(Buffer.concat([wire.greeting(), wire.ready('DEALER', wire.property('Identity', 'same'))]));
    if (name === 'first') peer.socket.write(wire.message('hello'));
    if (name === 'first') expect((await within(router.receive(), 'hello')).map(String)).toEqual(['same', 'hello']);
  }
  await until(() => refusals.length > 0, 'the refusal');
  expect(refusals[0]).toMatchObject({
    error: { violation: 'peer-refused', detail: expect.stringContaining('"same"') },
  });
});

it('a second peer of a PAIR is refused with the same word', async () => {
  const pair = open(new Pair());
  const endpoint = await bound(pair);
  const refused = nextEvent(pair, 'handshake:error:protocol');
  await joined(endpoint, 'PAIR');
  await joined(endpoint, 'PAIR');
  expect(await within(refused, 'the refusal')).toMatchObject({ error: { violation: 'peer-refused' } });
});

it('a routing id in use cannot be given to a second peer', () => {
  const router = open(new Router());
  router.connect('tcp://127.0.0.1:1', { routingId: 'p' });
  expect(() => router.connect('tcp://127.0.0.1:2', { routingId: 'p' })).toThrow(
    expect.objectContaining({ code: 'EADDRINUSE', address: 'tcp://127.0.0.1:2' }),
  );
  router.disconnect('tcp://127.0.0.1:1');
  router.connect('tcp://127.0.0.1:2', { routingId: 'p' });
});

it('a sender that leaves in the middle of its handshake is told as gone, not as refused', async () => {
  const push = open(new Push());
  const endpoint = await bound(push);
  const failed = nextEvent(push, 'handshake:error:other');
  const peer = await dial(endpoint);
  peer.socket.end(wire.greeting());
  expect(await within(failed, 'the event')).toMatchObject({ error: { code: 'EPIPE' } });
});
