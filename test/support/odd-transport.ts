// A transport whose streams do everything that a stream may do and none does often: data a turn late, one more chunk after a
// pause, congestion without reason, `drain` early, late and twice, ends that are told late, goodbyes confirmed after the
// end. Around the memory network; a seed decides, so that what fails can be played again.

import type { ByteStream, StreamHandler, Transport } from '../../src/transport/transport.js';

/** Numbers in [0, 1) from a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oddTransport(inner: Transport, roll: () => number): Transport {
  return {
    scheme: inner.scheme,
    target(address, role) {
      const target = inner.target(address, role);
      return {
        listen: (options, handler) =>
          target.listen(options, {
            accepted: (stream) => handler.accepted(new OddStream(stream, roll)),
            failed: (error) => handler.failed(error),
          }),
        connect: (options, done) =>
          target.connect(options, (error, stream) => {
            if (stream === undefined) done(error, undefined);
            else done(undefined, new OddStream(stream, roll));
          }),
      };
    },
  };
}

class OddStream implements ByteStream, StreamHandler {
  readonly #inner: ByteStream;
  readonly #roll: () => number;
  #handler: StreamHandler | undefined;
  /** What is still to be told, in order; `drain` alone may overtake. */
  #news: (() => void)[] = [];
  #telling = false;
  #paused = false;
  /** Chunks that still come after a pause. */
  #grace = 0;

  constructor(inner: ByteStream, roll: () => number) {
    this.#inner = inner;
    this.#roll = roll;
  }

  get remoteAddress(): string | undefined {
    return this.#inner.remoteAddress;
  }

  get unfinished(): number {
    return this.#inner.unfinished;
  }

  start(handler: StreamHandler): void {
    this.#handler = handler;
    this.#inner.start(this);
  }

  write(chunks: readonly Buffer[]): boolean {
    const room = this.#inner.write(chunks);
    if (!room) return false;
    if (this.#roll() > 0.3) return true;
    this.#soon(() => this.#handler?.drain());
    return false;
  }

  pause(): void {
    this.#paused = true;
    this.#grace = this.#roll() < 0.5 ? 1 : 0;
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#inner.resume();
    this.#tell();
  }

  end(sent: () => void): void {
    this.#inner.end(() => this.#soon(sent));
  }

  destroy(): void {
    this.#handler = undefined;
    this.#news = [];
    this.#inner.destroy();
  }

  data(chunk: Buffer): boolean {
    this.#news.push(() => this.#handler?.data(chunk));
    this.#tell();
    return false;
  }

  /** May overtake data, and comes twice now and then. */
  drain(): void {
    this.#soon(() => this.#handler?.drain());
    if (this.#roll() < 0.2) this.#soon(() => this.#handler?.drain());
  }

  /** As with Node: a reset takes what was not read with it, a peaceful end waits until all is read. */
  closed(error: Error | undefined): void {
    if (error !== undefined && this.#paused) {
      this.#news = [];
      this.#paused = false;
    }
    this.#news.push(() => {
      const handler = this.#handler;
      this.#handler = undefined;
      handler?.closed(error);
    });
    this.#tell();
  }

  #tell(): void {
    if (this.#telling || this.#news.length === 0) return;
    this.#telling = true;
    this.#soon(() => {
      this.#telling = false;
      for (let burst = this.#roll() * 40; burst > 0 && this.#news.length > 0; burst--) {
        if (this.#paused && this.#grace-- <= 0) return;
        this.#news.shift()?.();
      }
      this.#tell();
    });
  }

  #soon(action: () => void): void {
    const roll = this.#roll();
    if (roll < 0.4) process.nextTick(action);
    else if (roll < 0.7) queueMicrotask(action);
    else setImmediate(action);
  }
}
