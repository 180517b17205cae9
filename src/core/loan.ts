// A socket in the hands of a proxy: what it needs of it, past promises and past the checks that keep everybody else out.

import type { Life } from './life.js';
import type { Message } from './message.js';
import type { Operations } from './operations.js';
import type { Turn } from './turn.js';

export class Loan {
  readonly turn: Turn;
  readonly #operations: Operations;
  readonly #life: Life;

  /** @param changed called whenever something may have become readable or writable */
  constructor(operations: Operations, life: Life, changed: () => void) {
    this.turn = life.context.turn;
    this.#operations = operations;
    this.#life = life;
    operations.watcher = changed;
    life.block();
  }

  get readable(): boolean {
    return this.#operations.readable;
  }

  get writable(): boolean {
    return this.#operations.pattern.writable;
  }

  /** @throws EFSM */
  receive(): Message | undefined {
    return this.#operations.take();
  }

  /** False: not now. @throws EFSM, EHOSTUNREACH */
  send(message: Message): boolean {
    return this.#operations.pattern.send(message);
  }

  /** Ends the loan and closes the socket. */
  close(): void {
    this.#operations.watcher = undefined;
    this.#life.unblock();
    this.#life.close();
  }
}
