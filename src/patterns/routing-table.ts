// Peers by routing id, for ROUTER (RFC 28). A peer that names no id gets one of five bytes: 00 and a counter.

import type { Pipe } from '../core/pipe.js';

export class RoutingTable {
  readonly #pipes = new Map<string, Pipe>();
  #nextId = (Math.random() * 0x1_0000_0000) >>> 0;

  get(id: Buffer): Pipe | undefined {
    return this.#pipes.get(id.toString('latin1'));
  }

  set(id: Buffer, pipe: Pipe): void {
    this.delete(pipe);
    pipe.routingId = id;
    this.#pipes.set(id.toString('latin1'), pipe);
  }

  /** Removes the pipe's entry, unless another pipe has taken the id over. */
  delete(pipe: Pipe): void {
    const key = pipe.routingId.toString('latin1');
    if (this.#pipes.get(key) === pipe) this.#pipes.delete(key);
  }

  values(): IterableIterator<Pipe> {
    return this.#pipes.values();
  }

  newId(): Buffer {
    const id = Buffer.alloc(5);
    id.writeUInt32BE(this.#nextId, 1);
    this.#nextId = (this.#nextId + 1) >>> 0;
    return id;
  }
}
