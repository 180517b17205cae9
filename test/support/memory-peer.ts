// A peer over the memory transport whose bytes are written by hand (wire.ts), and who sees every frame it is sent.

import type { StreamHandler } from '../../src/transport/transport.js';
import type { MemoryStream } from './memory-transport.js';
import * as wire from './wire.js';

export class MemoryPeer implements StreamHandler {
  readonly stream: MemoryStream;
  /** The connection is over; an error when it was reset. */
  ended: { error: Error | undefined } | undefined;
  #unread: Buffer = Buffer.alloc(0);

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
    const lines: string[] = [];
    if (this.#unread[0] === 0xff && this.#unread.length >= 64) {
      lines.push('greeting');
      this.#unread = this.#unread.subarray(64);
    }
    for (let parts: string[] = []; ; ) {
      const next = wire.readFrame(this.#unread);
      if (next === undefined) return lines;
      this.#unread = this.#unread.subarray(next.length);
      const { flags, body } = next.frame;
      if (flags & wire.COMMAND) {
        lines.push(command(next.frame));
        continue;
      }
      parts.push(body.toString('latin1'));
      if (flags & wire.MORE) continue;
      lines.push(parts.join('|'));
      parts = [];
    }
  }

  /** As `heard`, without the greeting and READY. */
  messages(): string[] {
    return this.heard().filter((line) => line !== 'greeting' && !line.startsWith('READY'));
  }

  data(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
  }

  drain(): void {}

  closed(error: Error | undefined): void {
    this.ended = { error };
  }
}

function command(frame: wire.WireFrame): string {
  const { name, data } = wire.readCommand(frame);
  return `${name} ${data.toString('latin1')}`.trimEnd();
}
