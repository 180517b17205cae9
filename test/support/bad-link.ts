// A tcp link that mistreats what passes over it: cuts and joins writes as the dice say, and breaks its first connection once
// exactly so many bytes of one direction have passed. Later connections are merely cut into pieces.

import net from 'node:net';
import { onTestFinished } from 'vitest';

export type Direction = 'caller' | 'target';

export interface Break {
  /** Whose bytes are counted. */
  readonly from: Direction;
  readonly at: number;
  /** A RST to both, a FIN to both, or no further byte either way. */
  readonly how: 'reset' | 'end' | 'silence';
}

export class BadLink {
  readonly #server: net.Server;
  readonly #roll: () => number;
  readonly #sockets = new Set<net.Socket>();
  #break: Break | undefined;

  /** @param target an endpoint `tcp://host:port` */
  static start(target: string, roll: () => number, fault: Break | undefined): Promise<BadLink> {
    const link = new BadLink(new URL(target), roll, fault);
    onTestFinished(() => link.close());
    return new Promise((resolve) => link.#server.listen(0, '127.0.0.1', () => resolve(link)));
  }

  private constructor(target: URL, roll: () => number, fault: Break | undefined) {
    this.#roll = roll;
    this.#break = fault;
    this.#server = net.createServer((caller) => {
      const onward = net.connect(Number(target.port), target.hostname);
      const due = this.#break;
      this.#break = undefined;
      this.#forward('caller', caller, onward, due);
      this.#forward('target', onward, caller, due);
    });
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(from: Direction, source: net.Socket, sink: net.Socket, fault: Break | undefined): void {
    this.#sockets.add(source);
    source.setNoDelay(true);
    source.on('error', () => {}); // `close` follows
    source.on('close', () => {
      this.#sockets.delete(source);
      sink.destroy();
    });
    let left = fault?.from === from ? fault.at : Number.POSITIVE_INFINITY;
    if (left === 0) breakBoth(source, sink, fault as Break);
    source.on('data', async (chunk: Buffer) => {
      source.pause();
      for (const piece of this.#pieces(chunk.subarray(0, left))) {
        sink.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      left -= chunk.length;
      if (left <= 0) breakBoth(source, sink, fault as Break);
      else source.resume();
    });
  }

  /** Of the size that the dice say, up to the whole. */
  *#pieces(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length; ) {
      const size = this.#roll() < 0.5 ? chunk.length : 1 + Math.floor(this.#roll() * 20);
      yield chunk.subarray(at, at + size);
      at += size;
    }
  }
}

function breakBoth(source: net.Socket, sink: net.Socket, { how }: Break): void {
  for (const socket of [source, sink]) {
    socket.removeAllListeners('data');
    if (how === 'reset') socket.resetAndDestroy();
    else if (how === 'end') socket.end();
    // Nobody listens: the bytes that still come are dropped.
    else socket.resume();
  }
}
