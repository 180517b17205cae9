// What a program says before it computes leaves before it computes, as with libzmq's thread: nothing but `await send` is needed.

import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Publisher, Push, type Socket, type Writable } from '../../src/index.js';
import { until, within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { thread } from '../support/thread.js';

/** Computes, and does not yield, until the other thread has heard so many messages, or for so many ms. */
function computeUntil(heard: Int32Array, count: number, most: number): boolean {
  const end = performance.now() + most;
  for (let now = 0; now < count && performance.now() < end; now = Atomics.load(heard, 0)) {
    Atomics.wait(heard, 0, now, end - performance.now());
  }
  return Atomics.load(heard, 0) >= count;
}

/**
 * Node holds back what follows a write into a named pipe until it has heard of its end. So one message leaves there, and none
 * if it comes too soon after another, for which Wine takes its time.
 */
const PIPE = { count: 1, tries: 10, most: 2_000 };
const ELSE = { count: 2, tries: 1, most: 20_000 };

describe.each([
  ['tcp', 'tcp://127.0.0.1:*', ELSE],
  ['ipc', 'ipc://*', process.platform === 'win32' ? PIPE : ELSE],
])('over %s', (_, endpoint, { count, tries, most }) => {
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
    let inTime = false;
    for (let sent = 0; sent < tries * count && !inTime; ) {
      for (let i = 0; i < count; i++, sent++) await socket.send('busy');
      inTime = computeUntil(heard, sent, most);
      await until(() => Atomics.load(heard, 0) === sent, 'what was sent');
    }
    expect(inTime).toBe(true);
  });
});
