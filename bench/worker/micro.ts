// The framing path in pieces, in one process and without a socket. An iteration is a batch; a figure is operations per second, from
// the median batch. Batches end in a check, so that none of it can be optimised away or silently do nothing.

import { Bench } from 'tinybench';
import type { Pipe } from './micro-parts.js';
import * as parts from './micro-parts.js';
import { emit, go, integer, type Params } from './parent.js';

type Parts = typeof parts;

const CHUNK = 65_536;
const BATCH = 1000;

/** Task name → operations in one batch of it. */
type Batches = Map<string, number>;

export async function micro(params: Params): Promise<void> {
  const time = integer(params, 'count');
  const bench = new Bench({ time, warmupTime: time / 2 });
  const batches: Batches = new Map();
  const topics = integer(params, 'topics');
  for (const size of [10, 100, 1024, 65_536, 1_048_576]) {
    addDecode(bench, batches, parts, size);
    addEncode(bench, batches, parts, size);
  }
  for (const count of [1, 1000, topics]) addTrie(bench, batches, parts, count);
  for (const pipes of [1, 10, 1000]) addFairQueue(bench, batches, parts, pipes);
  emit({ event: 'ready' });
  await go;
  await bench.run();
  emit({
    event: 'result',
    values: Object.fromEntries([...batches].map(([name, batch]) => [name, rate(bench, name, batch)])),
  });
}

function addDecode(bench: Bench, batches: Batches, { FrameReader }: Parts, size: number): void {
  const messages = framesOf(size);
  const chunks = wire(size, messages);
  const reader = new FrameReader(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  add(bench, batches, `decode ${size} B`, messages, () => {
    let bytes = 0;
    for (const chunk of chunks) {
      reader.push(chunk);
      while (reader.next()) bytes += reader.body.length;
    }
    if (bytes !== size * messages) throw new Error(`decoded ${bytes} bytes instead of ${size * messages}`);
  });
}

function addEncode(bench: Bench, batches: Batches, { FrameWriter }: Parts, size: number): void {
  const messages = framesOf(size);
  const body = Buffer.alloc(size, 0x5a);
  const writer = new FrameWriter();
  add(bench, batches, `encode ${size} B`, messages, () => {
    let chunks = 0;
    for (let left = messages; left > 0; left--) {
      writer.write(0, body);
      if (!writer.full) continue;
      chunks += writer.take().length;
      writer.written();
    }
    chunks += writer.take().length;
    if (chunks === 0) throw new Error('encoded nothing');
  });
}

function addTrie(bench: Bench, batches: Batches, { TopicTrie }: Parts, count: number): void {
  const trie = new TopicTrie();
  for (let index = 0; index < count; index++) trie.add(topic(index), index);
  const wanted = Array.from({ length: BATCH }, (_, index) =>
    Buffer.concat([topic((index * 7919) % count), Buffer.alloc(86)]),
  );
  const unwanted = wanted.map((bytes) => Buffer.from(bytes).fill('x', 12, 13));
  const match = (messages: readonly Buffer[], matches: number) => () => {
    let found = 0;
    for (const message of messages) {
      trie.match(message, () => {
        found++;
      });
    }
    if (found !== matches) throw new Error(`${found} matches instead of ${matches}`);
  };
  add(bench, batches, `match, ${count} topics`, BATCH, match(wanted, BATCH));
  add(bench, batches, `match nothing, ${count} topics`, BATCH, match(unwanted, 0));
  const further = Array.from({ length: BATCH }, (_, index) => Buffer.from(`further/${index}`));
  add(bench, batches, `subscribe and cancel, ${count} topics`, BATCH, () => {
    for (const one of further) trie.add(one, 1);
    for (const one of further) if (trie.remove(one, 1) !== 'last') throw new Error('was not there');
  });
}

/** 14 bytes. */
function topic(index: number): Buffer {
  return Buffer.from(`topic/${String(index).padStart(7, '0')}/`);
}

function addFairQueue(bench: Bench, batches: Batches, { FairQueue, Pipe }: Parts, count: number): void {
  const queue = new FairQueue();
  const owner = { readActivated: (pipe: Pipe) => queue.activate(pipe), writeActivated: () => {} };
  const marks = { sendHighWaterMark: 0, receiveHighWaterMark: 0, conflate: false };
  const pipes = Array.from({ length: count }, () => new Pipe(owner, marks));
  const message = [Buffer.alloc(10)];
  add(bench, batches, `fair queue, ${count} peers`, BATCH, () => {
    for (let index = 0; index < BATCH; index++) pipes[index % count].deliver(message);
    let taken = 0;
    while (queue.receive() !== undefined) taken++;
    if (taken !== BATCH) throw new Error(`took ${taken} messages instead of ${BATCH}`);
  });
}

function add(bench: Bench, batches: Batches, name: string, operations: number, batch: () => void): void {
  bench.add(name, batch);
  batches.set(name, operations);
}

function framesOf(size: number): number {
  return Math.max(1, Math.floor((4 * CHUNK) / size));
}

/** The frames of `messages` bodies as they come off a socket: in chunks of 64 KiB that respect no frame's edge. */
function wire(size: number, messages: number): Buffer[] {
  const header = size > 255 ? Buffer.from([0x02, 0, 0, 0, 0, 0, 0, 0, 0]) : Buffer.from([0x00, size]);
  if (size > 255) header.writeBigUInt64BE(BigInt(size), 1);
  const frame = Buffer.concat([header, Buffer.alloc(size, 0x5a)]);
  const bytes = Buffer.alloc(frame.length * messages, frame);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(bytes.subarray(at, at + CHUNK));
  return chunks;
}

function rate(bench: Bench, name: string, operations: number): number {
  const result = bench.getTask(name)?.result;
  if (result === undefined || !('latency' in result))
    throw new Error(`${name} did not complete: ${String(result && 'error' in result ? result.error : result?.state)}`);
  return (operations * 1e3) / result.latency.p50;
}
