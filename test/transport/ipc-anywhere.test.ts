// ipc:// as it is on every system, by socket files and by named pipes: who has a name, who reaches it, what happens to messages
// when either side ends, and what a foreign program under the name can do (nothing). U-ids are those of socket files, W-ids
// those of named pipes.

import { spawn } from 'node:child_process';
import * as net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Event, type EventType, Pull, Push, pipeName } from '../../src/index.js';
import { agent } from '../local/agent.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { until, within } from '../support/peers/deadline.js';
import { nextEvent, open } from '../support/sockets.js';
import { thread } from '../support/thread.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const WINDOWS = process.platform === 'win32';
const LARGE = Buffer.alloc(8 * 1024 * 1024, 'zmtp');

let folder: string;
let endpoint: string;
beforeEach(() => {
  folder = temporaryFolder();
  endpoint = `ipc://${join(folder, 'x')}`;
});

async function expectThrough(pull: Pull, to = endpoint): Promise<void> {
  const push = open(new Push());
  push.connect(to);
  await push.send(to);
  expect(String(await within(pull.receive(), `a message through ${to}`))).toBe(to);
}

async function expectInUse(): Promise<void> {
  const { how, error } = await outcome(() => open(new Pull()).bind(endpoint));
  expect(how).toBe('rejected');
  expect(error).toMatchObject({ code: 'EADDRINUSE', address: endpoint });
  const named = WINDOWS ? pipeName(endpoint) : endpoint;
  expect(error?.detail).toContain(JSON.stringify(named));
}

/** A program that is none of ours. */
async function foreignServer(greet: (socket: net.Socket) => void): Promise<net.Server> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    greet(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(WINDOWS ? pipeName(endpoint) : endpoint.slice('ipc://'.length));
  await within(new Promise((resolve) => server.once('listening', resolve)), 'a foreign server listens');
  return server;
}

function allEvents(socket: Push): Event[] {
  const seen: Event[] = [];
  const types: EventType[] = [
    'connect',
    'connect:retry',
    'handshake',
    'handshake:error:protocol',
    'handshake:error:other',
  ];
  for (const type of [...types, 'disconnect', 'close:error'] as EventType[]) {
    socket.events.on(type, (event) => void seen.push(event));
  }
  return seen;
}

describe('a name', () => {
  it('U2 W1 has one listener: EADDRINUSE to others, in this process and another, and the first goes on', async () => {
    const pull = open(new Pull());
    await pull.bind(endpoint);
    await expectInUse();
    const other = await agent();
    expect(await other.try('bind', endpoint)).toMatchObject({ error: { code: 'EADDRINUSE' } });
    await expectThrough(pull);
  });

  it('can be bound again after unbind, and after close, with clients that stay', async () => {
    const push = open(new Push({ reconnectInterval: 5 }));
    push.connect(endpoint);
    for (const end of ['unbind', 'close', 'unbind'] as const) {
      const pull = open(new Pull());
      await pull.bind(endpoint);
      expect(pull.lastEndpoint).toBe(endpoint);
      await push.send(end);
      expect(String(await within(pull.receive(), 'a message'))).toBe(end);
      const gone = nextEvent(push, 'disconnect');
      if (end === 'unbind') await pull.unbind(endpoint);
      pull.close();
      await within(gone, `the client notices ${end}`);
    }
  });

  it('U12 W8 of a killed process can be bound at once', async () => {
    for (let round = 0; round < 3; round++) {
      const other = await agent();
      await other.ask('bind', endpoint);
      await other.kill();
      const pull = open(new Pull());
      await pull.bind(endpoint);
      await expectThrough(pull);
      await pull.unbind(endpoint);
    }
  });

  it('is bound in a thread like anywhere', async () => {
    const worker = thread(new URL('programs/binder.ts', import.meta.url), endpoint);
    const told: unknown[] = [];
    worker.on('message', (what) => told.push(what));
    await until(() => told.length > 0, 'the thread tells');
    expect(told).toEqual(['bound']);
    await expectInUse();
    const push = open(new Push());
    push.connect(endpoint);
    await push.send('to the thread');
    await until(() => told.length > 1, 'the thread has received');
    expect(told[1]).toBe('to the thread');
  });

  it('is not shared by the processes of a cluster: one binds it', async () => {
    const path = fileURLToPath(new URL('programs/cluster.ts', import.meta.url));
    const primary = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path, endpoint], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void primary.kill('SIGKILL'));
    let told = '';
    primary.stdout.on('data', (chunk) => {
      told += chunk;
    });
    await within(new Promise((resolve) => primary.once('close', resolve)), 'the cluster has told');
    expect(told.trim().split('\n').sort()).toEqual(['EADDRINUSE', 'bound']);
  });
});

describe('U11 ipc://*', () => {
  it('is another name each time, which another process can connect to as it stands', async () => {
    const pull = open(new Pull());
    const names = new Set<string>();
    for (let i = 0; i < 20; i++) {
      await pull.bind('ipc://*');
      names.add(pull.lastEndpoint as string);
    }
    expect(names.size).toBe(20);
    const other = await agent();
    for (const name of [...names].slice(0, 3)) {
      expect(name).toMatch(/^ipc:\/\/(?!.*\*)/);
      const sent = other.ask('send', name, name);
      expect(String(await within(pull.receive(), `a message through ${name}`))).toBe(name);
      await sent;
    }
    for (const name of names) await pull.unbind(name);
  });

  it('cannot be connected to', async () => {
    const { how, error } = await outcome(() => open(new Push()).connect('ipc://*'));
    expect(how).toBe('threw');
    expect(error).toMatchObject({ code: 'EINVAL', address: 'ipc://*' });
  });
});

describe('a client', () => {
  it('W5 is one of fifty that come at once, and all are heard', async () => {
    const pull = open(new Pull());
    await pull.bind(endpoint);
    const expected = Array.from({ length: 50 }, (_, index) => `client ${index}`);
    for (const text of expected) {
      const push = open(new Push());
      push.connect(endpoint);
      void push.send(text);
    }
    const received: string[] = [];
    while (received.length < 50) received.push(String(await within(pull.receive(), `message ${received.length}`)));
    expect(received.sort()).toEqual(expected.sort());
  });

  it('may be there first: it is told why it waits, and its message arrives', async () => {
    const push = open(new Push({ reconnectInterval: 5 }));
    const retried = nextEvent(push, 'connect:retry');
    push.connect(endpoint);
    await push.send('early');
    const { error, address } = await within(retried, 'a failed attempt');
    expect(address).toBe(endpoint);
    expect(error).toMatchObject({ code: 'ENOENT', address: endpoint });
    if (WINDOWS) expect(error?.message).toContain('tcp://127.0.0.1:*');
    const pull = open(new Pull());
    await pull.bind(endpoint);
    expect(String(await within(pull.receive(), 'the message'))).toBe('early');
  });

  it('does not come back after disconnect', async () => {
    const push = open(new Push({ reconnectInterval: 1 }));
    const pull = open(new Pull());
    await pull.bind(endpoint);
    const there = nextEvent(push, 'handshake');
    push.connect(endpoint);
    await within(there, 'the handshake');
    const gone = nextEvent(pull, 'disconnect');
    push.disconnect(endpoint);
    await within(gone, 'the listener notices');
    await pull.unbind(endpoint);
    const seen = allEvents(push);
    await pull.bind(endpoint);
    await expectThrough(pull);
    expect(seen).toEqual([]);
  });
});

describe('W7 the last message arrives, however large, when its sender closes', () => {
  it.each(['the listener', 'the client'])('%s', async (sender) => {
    const push = new Push();
    const pull = open(new Pull());
    if (sender === 'the listener') {
      await push.bind(endpoint);
      pull.connect(endpoint);
    } else {
      await pull.bind(endpoint);
      push.connect(endpoint);
    }
    await push.send('first');
    await push.send(LARGE);
    await push.send('last');
    push.close();
    expect(String(await within(pull.receive(), 'the first'))).toBe('first');
    const [body] = await within(pull.receive(), 'the large one');
    expect(body?.equals(LARGE)).toBe(true);
    expect(String(await within(pull.receive(), 'the last'))).toBe('last');
  });

  it('from a process that ends', async () => {
    const pull = open(new Pull());
    await pull.bind(endpoint);
    const other = await agent();
    const text = 'x'.repeat(1024 * 1024);
    await other.ask('send', endpoint, text, 'last');
    await other.ask('end');
    expect(String(await within(pull.receive(), 'the large one'))).toBe(text);
    expect(String(await within(pull.receive(), 'the last'))).toBe('last');
  });
});

it('W6 a server killed while it writes: a disconnect, and the client finds the next one', async () => {
  const pull = open(new Pull({ reconnectInterval: 5, receiveHighWaterMark: 2 }));
  pull.connect(endpoint);
  for (let round = 0; round < 2; round++) {
    const server = await agent();
    await server.ask('flood', endpoint);
    const [body] = await within(pull.receive(), 'a message');
    expect(body).toHaveLength(1024 * 1024);
    const gone = nextEvent(pull, 'disconnect');
    await server.kill();
    // Read what came whole before, as its reader has to make room before the end is seen.
    const draining = (async () => {
      pull.receiveTimeout = 100;
      while ((await outcome(() => pull.receive())).how === 'gave');
      pull.receiveTimeout = -1;
    })();
    const { error } = await within(gone, 'the client notices');
    if (error !== undefined) expect(error).toMatchObject({ code: 'ECONNRESET' });
    await draining;
  }
});

describe('a foreign program under the name', () => {
  it('W1 keeps it: EADDRINUSE, not joined, and it is told nothing', async () => {
    const bytes: Buffer[] = [];
    await foreignServer((socket) => socket.on('data', (chunk) => bytes.push(chunk)));
    for (let round = 0; round < 3; round++) await expectInUse();
    expect(Buffer.concat(bytes)).toHaveLength(0);
    // Who connects still reaches the foreign one, and each time.
    for (let round = 0; round < 6; round++) {
      const before = bytes.length;
      const push = open(new Push());
      push.connect(endpoint);
      await until(() => bytes.length > before, 'the foreign server has our greeting');
    }
  });

  it.each([
    ['talks of something else', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends zeros', Buffer.alloc(64)],
  ])('that %s costs its connection and no more', async (_what, bytes) => {
    await foreignServer((socket) => socket.write(bytes));
    const push = open(new Push({ reconnectInterval: 10_000 }));
    const failed = nextEvent(push, 'handshake:error:protocol');
    const seen = allEvents(push);
    push.connect(endpoint);
    const { address, error } = await within(failed, 'the handshake fails');
    expect(address).toBe(endpoint);
    expect(error).toMatchObject({ violation: 'greeting-signature' });
    await until(() => seen.some(({ type }) => type === 'connect:retry'), 'it will try again');
    expect(seen.map(({ type }) => type)).toEqual([
      'connect',
      'handshake:error:protocol',
      'disconnect',
      'connect:retry',
    ]);
  });

  it('that hangs up at once is tried again', async () => {
    let count = 0;
    await foreignServer((socket) => {
      count++;
      socket.destroy();
    });
    const push = open(new Push({ reconnectInterval: 1 }));
    push.connect(endpoint);
    await until(() => count >= 3, 'three attempts');
  });
});
