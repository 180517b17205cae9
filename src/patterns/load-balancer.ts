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
    // Looks at each: a mark that was lowered may have filled its queue since it was written to.
    while (this.#active.length > 0 && !this.#active[this.#next]!.writable) this.#remove(this.#next);
    return this.#active.length > 0;
  }

  /** One that takes messages has a peer; others keep them for one that may come. */
  get hasPeers(): boolean {
    return this.#active.some(({ connected }) => connected);
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
      const pipe = active[this.#next]!;
      const taken = pipe.write(message);
      if (!taken || !pipe.writable) this.#remove(this.#next);
      else if (++this.#next === active.length) this.#next = 0;
      if (taken) return pipe;
    }
    return undefined;
  }

  /** The last one takes its place, as in libzmq, so that the order in which peers get messages is the same. */
  #remove(at: number): void {
    const active = this.#active;
    const last = active.pop() as Pipe;
    if (at < active.length) active[at] = last;
    if (this.#next >= active.length) this.#next = 0;
  }
}
