// Turns as libzmq's fq_t and lb_t have them, in an array: who has no turn gives its place to the last, and gets a new one at the
// end.

export class Ring<P> {
  readonly places: P[] = [];
  #next = 0;

  get current(): P | undefined {
    return this.places[this.#next];
  }

  add(one: P): void {
    if (!this.places.includes(one)) this.places.push(one);
  }

  advance(): void {
    this.#next = (this.#next + 1) % this.places.length;
  }

  remove(one: P): void {
    const at = this.places.indexOf(one);
    if (at < 0) return;
    const last = this.places.pop() as P;
    if (at < this.places.length) this.places[at] = last;
    if (this.#next === this.places.length) this.#next = 0;
  }
}

/** Somebody whose messages wait to be received. */
export interface Speaker<M> {
  readonly waiting: M[];
  gone: boolean;
}

/** Receives from many: a message of each in turn. */
export class FairQueue<M, S extends Speaker<M>> {
  readonly ring = new Ring<S>();

  /** Everybody has a turn on coming. */
  join(speaker: S): void {
    this.ring.add(speaker);
  }

  say(speaker: S, message: M): void {
    speaker.waiting.push(message);
    this.ring.add(speaker);
  }

  /** Whoever has nothing in its turn has no turn any more. */
  look(): S | undefined {
    for (let one = this.ring.current; one !== undefined; one = this.ring.current) {
      if (one.waiting.length > 0) return one;
      this.ring.remove(one);
    }
    return undefined;
  }

  take(): { speaker: S; message: M } | undefined {
    const speaker = this.look();
    if (speaker === undefined) return undefined;
    const message = speaker.waiting.shift() as M;
    if (speaker.gone && speaker.waiting.length === 0) this.ring.remove(speaker);
    else this.ring.advance();
    return { speaker, message };
  }

  /** What it has said can still be received. */
  leave(speaker: S): void {
    speaker.gone = true;
    if (speaker.waiting.length === 0) this.ring.remove(speaker);
  }
}
