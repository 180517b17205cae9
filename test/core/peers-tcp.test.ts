// Peers over real TCP: their addresses, also of those that speak no ZMTP, and a goodbye through a real socket.

import net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Dealer, Pull, Push, Router, Stream } from '../../src/index.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';

it('a peer over TCP has the address it came from, on both ends', async () => {
  const [pull, push] = [open(new Pull()), open(new Push())];
  const endpoint = await bound(pull);
  push.connect(endpoint);
  const [here, there] = await within(Promise.all([pull.waitForPeer(), push.waitForPeer()]), 'both peers');
  expect(here.remoteAddress).toMatch(/^127\.0\.0\.1:[0-9]+$/);
  expect(`tcp://${there.remoteAddress}`).toBe(endpoint);
  expect([here.address, there.address]).toEqual([endpoint, endpoint]);
});

it('an IPv6 address has brackets', async () => {
  const [pull, push] = [open(new Pull({ ipv6: true })), open(new Push({ ipv6: true }))];
  try {
    await pull.bind('tcp://[::1]:*');
  } catch (error) {
    // A machine without IPv6.
    expect((error as NodeJS.ErrnoException).code).toMatch(/^(EADDRNOTAVAIL|EAFNOSUPPORT|ENODEV)$/);
    return;
  }
  push.connect(pull.lastEndpoint!);
  expect((await within(pull.waitForPeer(), 'the peer')).remoteAddress).toMatch(/^\[::1\]:[0-9]+$/);
});

it('a plain TCP program is a peer of STREAM, and can be sent away', async () => {
  const stream = open(new Stream());
  const endpoint = await bound(stream);
  const client = net.connect(Number(new URL(endpoint).port), '127.0.0.1');
  onTestFinished(() => void client.destroy());
  const { parts, peer } = await within(stream.receiveMessage(), 'the word that it is there');
  expect(parts[1]).toEqual(Buffer.alloc(0));
  expect([peer.remoteAddress, peer.routingId, peer.socketType]).toEqual([
    `127.0.0.1:${client.localPort}`,
    parts[0],
    'STREAM',
  ]);
  const ended = new Promise((resolve) => client.once('end', resolve).resume());
  peer.disconnect();
  await within(ended, 'the end of the connection');
  expect(stream.peers).toEqual([]);
});

it('what was sent before a disconnect arrives, and the peer comes again', async () => {
  const [router, dealer] = [open(new Router()), open(new Dealer({ routingId: 'D' }))];
  dealer.connect(await bound(router));
  const first = await within(router.waitForPeer(), 'the peer');
  const left = nextEvent(router, 'disconnect');
  await router.send(['D', 'x'.repeat(300_000)]);
  first.disconnect();
  expect((await within(dealer.receive(), 'the message'))[0]).toHaveLength(300_000);
  expect((await within(left, 'the end')).peer).toBe(first);
  const again = await within(router.waitForPeer(), 'the peer again');
  expect([again === first, String(again.routingId)]).toEqual([false, 'D']);
  // Each side is done with its handshake in its own time.
  await until(() => dealer.statistics.reconnects === 1, 'the dealer knows too');
});
