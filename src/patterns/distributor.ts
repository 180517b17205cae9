// Sends one message to many pipes at once (RFC 29). Shared by PUB, XPUB and XSUB. Pipes at their high-water mark lose
// the message; the loss is counted on the pipe.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';

export class Distributor {
  readonly pipes = new Set<Pipe>();
  #chosen: Pipe[] = [];
  /** Numbers the messages, so that a pipe with several matching topics is chosen once. */
  #message = 1;

  /** Bound once: the trie calls it for each match. */
  readonly choose = (pipe: Pipe): void => {
    if (pipe.chosenFor === this.#message) return;
    pipe.chosenFor = this.#message;
    this.#chosen.push(pipe);
  };

  chooseAll(): void {
    for (const pipe of this.pipes) this.choose(pipe);
  }

  /** Chooses exactly the pipes not chosen so far. */
  invert(): void {
    this.#chosen = [];
    for (const pipe of this.pipes) if (pipe.chosenFor !== this.#message) this.#chosen.push(pipe);
  }

  /** Every chosen pipe takes a message now. */
  get chosenWritable(): boolean {
    return this.#chosen.every((pipe) => pipe.writable);
  }

  /** Ends a choice without sending. */
  reset(): void {
    this.#chosen.length = 0;
    this.#message++;
  }

  send(message: Message): void {
    const chosen = this.#chosen;
    for (let i = 0; i < chosen.length; i++) {
      const pipe = chosen[i]!;
      if (!pipe.write(message)) pipe.drop(message);
    }
    this.reset();
  }
}
