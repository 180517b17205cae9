// Sends to many pipes in turn, passing over those at their high-water mark (RFC 30: "round-robin"). Shared by PUSH,
// DEALER and REQ.
//
// Invariant: `#active` holds exactly the pipes that take messages.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';

export class LoadBalancer {
  readonly #active: Pipe[] = [];
  #next = 0;

  get writable(): boolean {
    return this.#active.length > 0;
  }

  attach(pipe: Pipe): void {
    if (pipe.writable) this.#active.push(pipe);
  }

  activate(pipe: Pipe): void {
    this.#active.push(pipe);
  }

  detach(pipe: Pipe): void {
    const at = this.#active.indexOf(pipe);
    if (at >= 0) this.#remove(at);
  }

  /** The pipe that took the message, or undefined when none can. */
  send(message: Message): Pipe | undefined {
    const active = this.#active;
    while (active.length > 0) {
      if (this.#next >= active.length) this.#next = 0;
      const pipe = active[this.#next]!;
      const taken = pipe.write(message);
      if (taken && pipe.writable) this.#next++;
      else this.#remove(this.#next);
      if (taken) return pipe;
    }
    return undefined;
  }

  #remove(at: number): void {
    this.#active.splice(at, 1);
    if (at < this.#next) this.#next--;
  }
}
