// Receives from many pipes in turn, one message each (RFC 30: "fair-queued"). Shared by every pattern that receives.
//
// Invariant: `#active` holds exactly the pipes that have something to read. A pipe that is gone stays until it is empty.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';

export class FairQueue {
  readonly #active: Pipe[] = [];
  #next = 0;
  /** The pipe that the last message came from. */
  source: Pipe | undefined;

  get readable(): boolean {
    return this.#active.length > 0;
  }

  /** Reading may bring new messages in at once, so a pipe can become readable again before it was seen empty. */
  activate(pipe: Pipe): void {
    if (pipe.inFairQueue) return;
    pipe.inFairQueue = true;
    this.#active.push(pipe);
  }

  receive(): Message | undefined {
    const active = this.#active;
    if (active.length === 0) return undefined;
    if (this.#next >= active.length) this.#next = 0;
    const pipe = active[this.#next]!;
    // Reading may be what ends the pipe's connection, and with it the pipe: hence the source comes after.
    const message = pipe.read();
    this.source = pipe;
    if (pipe.readable) this.#next++;
    else this.#remove(this.#next);
    return message;
  }

  /** Forgets the source, so that a closed pipe is not kept alive or answered. */
  detach(pipe: Pipe): void {
    if (this.source === pipe) this.source = undefined;
  }

  /** Throws away what `pipe` has brought. */
  discard(pipe: Pipe): void {
    while (pipe.read() !== undefined);
    const at = this.#active.indexOf(pipe);
    if (at >= 0) this.#remove(at);
  }

  #remove(at: number): void {
    this.#active[at]!.inFairQueue = false;
    if (at === this.#active.length - 1) this.#active.pop();
    else this.#active.splice(at, 1);
    if (at < this.#next) this.#next--;
  }
}
