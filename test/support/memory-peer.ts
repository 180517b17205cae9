// A peer over the memory transport whose bytes are written by hand (wire.ts), and who sees every frame it is sent.

import type { StreamHandler } from '../../src/transport/transport.js';
import { Heard } from './heard.js';
import type { MemoryStream } from './memory-transport.js';
import * as wire from './wire.js';

export class MemoryPeer implements StreamHandler {
  readonly stream: MemoryStream;
  /** The connection is over; an error when it was reset. */
  ended: { error: Error | undefined } | undefined;
  readonly #heard = new Heard();

  constructor(stream: MemoryStream) {
    this.stream = stream;
    stream.start(this);
  }

  introduce(type: string, identity?: string | Buffer): void {
    const properties = identity === undefined ? [] : [wire.property('Identity', identity)];
    this.write(wire.greeting(), wire.ready(type, ...properties));
  }

  write(...bytes: Uint8Array[]): void {
    this.stream.write([Buffer.concat(bytes)]);
  }

  /** Sends one message. */
  say(...parts: (Uint8Array | string)[]): void {
    this.write(wire.message(...parts));
  }

  /** What came since the last look, as text: `greeting`, commands as `NAME data`, messages as `a|b`. */
  heard(): string[] {
    return this.#heard.lines();
  }

  /** As `heard`, without the greeting and READY. */
  messages(): string[] {
    return this.#heard.messages();
  }

  data(chunk: Buffer): boolean {
    this.#heard.push(chunk);
    return false;
  }

  drain(): void {}

  closed(error: Error | undefined): void {
    this.ended = { error };
  }
}
