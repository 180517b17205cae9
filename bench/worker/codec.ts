// Decode and encode alone, in one process and without a socket: the framing classes fed with 64 KiB of frames at a time,
// as the transport would. One iteration is a batch of messages; the figure is messages per second from the median batch.

import { Bench } from 'tinybench';
import { emit, go, integer, type Params, text } from './parent.js';

interface FrameReader {
  body: Buffer;
  push(chunk: Buffer): void;
  next(): boolean;
}
interface FrameWriter {
  readonly full: boolean;
  write(flags: number, body: Buffer): void;
  take(): Buffer[];
}
interface Framing {
  FrameReader: new (messageLimit: number, commandLimit: number) => FrameReader;
  FrameWriter: new () => FrameWriter;
}

const CHUNK = 65536;
const BATCH_BYTES = 4 * CHUNK;

export async function codec(params: Params): Promise<void> {
  const framing = await load(text(params, 'module'));
  const size = integer(params, 'size');
  const bench = new Bench({ time: integer(params, 'count'), warmupTime: integer(params, 'warmup') });
  const messages = Math.max(1, Math.floor(BATCH_BYTES / size));
  addDecode(bench, framing, size, messages);
  addEncode(bench, framing, size, messages);
  emit({ event: 'ready' });
  await go;
  await bench.run();
  emit({
    event: 'result',
    values: { decode: rate(bench, 'decode', messages), encode: rate(bench, 'encode', messages) },
  });
}

async function load(index: string): Promise<Framing> {
  const reader = await import(new URL('./protocol/frame-reader.js', index).href);
  const writer = await import(new URL('./protocol/frame-writer.js', index).href);
  return { FrameReader: reader.FrameReader, FrameWriter: writer.FrameWriter };
}

function addDecode(bench: Bench, { FrameReader }: Framing, size: number, messages: number): void {
  const chunks = wire(size, messages);
  const reader = new FrameReader(Infinity, Infinity);
  bench.add('decode', () => {
    let bytes = 0;
    for (const chunk of chunks) {
      reader.push(chunk);
      while (reader.next()) bytes += reader.body.length;
    }
    if (bytes !== size * messages) throw new Error(`decoded ${bytes} bytes instead of ${size * messages}`);
  });
}

function addEncode(bench: Bench, { FrameWriter }: Framing, size: number, messages: number): void {
  const body = Buffer.alloc(size, 0x5a);
  const writer = new FrameWriter();
  bench.add('encode', () => {
    let chunks = 0;
    for (let left = messages; left > 0; left--) {
      writer.write(0, body);
      if (writer.full) chunks += writer.take().length;
    }
    chunks += writer.take().length;
    if (chunks === 0) throw new Error('encoded nothing');
  });
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

function rate(bench: Bench, name: string, messages: number): number {
  const result = bench.getTask(name)?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`${name} did not complete: ${result?.state}`);
  return (messages * 1e3) / result.latency.p50;
}
