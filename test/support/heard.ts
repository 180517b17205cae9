// What a hand-made peer has heard, as text: `greeting`, commands as `NAME data`, messages as `a|b`.

import * as wire from './wire.js';

export class Heard {
  #unread: Buffer = Buffer.alloc(0);
  /** Parts of a message that has not ended. */
  #parts: string[] = [];

  push(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
  }

  /** What has come whole since the last look. */
  lines(): string[] {
    const lines: string[] = [];
    if (this.#unread[0] === 0xff && this.#unread.length >= 64) {
      lines.push('greeting');
      this.#unread = this.#unread.subarray(64);
    }
    for (let next = wire.readFrame(this.#unread); next !== undefined; next = wire.readFrame(this.#unread)) {
      this.#unread = this.#unread.subarray(next.length);
      const { flags, body } = next.frame;
      if (flags & wire.COMMAND) lines.push(command(next.frame));
      else {
        this.#parts.push(body.toString('latin1'));
        if ((flags & wire.MORE) === 0) lines.push(this.#parts.splice(0).join('|'));
      }
    }
    return lines;
  }

  /** As `lines`, without the greeting and READY. */
  messages(): string[] {
    return this.lines().filter((line) => line !== 'greeting' && !line.startsWith('READY'));
  }
}

function command(frame: wire.WireFrame): string {
  const { name, data } = wire.readCommand(frame);
  return `${name} ${data.toString('latin1')}`.trimEnd();
}
