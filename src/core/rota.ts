// How the sessions of one Context share the turns of the event loop: a peer that sends without end is decoded up to its budget
// (the options maxTurnMessages and maxTurnBytes), and goes on in the next turn, after everybody else has been heard.
//
// What a peer sends must not keep the process alive: where nobody waits for anything, the next turn is a timer's.

import type { Clock } from './clock.js';
import type { Turn } from './turn.js';

/** A turn costs some 20 µs; a peer that is the only one may spend so many budgets before it pays that. */
const ALONE = 8;

export class Rota {
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #held: () => boolean;
  #sessions = 0;

  /** @param held whether somebody waits for something, and so keeps the process alive */
  constructor(clock: Clock, turn: Turn, held: () => boolean) {
    this.#clock = clock;
    this.#turn = turn;
    this.#held = held;
  }

  enter(): void {
    this.#sessions++;
  }

  leave(): void {
    this.#sessions--;
  }

  /** What is decoded in this turn from now on piles up: nobody uses it before the next. */
  get over(): boolean {
    return this.#turn.over;
  }

  /** Budgets that a session has for its next turn. */
  get budgets(): number {
    return this.#sessions > 1 ? 1 : ALONE;
  }

  next(callback: () => void): void {
    this.#clock.soon(() => {
      if (this.#turn.over || this.#held()) callback();
      else this.#clock.after(0, callback);
    });
  }
}
