// Who subscribed to a topic, and how often, in blocks. The first subscription lies in the topic's own block, as nearly every topic
// has no other, and that costs no further read; others are a list of blocks. Those who subscribe are numbers from 1 on.

import type { Blocks } from '../util/blocks.js';

// The words of a subscription, in a topic's block too: topic-tree.ts and topic-labels.ts have 0, 1 and those from 7 on.
/** 0: nobody. */
export const KEY = 2;
const COUNT = 3;
/** The subscriptions of one key are a ring. */
export const NEXT_OF_KEY = 4;
export const PREVIOUS_OF_KEY = 5;
/** The topic's next subscription. */
export const FURTHER = 6;

// The words of a block with a further subscription.
const TOPIC = 0;
/** Below 0 here, where a topic has its label's length. */
const KIND = 1;
const NO_TOPIC = -1;
/** The one before in the topic's list; of the first one the last. */
const BEFORE = 7;

/** Beyond so many, a topic's subscriptions are found by a Map. */
const CROWD = 8;
/** Nobody subscribes so often; who does has subscribed so often. */
const MOST = 0x7fff_ffff;

export class TopicSubscriptions {
  readonly #blocks: Blocks;
  /** By topic, by key. Made when they are looked for. */
  #crowds: Map<number, Map<number, number>> | undefined;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** The subscription of a key to a topic; 0: there is none. */
  find(topic: number, key: number): number {
    const blocks = this.#blocks;
    if (blocks.get(topic, KEY) === key) return topic;
    let at = blocks.get(topic, FURTHER);
    if (at === 0) return 0;
    for (let steps = 0; at !== 0 && steps < CROWD; steps++) {
      if (blocks.get(at, KEY) === key) return at;
      at = blocks.get(at, FURTHER);
    }
    return at === 0 ? 0 : (this.#crowdOf(topic).get(key) ?? 0);
  }

  isEmpty(topic: number): boolean {
    return this.#blocks.get(topic, KEY) === 0 && this.#blocks.get(topic, FURTHER) === 0;
  }

  topicOf(subscription: number): number {
    const blocks = this.#blocks;
    return blocks.get(subscription, KIND) === NO_TOPIC ? blocks.get(subscription, TOPIC) : subscription;
  }

  /** Adds a key that the topic does not have, behind the others. */
  add(topic: number, key: number): number {
    const subscription = this.isEmpty(topic) ? topic : this.#append(topic, key);
    this.#blocks.set(subscription, KEY, key);
    this.#blocks.set(subscription, COUNT, 1);
    return subscription;
  }

  countUp(subscription: number): void {
    this.#blocks.set(subscription, COUNT, Math.min(this.#blocks.get(subscription, COUNT) + 1, MOST));
  }

  /** Returns what is left of it. */
  countDown(subscription: number): number {
    const count = this.#blocks.get(subscription, COUNT) - 1;
    this.#blocks.set(subscription, COUNT, count);
    return count;
  }

  remove(topic: number, subscription: number): void {
    if (subscription === topic) this.#blocks.set(topic, KEY, 0);
    else this.#unlink(topic, subscription);
  }

  #append(topic: number, key: number): number {
    const blocks = this.#blocks;
    const added = blocks.take();
    blocks.set(added, TOPIC, topic);
    blocks.set(added, KIND, NO_TOPIC);
    const first = blocks.get(topic, FURTHER);
    const last = first === 0 ? topic : blocks.get(first, BEFORE);
    blocks.set(last, FURTHER, added);
    blocks.set(added, BEFORE, first === 0 ? added : last);
    if (first !== 0) blocks.set(first, BEFORE, added);
    this.#crowds?.get(topic)?.set(key, added);
    return added;
  }

  #unlink(topic: number, removed: number): void {
    const blocks = this.#blocks;
    const first = blocks.get(topic, FURTHER);
    const next = blocks.get(removed, FURTHER);
    const before = blocks.get(removed, BEFORE);
    blocks.set(removed === first ? topic : before, FURTHER, next);
    // The one behind it, or the first one, which knows the last.
    if (next !== 0) blocks.set(next, BEFORE, before);
    else if (removed !== first) blocks.set(first, BEFORE, before);
    if (removed === first && next === 0) this.#crowds?.delete(topic);
    else this.#crowds?.get(topic)?.delete(blocks.get(removed, KEY));
    blocks.free(removed);
  }

  #crowdOf(topic: number): Map<number, number> {
    this.#crowds ??= new Map();
    const known = this.#crowds.get(topic);
    if (known !== undefined) return known;
    const crowd = new Map<number, number>();
    for (let at = this.#blocks.get(topic, FURTHER); at !== 0; at = this.#blocks.get(at, FURTHER)) {
      crowd.set(this.#blocks.get(at, KEY), at);
    }
    this.#crowds.set(topic, crowd);
    return crowd;
  }
}
