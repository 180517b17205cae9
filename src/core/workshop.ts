// Runs the costly steps of handshakes, a few in each turn of the event loop, in the order they came: thousands of HELLOs a
// second then delay each other and not the rest of the program (attack case V18). It also waits for CURVE's code
// and library, which are loaded when the first socket of a context is about to speak it. One for each context.

import { ZmqError, zmqError } from '../errors.js';
import type { Curve } from '../security/curve.js';
import { loadCurve } from '../security/load-curve.js';
import { Queue } from '../util/queue.js';
import type { Clock } from './clock.js';

/** Steps in one turn: each takes one to three tenths of a millisecond, so that a turn stays below 5 ms. */
export const STEPS_PER_TURN = 16;

/** A step to be run, or to be given up when CURVE cannot be loaded. */
export type Job = (failure: ZmqError | undefined) => void;

export class Workshop {
  readonly #clock: Clock;
  readonly #load: () => Promise<Curve>;
  readonly #jobs = new Queue<Job>();
  #left = STEPS_PER_TURN;
  #turnDue = false;
  #curve: Curve | ZmqError | undefined;
  #loading = false;

  constructor(clock: Clock, load: () => Promise<Curve> = loadCurve) {
    this.#clock = clock;
    this.#load = load;
  }

  /** Undefined until it is loaded. For jobs that run it is there. */
  get curve(): Curve | undefined {
    return this.#curve instanceof ZmqError ? undefined : this.#curve;
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** CURVE is going to be spoken. */
  prepare(): void {
    if (this.#loading) return;
    this.#loading = true;
    this.#load().then(
      (curve) => this.#loaded(curve),
      (error) => this.#loaded(unavailable(error)),
    );
  }

  /** Runs the job now when there is time for it, else in a later turn. */
  add(job: Job): void {
    if (this.#curve === undefined || this.#left === 0 || this.#jobs.length > 0) {
      this.#jobs.push(job);
      if (this.#curve === undefined) this.prepare();
    } else {
      this.#run(job);
    }
  }

  #loaded(outcome: Curve | ZmqError): void {
    this.#curve = outcome;
    if (outcome instanceof ZmqError)
      process.emitWarning(outcome.detail as string, { type: 'CurveWarning', code: 'ZMTP_NO_CURVE' });
    this.#runSome();
  }

  #runSome(): void {
    while (this.#left > 0) {
      const job = this.#jobs.shift();
      if (job === undefined) return;
      this.#run(job);
    }
  }

  #run(job: Job): void {
    this.#left--;
    if (!this.#turnDue) {
      this.#turnDue = true;
      this.#clock.soon(() => {
        this.#turnDue = false;
        this.#left = STEPS_PER_TURN;
        this.#runSome();
      });
    }
    job(this.#curve instanceof ZmqError ? this.#curve : undefined);
  }
}

function unavailable(error: unknown): ZmqError {
  const reason = error instanceof Error ? error.message : String(error);
  return zmqError('ENOTSUP', `CURVE, or the package "libsodium-sumo" that it needs, could not be loaded: ${reason}`);
}
