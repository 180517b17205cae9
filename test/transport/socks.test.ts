// socksProxy: connecting through a SOCKS5 proxy, and proxies that refuse, stall, babble or lie.

import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { ipv6Bytes } from '../../src/transport/socks.js';
import { serve } from '../support/net-peers.js';
import { within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { type SocksBehaviour, type SocksServer, socksServer } from '../support/socks-server.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

async function proxy(behaviour?: SocksBehaviour): Promise<SocksServer> {
  const server = await socksServer(behaviour);
  onTestFinished(() => server.close());
  return server;
}

/** The first `connect:retry` of a socket that goes through this proxy. */
async function firstRetry(
  socksProxy: string,
  options: object = {},
): Promise<Error & { code?: string; detail?: string }> {
  const push = open(new Push({ socksProxy, ...options }));
  const retry = new Promise<{ error: Error }>((resolve) => push.events.on('connect:retry', resolve as never));
  push.connect('tcp://127.0.0.1:9');
  return (await within(retry, 'a retry')).error;
}

/** Sends a message through the proxy to a socket of ours. */
async function through(server: SocksServer, host: string, options: object = {}): Promise<string> {
  const [pull, push] = [open(new Pull()), open(new Push({ socksProxy: server.address, ...options }))];
  await pull.bind('tcp://127.0.0.1:*');
  push.connect(`tcp://${host}:${pull.lastEndpoint?.split(':').pop()}`);
  await push.send('hello');
  return String((await within(pull.receive(), 'the message'))[0]);
}

describe('a proxy that does its work', () => {
  it('is asked for an address as such', async () => {
    const server = await proxy();
    expect(await through(server, '127.0.0.1')).toBe('hello');
    expect(server.asked).toEqual(['050100', expect.stringMatching(/^050100017f000001.{4}$/)]);
  });

  it('gets the names of hosts as they are', async () => {
    const server = await proxy();
    expect(await through(server, 'nowhere.invalid')).toBe('hello');
    const name = Buffer.from('nowhere.invalid').toString('hex');
    expect(server.asked[1]).toMatch(new RegExp(`^050100030f${name}.{4}$`));
  });

  it('gets IPv6 addresses, whether or not this side has IPv6', async () => {
    const server = await proxy();
    expect(await through(server, '[2001:db8::7]')).toBe('hello');
    expect(server.asked[1]).toMatch(/^0501000420010db8000000000000000000000007.{4}$/);
  });

  it('may answer byte by byte, and the first bytes of the peer may come with its reply', async () => {
    expect(await through(await proxy({ dribble: true }), '127.0.0.1')).toBe('hello');
  });

  it('gets user name and password where there are some', async () => {
    const server = await proxy({ method: 2 });
    const push = open(new Push({ socksProxy: server.address }));
    (push as unknown as { setStringOption(id: number, value: string): void }).setStringOption(99, 'me');
    (push as unknown as { setStringOption(id: number, value: string): void }).setStringOption(100, 'secret');
    const pull = open(new Pull());
    await pull.bind('tcp://127.0.0.1:*');
    push.connect(String(pull.lastEndpoint));
    await push.send('hello');
    await within(pull.receive(), 'the message');
    expect(server.asked.slice(0, 2)).toEqual(['050102', '01026d6506736563726574']);
  });
});

describe('a proxy that refuses', () => {
  it.each([
    [1, 'ECONNREFUSED'],
    [2, 'EACCES'],
    [3, 'EHOSTUNREACH'],
    [4, 'EHOSTUNREACH'],
    [5, 'ECONNREFUSED'],
    [6, 'ETIMEDOUT'],
    [7, 'ENOTSUP'],
    [8, 'ENOTSUP'],
    [99, 'ECONNREFUSED'],
  ])('with code %i: %s, and another attempt', async (code, expected) => {
    const server = await proxy({ code });
    const error = await firstRetry(server.address);
    expect(error).toMatchObject({ code: expected, detail: expect.stringContaining(server.address) });
  });

  it.each([
    ['wants a password that we have not', { method: 2 }, 'it wants authentication'],
    ['knows no method at all', { method: 0xff }, 'it wants authentication'],
    ['has a reply of another version', { reply: Buffer.from('HTTP/1.1 400') }, 'none of SOCKS5'],
    ['has a reply with an unknown kind of address', { reply: Buffer.from([5, 0, 0, 9, 1, 2, 3]) }, 'kind of address 9'],
  ])('%s', async (_title, behaviour, detail) => {
    const error = await firstRetry((await proxy(behaviour)).address);
    expect(error.detail).toContain(detail);
  });

  it('says what is wrong with an option that is no address', async () => {
    expect(await firstRetry('nonsense')).toMatchObject({ code: 'EINVAL', detail: expect.stringContaining('nonsense') });
  });
});

describe('a hostile proxy', () => {
  it.each([
    ['connectTimeout', { connectTimeout: 50 }],
    ['handshakeInterval, when there is no connectTimeout', { handshakeInterval: 50 }],
  ])('that is silent has the time of %s', async (_name, options) => {
    const silent = await serve(() => {});
    expect(await firstRetry(silent.endpoint.slice('tcp://'.length), options)).toMatchObject({ code: 'ETIMEDOUT' });
    await within(silent.peers[0]?.closed as Promise<void>, 'the end of the connection');
  });

  it('that dribbles has no more time', async () => {
    const slow = await serve((peer) => {
      const timer = setInterval(() => peer.socket.write(Buffer.from([5])), 10);
      void peer.closed.then(() => clearInterval(timer));
    });
    const error = await firstRetry(slow.endpoint.slice('tcp://'.length), { connectTimeout: 60 });
    expect(['ETIMEDOUT', 'EACCES']).toContain(error.code);
  });

  it('that babbles is hung up on at its first wrong byte', async () => {
    const babbler = await serve((peer) => void peer.write(Buffer.alloc(1 << 20, 'x')));
    const error = await firstRetry(babbler.endpoint.slice('tcp://'.length));
    expect(error.detail).toContain('it speaks no SOCKS5');
    await within(babbler.peers[0]?.closed as Promise<void>, 'the end of the connection');
  });

  it('that hangs up in the middle is tried again', async () => {
    const rude = await serve((peer) => {
      peer.socket.end(Buffer.from([5]));
    });
    const error = await firstRetry(rude.endpoint.slice('tcp://'.length));
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  });
});

describe('the bytes of an IPv6 address', () => {
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['2001:db8::', '20010db8000000000000000000000000'],
  ])('%s', (text, hex) => {
    expect(ipv6Bytes(text).toString('hex')).toBe(hex);
  });
});
