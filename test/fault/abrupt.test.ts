// T1, T2, F11, T3: connections that end at the worst moment, by RST or FIN, in every state of the protocol and in the
// middle of a message; over tcp and ipc. What was complete is delivered, what was not is dropped, nobody else notices.

import { describe, expect, it } from 'vitest';
import { Dealer, Pull, Push, Reply, Request, Router } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { dial, type NetPeer } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

const hello = Buffer.concat([wire.greeting(), wire.ready('PUSH')]);
const longHalf = wire.longFrame(0, Buffer.alloc(70_000), 1_000_000n);
const states: [state: string, sent: Buffer, whole: number][] = [
  ['after accept', Buffer.alloc(0), 0],
  ['in the signature', hello.subarray(0, 5), 0],
  ['in the greeting', hello.subarray(0, 40), 0],
  ['after the greeting', hello.subarray(0, 64), 0],
  ['in READY', hello.subarray(0, 80), 0],
  ['after READY', hello, 0],
  ['in a frame header', Buffer.concat([hello, Buffer.from([0])]), 0],
  ['in a long frame header', Buffer.concat([hello, Buffer.from([2, 0, 0, 0])]), 0],
  ['in a body', Buffer.concat([hello, wire.message('whole'), Buffer.from([0, 9, 1, 2])]), 1],
  ['in a long body', Buffer.concat([hello, wire.message('whole'), longHalf]), 1],
  ['between the parts of a message', Buffer.concat([hello, wire.message('whole'), wire.frame(1, 'half')]), 1],
  ['between messages', Buffer.concat([hello, wire.message('whole'), wire.message('whole')]), 2],
];

const endings: [ending: string, end: (peer: NetPeer) => void][] = [
  ['RST', (peer) => peer.reset()],
  ['FIN', (peer) => peer.end()],
  ['FIN and close', (peer) => void peer.socket.destroySoon()],
];

const transports: [name: string, endpoint: string][] = [
  ['tcp', 'tcp://127.0.0.1:*'],
  ['ipc', 'ipc://*'],
];

describe.each(transports)('over %s', (_transport, address) => {
  describe.each(endings)('%s', (ending, end) => {
    it.each(states)('%s', async (_state, sent, whole) => {
      const pull = open(new Pull());
      const gone = nextEvent(pull, 'disconnect');
      await pull.bind(address);
      const peer = await dial(pull.lastEndpoint as string);
      await peer.write(sent);
      for (let i = 0; i < whole; i++) expect(String(await within(pull.receive(), 'a whole message'))).toBe('whole');
      // Our READY has come, so the bytes before it have been read; a RST would destroy what is still on its way.
      if (sent.length > 64) await peer.bytes(90);
      end(peer);
      await within(gone, `disconnect after ${ending}`);
      await peer.gone();
      const push = open(new Push());
      push.connect(pull.lastEndpoint as string);
      await push.send('next');
      expect(String(await within(pull.receive(), 'the next message'))).toBe('next');
    });
  });
});

it('T2 FIN with unread data: what was sent before it is delivered, however slowly it is read', async () => {
  const pull = open(new Pull({ receiveHighWaterMark: 2 }));
  const peer = await dial(await bound(pull));
  const sent: Uint8Array[] = [hello];
  for (let i = 0; i < 5000; i++) sent.push(wire.message(`${i}`, 'x'.repeat(100)));
  peer.socket.write(Buffer.concat(sent));
  peer.end();
  for (let i = 0; i < 5000; i++) {
    expect(String((await within(pull.receive(), `message ${i}`))[0])).toBe(`${i}`);
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await peer.gone();
});

it('T3 a hundred connections reset as soon as they are made', async () => {
  const pull = open(new Pull());
  const endpoint = await bound(pull);
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      (await dial(endpoint)).reset();
    }),
  );
  const push = open(new Push());
  push.connect(endpoint);
  await push.send('next');
  expect(String(await within(pull.receive(), 'the next message'))).toBe('next');
});

it('a reset while we write: what was queued for that peer is gone, the socket goes on', async () => {
  const push = open(new Push({ sendHighWaterMark: 10 }));
  const peer = await dial(await bound(push));
  peer.socket.write(Buffer.concat([wire.greeting(), wire.ready('PULL')]));
  await peer.bytes(90);
  peer.socket.pause();
  push.sendTimeout = 0;
  const body = Buffer.alloc(100_000);
  await until(async () => (await outcome(() => push.send(body))).how === 'rejected', 'congestion');
  push.sendTimeout = -1;
  const waiting = push.send('last');
  peer.reset();
  const pull = open(new Pull());
  pull.connect(push.lastEndpoint as string);
  await within(waiting, 'the waiting send');
  expect(String(await within(pull.receive(), 'the last message'))).toBe('last');
});

describe('a peer that goes between question and answer', () => {
  it('R3 of a REP: the answer is dropped, the next question is served', async () => {
    const reply = open(new Reply());
    const gone = nextEvent(reply, 'disconnect');
    const peer = await dial(await bound(reply));
    peer.socket.write(Buffer.concat([wire.greeting(), wire.ready('REQ'), wire.message('', 'q')]));
    expect(String(await within(reply.receive(), 'the question'))).toBe('q');
    peer.reset();
    await within(gone, 'disconnect');
    await within(reply.send('a'), 'the dropped answer');
    const request = open(new Request());
    request.connect(reply.lastEndpoint as string);
    await request.send('again');
    expect(String(await within(reply.receive(), 'the next question'))).toBe('again');
    await reply.send('a');
    expect(String(await within(request.receive(), 'its answer'))).toBe('a');
  });

  it('of a mandatory ROUTER: EHOSTUNREACH', async () => {
    const router = open(new Router({ mandatory: true }));
    const gone = nextEvent(router, 'disconnect');
    const dealer = open(new Dealer({ routingId: 'd' }));
    dealer.connect(await bound(router));
    await dealer.send('q');
    await router.receive();
    dealer.close();
    await within(gone, 'disconnect');
    const { how, error } = await outcome(() => router.send(['d', 'a']));
    expect(how).toBe('rejected');
    expect(error).toMatchObject({ code: 'EHOSTUNREACH', message: expect.stringMatching(/^Host unreachable/) });
  });
});
