// The end of a process, and what others do to it: process.exit in the middle of everything, exceptions elsewhere, SIGTERM with
// every linger, no descriptors left, nothing left open. Each in a process of its own (programs/).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dealer, Pull, Push, Request } from '../../src/index.js';
import { aliveBytes } from '../support/gc.js';
import { dial } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, expectThrough, open } from '../support/sockets.js';
import { thread } from '../support/thread.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

/** Milliseconds: a program in TypeScript has to be compiled, and its exceptions traced back to it. */
const SLOW = 50_000;

interface Program {
  readonly told: unknown[];
  readonly child: ChildProcess;
  ended(): Promise<number | null>;
}

function run(way: string, endpoint = '', shell: string[] = []): Program {
  const path = fileURLToPath(new URL('programs/ends.ts', import.meta.url));
  const [command = '', ...args] = [...shell, process.execPath, '--import', 'tsx', path, way, endpoint];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: unknown[] = [];
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) =>
    told.push(JSON.parse(line)),
  );
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { told, child, ended: () => within(closed, `the end of "${way}"; told: ${JSON.stringify(told)}`, SLOW) };
}

describe('E1 process.exit()', () => {
  it.each(['exit in a handler', 'exit while a message is received'])('%s', async (way) => {
    const push = open(new Push());
    const program = run(way, await bound(push));
    await within(push.send('x'), 'a peer', SLOW);
    expect(await program.ended()).toBe(7);
    expect(program.told).toEqual(['exit']);
  });

  it('exit during a send: the peer keeps what had come, and nothing torn', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const program = run('exit during a send', endpoint);
    expect(await program.ended()).toBe(7);
    expect(program.told).toEqual(['exit']);
    await expectThroughBehind(pull, endpoint);
  });

  it('in a worker: the thread ends, this process and its sockets go on', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const worker = thread(new URL('programs/worker.ts', import.meta.url), [endpoint]);
    expect(await within(once(worker, 'exit'), 'the end of the thread')).toEqual([7]);
    await expectThroughBehind(pull, endpoint);
  });

  /** Whole messages of the one that went may stand before. */
  async function expectThroughBehind(pull: Pull, endpoint: string): Promise<void> {
    const push = open(new Push());
    push.connect(endpoint);
    await push.send('next');
    for (;;) {
      const [body] = await within(pull.receive(), 'the next message');
      if (String(body) === 'next') return;
      expect(body).toHaveLength(100_000);
    }
  }
});

describe('E2 an exception', () => {
  it('that nobody caught elsewhere leaves sockets at work', async () => {
    const program = run('an uncaught exception elsewhere');
    const endpoint = await until(
      () => (program.told.find((line) => typeof line === 'object') as { bound: string })?.bound,
      'it is bound',
      SLOW,
    );
    await until(() => program.told.includes('thrown elsewhere') && program.told.includes('rejected elsewhere'), 'both');
    const request = open(new Request());
    request.connect(endpoint);
    for (const question of ['first', 'last']) {
      await request.send(question);
      expect(String(await within(request.receive(), 'an answer'))).toBe(question);
    }
    expect(await program.ended()).toBe(0);
  });

  it('X7 thrown by a listener surfaces once, and the socket goes on', async () => {
    const push = open(new Push());
    const program = run('a listener that throws', await bound(push));
    await within(push.send('x'), 'a peer', SLOW);
    expect(await program.ended()).toBe(0);
    expect(program.told.toSorted()).toEqual(['exit', 'thrown by a listener', 'x']);
  });
});

describe('E3 SIGTERM', () => {
  it.each([0, 100])('with linger %i: the program ends, though its message has no taker', async (linger) => {
    const program = run(`SIGTERM with linger ${linger}`);
    await until(() => program.told.includes('ready'), 'it is ready', SLOW);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(program.told).toEqual(['ready', 'closed', 'exit']);
  });

  it('with linger -1: SIGTERM closes the socket, and the program stays for its message', async () => {
    const program = run('SIGTERM with linger -1');
    await until(() => program.told.includes('ready'), 'it is ready', SLOW);
    program.child.kill('SIGTERM');
    await until(() => program.told.includes('closed'), 'it has closed');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect({ code: program.child.exitCode, told: program.told }).toEqual({ code: null, told: ['ready', 'closed'] });
  });
});

it('E7 nothing is left open: no handle, no timer, of sockets that have talked and are closed', async () => {
  const program = run('nothing left open');
  expect(await program.ended()).toBe(0);
  expect(program.told).toEqual([{ while: true }, { left: [] }, 'exit']);
});

it('T9 ulimit: a listener without descriptors lives, and serves again when others are gone', async () => {
  // Enough to load the program: its modules are read side by side.
  const program = run('an uncaught exception elsewhere', '', ['/bin/sh', '-c', 'ulimit -n 256; exec "$@"', 'sh']);
  const endpoint = await until(
    () => (program.told.find((line) => typeof line === 'object') as { bound: string })?.bound,
    'it is bound',
    SLOW,
  );
  const crowd = await Promise.all(Array.from({ length: 400 }, () => dial(endpoint)));
  for (const peer of crowd) peer.socket.write(wire.greeting());
  await until(() => crowd.some(({ received }) => received.length > 0), 'some get in');
  for (const peer of crowd) peer.reset();
  const request = open(new Request());
  request.connect(endpoint);
  await request.send('last');
  expect(String(await within(request.receive(), 'an answer'))).toBe('last');
  expect(await program.ended()).toBe(0);
});

describe('X4 a message of ours that nobody could take', () => {
  it('of more than 4 GiB in parts is refused before anything is copied', async () => {
    const dealer = open(new Dealer());
    dealer.connect('tcp://127.0.0.1:1');
    const part = Buffer.alloc(256 * 1024 * 1024);
    const before = aliveBytes();
    expect(() => dealer.send(Array(16).fill(part).concat('x'))).toThrow(
      expect.objectContaining({
        code: 'EMSGSIZE',
        detail: expect.stringMatching(/^a message has at most 4294967296 bytes/),
      }),
    );
    expect(aliveBytes() - before).toBeLessThan(part.length);
    expect(dealer.statistics.queuedOut).toBe(0);
  });

  it('of just 4 GiB waits by reference', async () => {
    const dealer = open(new Dealer());
    dealer.connect('tcp://127.0.0.1:1');
    const part = Buffer.alloc(256 * 1024 * 1024);
    const before = aliveBytes();
    await dealer.send(Array(16).fill(part));
    expect(aliveBytes() - before).toBeLessThan(part.length);
    expect(dealer.statistics.queuedOut).toBe(1);
  });
});

it('F13 small messages that are kept hold no more than what was received', async () => {
  const pull = open(new Pull());
  const peer = await dial(await bound(pull));
  await peer.write(Buffer.concat([wire.greeting(), wire.ready('PUSH')]));
  const kept: Buffer[] = [];
  const before = aliveBytes();
  const chunk = Buffer.concat([wire.message('k'), wire.message(Buffer.alloc(65_000))]);
  const rounds = 200;
  for (let i = 0; i < rounds; i++) {
    await peer.write(chunk);
    kept.push((await within(pull.receive(), 'the small one'))[0] as Buffer);
    await within(pull.receive(), 'the large one');
  }
  expect(kept.every((body) => String(body) === 'k')).toBe(true);
  // A body is a view of the chunk it came in (spec-notes/decisions.md): at worst all of these stay, and never more.
  expect(aliveBytes() - before).toBeLessThan(rounds * 2 * 65_536 + 16 * 1024 * 1024);
  await expectThrough(pull, pull.lastEndpoint as string);
});

it('W2 what a client of a named pipe lends to its server is written down, and what to do about it', () => {
  const note = readFileSync(new URL('../../spec-notes/ipc.md', import.meta.url), 'utf8');
  expect(note).toMatch(/impersonation[^#]*Let such a service bind, not connect/);
});
