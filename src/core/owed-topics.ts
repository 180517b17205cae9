// Subscriptions that wait while the peer does not read (RFC 37: each is a command to it). Of each topic the last word waits, and
// none where it takes back the one before: a program that subscribes and cancels over and over waits for as much as it has
// topics, however long the peer does not read. Used by Session.
//
// Invariant: a socket says each topic once and cancels it once, so two words about one topic are always each other's opposite.

export class OwedTopics {
  /** By topic, as latin1; in the order in which they were said. */
  readonly #words = new Map<string, boolean>();

  get size(): number {
    return this.#words.size;
  }

  add(topic: Buffer, add: boolean): void {
    const key = topic.toString('latin1');
    if (!this.#words.delete(key)) this.#words.set(key, add);
  }

  /** Hands all of them over. */
  pay(say: (topic: Buffer, add: boolean) => void): void {
    for (const [topic, add] of this.#words) say(Buffer.from(topic, 'latin1'), add);
    this.#words.clear();
  }
}
