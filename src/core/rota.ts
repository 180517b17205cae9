// How the sessions of one Context share the turns of the event loop: a peer that sends without end is decoded up to its budget
// (the options maxTurnMessages and maxTurnBytes), and goes on in the next turn, after everybody else has been heard. And how they
// share the writes that need not wait for the next tick: what a program says now and then leaves before it goes on, whatever it
// does next, as with libzmq's thread; what it says without end gathers.
//
// What a peer sends must not keep the process alive: where nobody waits for anything, the next turn is a timer's.

import type { Clock } from './clock.js';
import type { Turn } from './turn.js';

/** A turn costs some 20 µs; a peer that is the only one may spend so many budgets before it pays that. */
const ALONE = 8;
/** Writes that may follow each other at once after a silence, and the milliseconds after which there may be another. */
const PROMPT = 8;
const SPACING = 10;

export class Rota {
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #held: () => boolean;
  #sessions = 0;
  /** From when on the next prompt write may be; what lies more than seven spacings back counts as that. */
  #promptFrom = Number.NEGATIVE_INFINITY;

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

  /** True, which spends one: what is sent now may leave at once. Asked only when nothing has gathered yet, so not for each message of a flood. */
  prompt(): boolean {
    const now = this.#clock.now();
    const from = Math.max(this.#promptFrom, now - (PROMPT - 1) * SPACING);
    if (from > now) return false;
    this.#promptFrom = from + SPACING;
    return true;
  }

  next(callback: () => void): void {
    this.#clock.soon(() => {
      if (this.#turn.over || this.#held()) callback();
      else this.#clock.after(0, callback);
    });
  }
}
