// Sockets in worker threads: each thread has its own, and its own context; they speak as processes do.

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { context, Pair, Pull, Request } from '../../src/index.js';
import { within } from '../support/peers/deadline.js';
import { bound, inproc, open } from '../support/sockets.js';
import { thread } from '../support/thread.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const start = (rule: string, endpoint: string): Worker =>
  thread(new URL('programs/thread.ts', import.meta.url), [rule, endpoint]);

const message = async (worker: Worker): Promise<unknown[]> => (await within(once(worker, 'message'), 'its word'))[0];

describe('a thread', () => {
  it('ends by itself, after all that it has sent is delivered', async () => {
    const pull = open(new Pull());
    const worker = start('sends', await bound(pull));
    const exit = once(worker, 'exit');
    for (let i = 0; i < 20_000; i++) {
      const [body] = await within(pull.receive(), `message ${i}`);
      if (String(body) !== `${i}`) expect(String(body)).toBe(`${i}`);
    }
    expect(await within(exit, 'the end of the thread')).toEqual([0]);
  });

  it('that is terminated takes its sockets with it, and nothing else', async () => {
    const request = open(new Request({ receiveTimeout: 20_000 }));
    const worker = start('serves', 'tcp://127.0.0.1:*');
    const [endpoint] = (await message(worker)) as [string];
    request.connect(endpoint);
    await request.send('one');
    expect(String(await request.receive())).toBe('one');
    await worker.terminate();
    const next = start('serves', endpoint);
    await message(next);
    await request.send('two');
    expect(String(await request.receive())).toBe('two');
  });

  afterEach(() => {
    context.maxSockets = 1023;
  });

  it('has inproc names and a context of its own', async () => {
    context.maxSockets = 17;
    const endpoint = inproc();
    const pair = open(new Pair({ receiveTimeout: 50 }));
    await pair.bind(endpoint);
    const worker = start('alone', endpoint);
    const exit = once(worker, 'exit');
    expect(await message(worker)).toEqual(['own', 1023]);
    await within(exit, 'the end of the thread');
    await expect(pair.receive()).rejects.toMatchObject({ code: 'EAGAIN' });
  });
});
