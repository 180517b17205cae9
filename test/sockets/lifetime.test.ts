// What keeps a process alive and what happens at its end, in processes of their own (test/sockets/programs): idle sockets
// hold nothing, operations that wait do, messages that were sent leave before a natural exit, and a busy process still
// gets its timers.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { dial } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

interface Program {
  /** What the program has told so far. */
  readonly told: unknown[];
  /** And what it has written to its standard error. */
  readonly errors: string[];
  readonly child: ChildProcess;
  /** The exit code; rejects when the program does not end. */
  ended(): Promise<number | null>;
}

function run(name: string, ...args: string[]): Program {
  const path = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: unknown[] = [];
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) =>
    told.push(JSON.parse(line)),
  );
  const errors: string[] = [];
  child.stderr?.on('data', (text) => void errors.push(String(text)));
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const ended = () => within(closed, `the end of ${name} ${args}; told: ${JSON.stringify(told)}${errors.join('')}`);
  return { told, errors, child, ended };
}

async function isAlive({ child, told }: Program): Promise<void> {
  // Anything that is going to let go has done so long before a fifth of a second is over.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect({ code: child.exitCode, told }).toMatchObject({ code: null });
}

async function listener(): Promise<{ pull: Pull; endpoint: string }> {
  const pull = open(new Pull());
  return { pull, endpoint: await bound(pull) };
}

describe('does not keep a process alive', () => {
  it('any socket with nothing to wait for', async () => {
    const idle = ['made', 'bound', 'bound-ipc', 'bound-inproc', 'connecting', 'observed', 'closed', 'listener-closed'];
    const program = run('idle', [...idle, 'timed-out'].join(), 'tcp://127.0.0.1:1');
    expect(await program.ended()).toBe(0);
    expect(program.told.slice(-2)).toEqual(['idle', 'exit']);
  });

  it('a connection that is there, whatever has passed over it', async () => {
    const push = open(new Push());
    const program = run('idle', 'connected,receive-done,heart-beating', await bound(push));
    await within(sendUntilIdle(push, program), 'the program has received');
    expect(await program.ended()).toBe(0);
    expect(program.told.slice(-2)).toEqual(['idle', 'exit']);
  });

  it('a peer that sends without end what nobody takes', async () => {
    const program = run('idle', 'flooded');
    await until(() => program.told.length > 0, 'the endpoint');
    const peer = await dial(program.told[0] as string);
    peer.socket.write(Buffer.concat([wire.greeting(), wire.ready('REQ'), wire.message('', 'x')]));
    const flood = Buffer.concat(Array(10_000).fill(wire.command('WHATEVER')));
    let over = false;
    const flooding = (async () => {
      while (!over && (await peer.write(flood)));
    })();
    expect(await program.ended()).toBe(0);
    over = true;
    peer.reset();
    await flooding;
    expect(program.told.slice(-2)).toEqual(['idle', 'exit']);
  });

  /** To several peers by turns: one of them alone is waited for at a time. */
  async function sendUntilIdle(push: Push, program: Program): Promise<void> {
    push.sendTimeout = 5;
    while (!program.told.includes('idle')) {
      await push.send('x').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
});

describe('keeps a process alive, until it is done', () => {
  const rules: [rule: string, done: unknown][] = [
    ['receive', 'x'],
    ['iterate', 'x'],
    ['events-on', 'handshake'],
    ['wait-for-peer', 'PUSH'],
  ];
  it.each(rules)('%s', async (rule, done) => {
    const spare = open(new Push());
    const endpoint = await bound(spare);
    await spare.unbind(endpoint);
    const program = run('waiting', rule, endpoint);
    await until(() => program.told.includes('waiting'), 'the program waits');
    await isAlive(program);
    const push = open(new Push({ immediate: true }));
    await push.bind(endpoint);
    await within(push.send('x'), 'the program connects');
    expect(await program.ended()).toBe(0);
    expect(program.told).toContainEqual(done);
  });

  it('send', async () => {
    const { pull, endpoint } = await listener();
    await pull.unbind(endpoint);
    const program = run('waiting', 'send', endpoint);
    await until(() => program.told.includes('waiting'), 'the program waits');
    await isAlive(program);
    await pull.bind(endpoint);
    expect(await program.ended()).toBe(0);
    expect(String(await within(pull.receive(), 'the message'))).toBe('sent');
  });

  it('events.receive', async () => {
    const program = run('waiting', 'events-receive', 'tcp://127.0.0.1:1');
    expect(await program.ended()).toBe(0);
    expect(program.told).toContain('connect:delay');
  });
});

describe('what was sent is delivered', () => {
  const ways: [way: string, count: number, size: number][] = [
    ['exit', 20_000, 100],
    ['close', 30, 1_000_000],
    ['disconnect', 20_000, 100],
    ['before-exit', 100, 100],
  ];
  it.each(ways)('on %s: %d messages of %d bytes', async (way, count, size) => {
    const { pull, endpoint } = await listener();
    const program = run('sending', way, endpoint, `${count}`, `${size}`);
    for (let i = 0; i < count; i++) {
      const [number, body] = await within(pull.receive(), `message ${i}`);
      if (String(number) !== `${i}` || body?.length !== size) expect(String(number)).toBe(`${i}`);
    }
    expect(await program.ended()).toBe(0);
  });

  it('to a peer that comes only after the program is done', async () => {
    const { pull, endpoint } = await listener();
    await pull.unbind(endpoint);
    const program = run('sending', 'exit', endpoint, '100', '10');
    await until(() => program.told.includes('done'), 'the program is done');
    await isAlive(program);
    await pull.bind(endpoint);
    for (let i = 0; i < 100; i++) expect(String((await within(pull.receive(), `message ${i}`))[0])).toBe(`${i}`);
    expect(await program.ended()).toBe(0);
  });

  it('to a peer that does not read for longer than any grace', async () => {
    const pull = open(new Pull({ receiveHighWaterMark: 1 }));
    const program = run('sending', 'close', await bound(pull), '30', '1000000');
    await until(() => program.told.includes('done'), 'the program is done');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (let i = 0; i < 30; i++) expect(String((await within(pull.receive(), `message ${i}`))[0])).toBe(`${i}`);
    expect(await program.ended()).toBe(0);
  });
});

describe('what was sent to a peer that is there', () => {
  it.each(['0', '-1'])('is with the system when process.exit() is called at once, linger %s', async (linger) => {
    const { pull, endpoint } = await listener();
    const program = run('sending', 'process-exit-connected', endpoint, '100', '1', linger);
    for (let i = 0; i < 100; i++) expect(String((await within(pull.receive(), `message ${i}`))[0])).toBe(`${i}`);
    expect(await program.ended()).toBe(0);
  });

  it.each(['0', '-1'])('is, too, when a listener of exit sent it, linger %s', async (linger) => {
    const { pull, endpoint } = await listener();
    const program = run('sending', 'exit-listener', endpoint, '1', '1', linger);
    expect(String(await within(pull.receive(), 'the last word'))).toBe('bye');
    expect(await program.ended()).toBe(0);
    expect(program.errors.join('')).toBe('');
  });
});

const REMEDY = " Set 'context.blocky = false' to change this behaviour.";

describe('a message that nobody will take', () => {
  it.each(['linger-0,linger-20,not-blocky', 'process-exit'])('E1 E3 does not hold %s', async (rules) => {
    const program = run('sending', rules);
    expect(await program.ended()).toBe(0);
    expect(program.errors.join('')).toBe('');
  });

  it('E2 does not hold a program that ends with an uncaught exception', async () => {
    const program = run('sending', 'uncaught');
    expect(await program.ended()).toBe(1);
    expect(program.errors.join('')).toContain('nobody catches this');
  });

  it('holds a program that waits for the end of its linger, and leaves other sockets alone', async () => {
    const program = run('sending', 'awaits-end');
    expect(await program.ended()).toBe(0);
    expect(program.told).toEqual([{ dropped: 1 }, 'x', 'done', 'exit']);
    expect(program.errors.join('')).toBe('');
  });

  it.each([
    ['unread', REMEDY],
    ['closed-unread', REMEDY],
    ['left-unread', REMEDY],
    ['unread-unblocky', ''],
  ])('holds a process whose linger has no end, which says why: %s', async (rule, remedy) => {
    const program = run('sending', rule);
    await until(() => program.told.includes('done'), 'the program is done');
    await isAlive(program);
    await until(() => program.errors.length > 0, 'the program says why it waits');
    expect(program.errors.join('')).toBe(
      `(node:${program.child.pid}) WARNING: Waiting for queued ZeroMQ messages to be delivered.${remedy}\n`,
    );
  });
});

describe('a busy process', () => {
  it.each(['inproc', 'tcp'])('gets its timers during a flood over %s', async (transport) => {
    const program = run('busy', transport);
    expect(await program.ended()).toBe(0);
    const { fired, possible } = program.told[0] as { fired: number; possible: number };
    expect(fired).toBeGreaterThan(1);
    expect(fired).toBeGreaterThan(possible / 10);
  });
});
