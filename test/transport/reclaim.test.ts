// Memory of reads that is given back at once: whose, when, and that no message notices.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { NetStream } from '../../src/transport/net-stream.js';
import { reclaim } from '../../src/transport/reclaim.js';
import { until, within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const READ = 64 * 1024;

function isTaken(chunk: Buffer): boolean {
  reclaim(chunk);
  return chunk.length === 0;
}

/** Node 20 needs a moment before the first. */
const ready = (): Promise<unknown> => until(() => isTaken(Buffer.allocUnsafeSlow(READ)), 'memory that is given back');

describe('reclaim', () => {
  // The first test of the process: only the first memory that is given back has anything to do with a large block.
  it('works where there is no large block to be had', async () => {
    const { allocUnsafeSlow } = Buffer;
    const refused: number[] = [];
    onTestFinished(() => {
      Buffer.allocUnsafeSlow = allocUnsafeSlow;
    });
    Buffer.allocUnsafeSlow = (size) => {
      if (size < 2 ** 24) return allocUnsafeSlow(size);
      refused.push(size);
      throw new RangeError('Array buffer allocation failed');
    };
    await ready();
    expect(refused.length).toBe(1);
  });

  it('takes the memory of a chunk that fills it', async () => {
    await ready();
    expect(isTaken(Buffer.allocUnsafeSlow(READ))).toBe(true);
    expect(isTaken(Buffer.allocUnsafeSlow(READ / 4))).toBe(true);
  });

  it('leaves a small one to the collector', async () => {
    await ready();
    expect(isTaken(Buffer.allocUnsafeSlow(READ / 4 - 1))).toBe(false);
  });

  it('leaves memory alone of which the chunk is a part', async () => {
    await ready();
    const memory = Buffer.allocUnsafeSlow(READ);
    for (const part of [memory.subarray(1), memory.subarray(0, -1)]) expect(isTaken(part)).toBe(false);
    expect(memory.length).toBe(READ);
  });
});

/** The two ends of a connection: a stream, and a socket that writes to it. */
async function connection(): Promise<{ stream: NetStream; peer: net.Socket }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  onTestFinished(() => {
    peer.destroy();
    socket.destroy();
    server.close();
  });
  return { stream: new NetStream(socket), peer };
}

describe('a stream', () => {
  it.each([true, false])('gives back the memory of a chunk only when its handler says so: %s', async (copied) => {
    await ready();
    const { stream, peer } = await connection();
    const chunks: Buffer[] = [];
    const sizes: number[] = [];
    const data = (chunk: Buffer): boolean => {
      sizes.push(chunk.length);
      chunks.push(chunk);
      return copied;
    };
    stream.start({ data, drain: () => {}, closed: () => {} });
    peer.write(Buffer.alloc(2 * READ));
    await until(() => sizes.reduce((sum, size) => sum + size, 0) === 2 * READ, 'all bytes');
    const worth = sizes.map((size) => size >= READ / 4);
    expect(chunks.map(({ length }) => length === 0)).toEqual(worth.map((large) => large && copied));
  });
});

describe('messages', () => {
  it.each([
    'tcp://127.0.0.1:*',
    'ipc://*',
  ])('over %s keep their bytes, whatever came with them and after them', async (endpoint) => {
    const bytes = randomBytes(2 ** 20);
    const sizes = [1, 300, 20_000, 65_527, 65_536, 70_000, 1000, 300_000, 2 ** 20, 10];
    const pull = open(new Pull());
    const push = open(new Push());
    await pull.bind(endpoint);
    push.connect(String(pull.lastEndpoint));
    const kept: Buffer[][] = [];
    const receiving = (async () => {
      for (let i = 0; i < 100; i++) kept.push((await pull.receive()) as Buffer[]);
    })();
    const message = (i: number): Buffer[] =>
      sizes.slice(0, 1 + (i % 3)).map((_, part) => bytes.subarray(0, sizes[(i + 3 * part) % sizes.length]));
    for (let i = 0; i < 100; i++) await push.send(message(i));
    await within(receiving, 'all messages');
    const wrong = kept.filter((parts, i) => !Buffer.concat(parts).equals(Buffer.concat(message(i))));
    expect(wrong.length).toBe(0);
  });
});

describe('reclaim, in the end', () => {
  // The last test of the process: what it brings about holds from then on.
  it('goes without where memory cannot be given away', async () => {
    await ready();
    const kept = Buffer.from(new SharedArrayBuffer(READ)).fill(7);
    expect(isTaken(kept)).toBe(false);
    expect(kept[READ - 1]).toBe(7);
    expect(isTaken(Buffer.allocUnsafeSlow(READ))).toBe(false);
  });
});
