// What a program says before it computes leaves before it computes, as with libzmq's thread: nothing but `await send` is needed.

import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Publisher, Push, type Socket, type Writable } from '../../src/index.js';
import { within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { thread } from '../support/thread.js';

/** Ms for which the program computes, at most. */
const LONG = 20_000;

/** Computes, and does not yield, until the other thread has heard so many messages. */
function computeUntil(heard: Int32Array, count: number): void {
  const end = performance.now() + LONG;
  for (let now = 0; now < count && performance.now() < end; now = Atomics.load(heard, 0)) {
    Atomics.wait(heard, 0, now, end - performance.now());
  }
}

/** Messages that leave so; Node holds back what follows a write into a named pipe until it has heard of its end. */
const overIpc = process.platform === 'win32' ? 1 : 2;

describe.each([
  ['tcp', 'tcp://127.0.0.1:*', 2],
  ['ipc', 'ipc://*', overIpc],
])('over %s', (_, endpoint, count) => {
  it.each([
    ['PUSH', 'PULL', () => new Push()],
    ['PUB', 'SUB', () => new Publisher()],
  ] as const)('%s: messages leave while the program computes', async (_type, other, make: () => Socket & Writable) => {
    const socket = open(make());
    await socket.bind(endpoint);
    const heard = new Int32Array(new SharedArrayBuffer(4));
    const program = new URL('programs/hears.ts', import.meta.url);
    const ready = once(thread(program, [other, socket.lastEndpoint, heard]), 'message');
    await within(socket instanceof Publisher ? socket.waitForSubscriber('') : socket.waitForPeer(), 'the other thread');
    await socket.send('first');
    await within(ready, 'its word');
    await socket.send('busy');
    await socket.send('input');
    computeUntil(heard, count);
    expect(Atomics.load(heard, 0)).toBe(count);
  });
});
