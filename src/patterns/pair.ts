// PAIR (RFC 31): exactly one peer; a second one is refused.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern } from './pattern.js';

export class PairPattern implements Pattern {
  static readonly socketType = 'PAIR';
  readonly incoming = new FairQueue();
  #pipe: Pipe | undefined;

  attach(pipe: Pipe): boolean {
    if (this.#pipe !== undefined) return false;
    this.#pipe = pipe;
    return true;
  }

  connected(): boolean {
    return true;
  }

  detach(pipe: Pipe): void {
    this.incoming.detach(pipe);
    if (this.#pipe === pipe) this.#pipe = undefined;
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.incoming.readable;
  }

  receive(): Message | undefined {
    return this.incoming.receive();
  }

  get writable(): boolean {
    return this.#pipe?.writable ?? false;
  }

  send(message: Message): boolean {
    return this.#pipe?.write(message) ?? false;
  }
}
