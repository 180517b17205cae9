// A FIFO over a power-of-two ring. Used by every pipe and every list of waiters.
//
// Invariant: a slot that has been handed out is cleared at once. A queue that keeps what it gave away makes
// memory grow with the message rate, and page faults then cost more than the messages.

const INITIAL_SLOTS = 8;

/** First in, first out, amortised O(1), and nothing is retained after `shift`. */
export class Queue<T> {
  #slots: (T | undefined)[] = new Array<T | undefined>(INITIAL_SLOTS).fill(undefined);
  #mask = INITIAL_SLOTS - 1;
  #head = 0;
  length = 0;

  push(item: T): void {
    if (this.length > this.#mask) this.#grow();
    this.#slots[(this.#head + this.length) & this.#mask] = item;
    this.length++;
  }

  /** The oldest item, or `undefined` when empty. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.length--;
    return item;
  }

  peek(): T | undefined {
    return this.length === 0 ? undefined : this.#slots[this.#head];
  }

  /** Removes the first occurrence of `item`; O(n), for waiters that give up. */
  remove(item: T): boolean {
    const items = this.toArray();
    const at = items.indexOf(item);
    if (at < 0) return false;
    items.splice(at, 1);
    this.clear();
    for (const kept of items) this.push(kept);
    return true;
  }

  clear(): void {
    this.#slots = new Array<T | undefined>(INITIAL_SLOTS).fill(undefined);
    this.#mask = INITIAL_SLOTS - 1;
    this.#head = 0;
    this.length = 0;
  }

  /** All items, the oldest first. */
  toArray(): T[] {
    const items: T[] = [];
    for (let i = 0; i < this.length; i++) items.push(this.#slots[(this.#head + i) & this.#mask] as T);
    return items;
  }

  #grow(): void {
    const items: (T | undefined)[] = this.toArray();
    const slots = (this.#mask + 1) * 2;
    while (items.length < slots) items.push(undefined);
    this.#slots = items;
    this.#mask = slots - 1;
    this.#head = 0;
  }
}
