// U8: `ipc://@name`, the abstract names of Linux: the real thing where Node's libuv gives names as they are, and everywhere else
// an error that says what to do. Each test holds the system it runs on to one of the two.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { exactAbstractNames } from '../../src/transport/unix-socket.js';
import { outcome } from '../support/classes.js';
import { within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const LINUX = process.platform === 'linux';
const WORKS = LINUX && exactAbstractNames(process.versions.uv);
const fresh = (): string => `ipc://@zmtp-${randomUUID()}`;

/** Both verbs refuse the endpoint where there are no abstract names. */
async function expectRefused(endpoint: string): Promise<void> {
  for (const verb of ['bind', 'connect'] as const) {
    const { error } = await outcome(() => open(new Pull())[verb](endpoint));
    expect(error).toMatchObject({ code: 'EINVAL', address: endpoint });
    expect(error?.detail).toContain(
      LINUX ? `need Node 22 or later, this is ${process.version}; use a path` : 'use a path',
    );
  }
}

describe('U8 an abstract name', () => {
  it('is bound and connected to, and leaves no file', async () => {
    const endpoint = fresh();
    if (!WORKS) return expectRefused(endpoint);
    const pull = open(new Pull());
    await pull.bind(endpoint);
    expect(pull.lastEndpoint).toBe(endpoint);
    expect(readFileSync('/proc/net/unix', 'utf8')).toMatch(new RegExp(`${endpoint.slice('ipc://'.length)}$`, 'm'));
    const push = open(new Push());
    push.connect(endpoint);
    await push.send('abstract');
    expect(String(await within(pull.receive(), 'a message'))).toBe('abstract');
    await pull.unbind(endpoint);
    await pull.bind(endpoint);
  });

  it('that somebody has is EADDRINUSE', async () => {
    const endpoint = fresh();
    if (!WORKS) return expectRefused(endpoint);
    const server = net.createServer().listen(`\0${endpoint.slice('ipc://@'.length)}`);
    onTestFinished(() => void server.close());
    await within(new Promise((resolve) => server.once('listening', resolve)), 'a foreign server listens');
    const { error } = await outcome(() => open(new Pull()).bind(endpoint));
    expect(error).toMatchObject({ code: 'EADDRINUSE', address: endpoint });
  });

  it('is not another that begins in the same way', async () => {
    const endpoint = fresh();
    if (!WORKS) return expectRefused(endpoint);
    const [short, long] = [open(new Pull()), open(new Pull())];
    await short.bind(endpoint);
    await long.bind(`${endpoint}0`);
    const push = open(new Push());
    push.connect(`${endpoint}0`);
    await push.send('to the long one');
    expect(String(await within(long.receive(), 'a message'))).toBe('to the long one');
  });

  it('is the one that libzmq means', async () => {
    const endpoint = fresh();
    if (!WORKS) return expectRefused(endpoint);
    const { Push: NativePush, Pull: NativePull } = await import('zeromq');
    const pull = open(new Pull());
    await pull.bind(endpoint);
    const nativePush = new NativePush({ linger: 0 });
    onTestFinished(() => nativePush.close());
    nativePush.connect(endpoint);
    await nativePush.send('from libzmq');
    expect(String(await within(pull.receive(), 'a message from libzmq'))).toBe('from libzmq');
    const nativePull = new NativePull({ linger: 0 });
    onTestFinished(() => nativePull.close());
    await nativePull.bind(`${endpoint}-native`);
    const push = open(new Push());
    push.connect(`${endpoint}-native`);
    await push.send('to libzmq');
    expect(String(await within(nativePull.receive(), 'a message at libzmq'))).toBe('to libzmq');
  });

  it('is not empty: EINVAL', async () => {
    const { how, error } = await outcome(() => open(new Pull()).bind('ipc://@'));
    expect(how).toBe('rejected');
    expect(error).toMatchObject({ code: 'EINVAL', address: 'ipc://@' });
  });

  it('has the length of a path at most', async () => {
    const endpoint = `ipc://@${'x'.repeat(300)}`;
    const { error } = await outcome(() => open(new Pull()).bind(endpoint));
    // Where there are none at all, that is said first.
    expect(error).toMatchObject({ code: process.platform === 'win32' ? 'EINVAL' : 'ENAMETOOLONG', address: endpoint });
  });
});

it.each([
  ['0.99.0', false],
  ['1.9.0', false],
  ['1.46.0', false],
  ['1.47.9', false],
  ['1.48.0', true],
  ['1.51.0', true],
  ['1.100.0', true],
  ['2.0.0', true],
  ['1.48.0-dev', true],
  ['', false],
])('libuv %s gives abstract names as they are: %s', (version, exact) => {
  expect(exactAbstractNames(version)).toBe(exact);
});
