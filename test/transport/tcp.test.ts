// tcp:// on real interfaces: which addresses a listener takes, what it says it is bound to, and that peers reach it there.

import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { serve } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const hasIpv6 = Object.values(networkInterfaces()).some((infos) => infos?.some(({ address }) => address === '::1'));
const loopback = Object.entries(networkInterfaces()).find(([, infos]) =>
  infos?.some(({ address }) => address === '127.0.0.1'),
)?.[0];

async function expectThrough(pull: Pull, endpoint: string, options: object = {}): Promise<void> {
  const push = open(new Push(options));
  push.connect(endpoint);
  await push.send(endpoint);
  expect(String(await within(pull.receive(), `a message through ${endpoint}`))).toBe(endpoint);
}

const portOf = (socket: Pull): string => (socket.lastEndpoint as string).split(':').at(-1) as string;

describe('bind', () => {
  const rows: [address: string, resolved: RegExp][] = [
    ['tcp://127.0.0.1:*', /^tcp:\/\/127\.0\.0\.1:\d+$/],
    ['tcp://127.0.0.1:0', /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/],
    ['tcp://*:*', /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/],
    ['tcp://0.0.0.0:*', /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/],
    ['tcp://localhost:*', /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/],
  ];
  it.each(rows)('T12 to %s resolves the endpoint, and peers reach it', async (address, resolved) => {
    const pull = open(new Pull());
    await pull.bind(address);
    expect(pull.lastEndpoint).toMatch(resolved);
    await expectThrough(pull, `tcp://127.0.0.1:${portOf(pull)}`);
    await expectThrough(pull, `tcp://localhost:${portOf(pull)}`);
  });

  it.runIf(loopback !== undefined)('to an interface by its name', async () => {
    const pull = open(new Pull());
    await pull.bind(`tcp://${loopback}:*`);
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    await expectThrough(pull, pull.lastEndpoint as string);
  });

  it('T12 twice to an ephemeral port gives two ports', async () => {
    const pull = open(new Pull());
    const endpoints = [await bound(pull), await bound(pull)];
    expect(new Set(endpoints).size).toBe(2);
    for (const endpoint of endpoints) await expectThrough(pull, endpoint);
  });

  const refused: [address: string, code: string, text: RegExp][] = [
    ['tcp://no-such-host.invalid:*', 'ENODEV', /no-such-host\.invalid/],
    ['tcp://eth99:*', 'ENODEV', /eth99/],
    ['tcp://999.1.1.1:*', 'ENODEV', /999/],
    ['tcp://[::1]:*', 'ENODEV', /ipv6/],
    ['tcp://[::]:*', 'ENODEV', /ipv6/],
    ['tcp://192.0.2.1:*', 'EADDRNOTAVAIL', /^$/],
  ];
  it.each(refused)('T12 to %s rejects with %s', async (address, code, text) => {
    const pull = open(new Pull());
    const { how, error } = await outcome(() => pull.bind(address));
    expect(how).toBe('rejected');
    expect(error).toMatchObject({ code, address });
    expect(error?.detail ?? '').toMatch(text);
    await bound(pull);
  });

  it('to a port in use rejects with EADDRINUSE, whoever uses it', async () => {
    const server = await serve(() => {});
    await expect(open(new Pull()).bind(server.endpoint)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    await expect(pull.bind(endpoint)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expectThrough(pull, endpoint);
  });
});

describe.runIf(hasIpv6)('IPv6', () => {
  it('`[::1]` with the option', async () => {
    const pull = open(new Pull({ ipv6: true }));
    await pull.bind('tcp://[::1]:*');
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    await expectThrough(pull, pull.lastEndpoint as string, { ipv6: true });
  });

  it('T12 `*` with the option takes both families', async () => {
    const pull = open(new Pull({ ipv6: true }));
    await pull.bind('tcp://*:*');
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::\]:\d+$/);
    await expectThrough(pull, `tcp://127.0.0.1:${portOf(pull)}`);
    await expectThrough(pull, `tcp://[::1]:${portOf(pull)}`, { ipv6: true });
    await expectThrough(pull, `tcp://localhost:${portOf(pull)}`, { ipv6: true });
  });

  it('without the option nothing connects to an IPv6 address', async () => {
    const pull = open(new Pull({ ipv6: true }));
    await pull.bind('tcp://[::1]:*');
    const push = open(new Push({ reconnectInterval: 5 }));
    const failed = nextEvent(push, 'close');
    push.connect(pull.lastEndpoint as string);
    await within(failed, 'a failed attempt');
  });
});

describe('unbind', () => {
  it.each(['as given', 'as resolved'])('by the endpoint %s; the port is free at once', async (form) => {
    const pull = open(new Pull());
    await pull.bind('tcp://localhost:*');
    const endpoint = pull.lastEndpoint as string;
    await pull.unbind(form === 'as given' ? 'tcp://localhost:*' : endpoint);
    await expect(pull.unbind(endpoint)).rejects.toMatchObject({ code: 'ENOENT' });
    await open(new Pull()).bind(endpoint);
  });

  it('and bind again, many times, with a peer that keeps coming back', async () => {
    const pull = open(new Pull());
    let endpoint = await bound(pull);
    const push = open(new Push({ reconnectInterval: 1, immediate: true }));
    push.connect(endpoint);
    for (let i = 0; i < 10; i++) {
      await push.send(`${i}`);
      expect(String(await within(pull.receive(), `message ${i}`))).toBe(`${i}`);
      const gone = nextEvent(push, 'disconnect');
      await pull.unbind(endpoint);
      await within(gone, 'disconnect');
      await pull.bind(endpoint);
      endpoint = pull.lastEndpoint as string;
    }
  });

  it('leaves the other endpoints and connections alone', async () => {
    const pull = open(new Pull());
    const [first, second] = [await bound(pull), await bound(pull)];
    const push = open(new Push());
    push.connect(second);
    await push.send('before');
    await pull.receive();
    await pull.unbind(first);
    await push.send('after');
    expect(String(await pull.receive())).toBe('after');
  });
});

describe('connect', () => {
  it('T4 before anybody listens', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    await pull.unbind(endpoint);
    const push = open(new Push({ reconnectInterval: 5 }));
    push.connect(endpoint);
    await push.send('early');
    await within(nextEvent(push, 'connect:retry'), 'a refused attempt');
    await pull.bind(endpoint);
    expect(String(await within(pull.receive(), 'the message'))).toBe('early');
  });

  it('from a chosen address and port: source;destination', async () => {
    const server = await serve(() => {});
    const spare = open(new Pull());
    const source = (await bound(spare)).split(':').at(-1);
    spare.close();
    const push = open(new Push());
    push.connect(`tcp://127.0.0.1:${source};${server.endpoint.slice('tcp://'.length)}`);
    await until(() => server.peers.length === 1, 'the connection');
    expect(server.peers[0]?.socket.remotePort).toBe(Number(source));
  });

  it('from an interface by its name, or from any address', async () => {
    const pull = open(new Pull());
    const to = (await bound(pull)).slice('tcp://'.length);
    for (const from of [loopback ?? 'localhost', '*', 'localhost', '127.0.0.1']) {
      await expectThrough(pull, `tcp://${from}:*;${to}`);
    }
  });

  it('from an address that is not here: tried again, without a throw', async () => {
    const to = (await bound(open(new Pull()))).slice('tcp://'.length);
    for (const from of ['192.0.2.1:0', 'no-such-interface:0', '[::1]:0', '[fe80::1%nosuch]:0']) {
      const push = open(new Push({ reconnectInterval: 1 }));
      const retried = nextEvent(push, 'connect:retry');
      push.connect(`tcp://${from};${to}`);
      await within(retried, `another attempt from ${from}`);
    }
  });

  it('T4 to a name that nobody knows: tried again until disconnected', async () => {
    const push = open(new Push({ reconnectInterval: 1 }));
    const retried = nextEvent(push, 'connect:retry');
    push.connect('tcp://no-such-host.invalid:5555');
    await within(retried, 'another attempt');
    push.disconnect('tcp://no-such-host.invalid:5555');
    expect(push.writable).toBe(false);
  });

  it('twice to the same endpoint gives two connections; disconnect ends both', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    let [handshakes, disconnects] = [0, 0];
    pull.events.on('handshake', () => handshakes++);
    pull.events.on('disconnect', () => disconnects++);
    const push = open(new Push());
    push.connect(endpoint);
    push.connect(endpoint);
    await until(() => handshakes === 2, 'two connections');
    push.disconnect(endpoint);
    await until(() => disconnects === 2, 'both ended');
    expect(() => push.disconnect(endpoint)).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
  });

  it('T4 gives up an attempt after connectTimeout', async () => {
    const push = open(new Push({ connectTimeout: 10, reconnectInterval: 1 }));
    const failed = nextEvent(push, 'close');
    // TEST-NET-1: nobody answers there, or the network says so at once.
    push.connect('tcp://192.0.2.1:9');
    await within(failed, 'a failed attempt');
  });
});

describe('tcpKeepalive', () => {
  /** What Linux tells of the connection between two ports: [timer, seconds until it is due]; 2 is keep-alive's. */
  function timer(from: string, to: string): [number, number] {
    const hex = (port: string) => Number(port).toString(16).toUpperCase().padStart(4, '0');
    const ends = new RegExp(`:${hex(from)} \\w+:${hex(to)} \\w\\w \\w+:\\w+ (\\w\\w):(\\w+)`);
    const [, kind = '', due = ''] = ends.exec(readFileSync('/proc/net/tcp', 'utf8')) ?? [];
    return [Number.parseInt(kind, 16), Number.parseInt(due, 16) / 100];
  }

  it('keeps both ends alive, after so many seconds of silence', async () => {
    const options = { tcpKeepalive: 1, tcpKeepaliveIdle: 30 };
    const pull = open(new Pull(options));
    await pull.bind('tcp://127.0.0.1:*');
    await expectThrough(pull, pull.lastEndpoint as string, options);
    if (process.platform !== 'linux') return;
    const [peer] = pull.peers;
    const [bound, connected] = [portOf(pull), peer?.remoteAddress?.split(':').at(-1) ?? ''];
    for (const ends of [
      [bound, connected],
      [connected, bound],
    ] as const) {
      await until(() => timer(...ends)[0] === 2, 'what was sent is acknowledged');
      expect(timer(...ends)[1]).toBeLessThanOrEqual(30);
      expect(timer(...ends)[1]).toBeGreaterThan(15);
    }
  });
});
