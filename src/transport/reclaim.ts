// Gives the memory of a read back to the system at once, when all its bytes have been copied. Used by NetStream.
//
// Node reads into 64 KiB of fresh memory each time, and the collector finds it when some 32 MiB have gathered: each read then
// goes to memory that no cache holds any more. Given back at once, the next read gets the same memory, still warm.
// What this is worth: spec-notes/decisions.md.

import type { MessageChannel } from 'node:worker_threads';
import { node } from '../util/node-modules.js';

/** A smaller read costs more to give back than it is worth, in bytes. */
const WORTH_IT = 16 * 1024;
/** The largest block by which glibc learns, less what it keeps for itself, in bytes. */
const LESSON = 32 * 1024 * 1024 - 64 * 1024;

type Give = (memory: ArrayBuffer) => void;

/** What to do with memory; at first, to find out what can be done. */
let give: Give = begin;

/** Nothing may refer to the memory of the chunk any more; the chunk has no bytes afterwards, or is what it was. */
export function reclaim(chunk: Buffer): void {
  const { buffer, length } = chunk;
  if (length < WORTH_IT || length !== buffer.byteLength) return;
  try {
    give(buffer as ArrayBuffer);
  } catch {
    // Memory that cannot be given away waits for the collector, as it would without us; and so does all that comes.
    give = keep;
  }
}

const keep: Give = () => {};

/** From Node 22 on: into a buffer of no length, which takes nothing along. */
const transfer: Give = (memory) => {
  (memory as unknown as { transfer(size: number): void }).transfer(0);
};

function begin(): void {
  use('transfer' in ArrayBuffer.prototype ? transfer : byMessage(new node.workerThreads.MessageChannel()));
}

/** Until then: away with a message to a port that is closed, so that there is nobody to get it. */
function byMessage({ port1, port2 }: MessageChannel): Give {
  port2.close();
  port1.close();
  return (memory) => port1.postMessage(undefined, [memory]);
}

/**
 * From now on large messages come and go, each in a block that the system would clear page by page, over and over. glibc keeps
 * free memory instead, up to twice the largest block that was ever given back (mallopt(3), M_MMAP_THRESHOLD). So it is shown a
 * large one, whose pages nobody touches. Other systems give it and take it.
 */
function use(way: Give): void {
  give = way;
  try {
    way(Buffer.allocUnsafeSlow(LESSON).buffer as ArrayBuffer);
  } catch {
    // A process that may not have as much learns nothing.
  }
}
