// Subscriptions: which keys want which topics, by prefix (RFC 29, RFC 37: subscriptions are counted). Used by XPUB, where
// a key is a subscriber's pipe, and by SUB, where the only key is the socket itself.
//
// A million topics are no million objects: the tree (topic-tree.ts) and the subscriptions (topic-subscriptions.ts) lie in blocks
// outside V8's heap, where they are named by numbers. A key's own are a ring through these, in the order they were made.

import { FURTHER, KEY, NEXT_OF_KEY, PREVIOUS_OF_KEY, TopicSubscriptions } from './topic-subscriptions.js';
import { TopicTree } from './topic-tree.js';

/** A key's number and subscriptions. */
interface Owner {
  readonly number: number;
  /** The oldest of its subscriptions; 0: none. */
  first: number;
  size: number;
}

/** `first`: nobody had the topic. `joined`: others have it, this key had not. `again`: this key had it. */
export type Added = 'first' | 'joined' | 'again';
/** `absent`: the key did not have it. `kept`: it still does, once less. `left`: only others do. `last`: nobody does. */
export type Removed = 'absent' | 'kept' | 'left' | 'last';

export class TopicTrie<K> {
  readonly #tree = new TopicTree();
  readonly #subscriptions = new TopicSubscriptions(this.#tree.blocks);
  readonly #owners = new Map<K, Owner>();
  /** By number; the first is nobody. */
  readonly #keys: (K | undefined)[] = [undefined];
  readonly #freeNumbers: number[] = [];
  #size = 0;

  /** Different topics. */
  get size(): number {
    return this.#size;
  }

  /** What the topics hold outside V8's heap. */
  get bytes(): number {
    return this.#tree.blocks.bytes;
  }

  add(topic: Buffer, key: K): Added {
    const subscriptions = this.#subscriptions;
    const owner = this.#owners.get(key) ?? this.#newOwner(key);
    const at = this.#tree.make(topic);
    const known = subscriptions.find(at, owner.number);
    if (known !== 0) {
      subscriptions.countUp(known);
      return 'again';
    }
    const first = subscriptions.isEmpty(at);
    this.#enlist(owner, subscriptions.add(at, owner.number));
    if (!first) return 'joined';
    this.#size++;
    return 'first';
  }

  remove(topic: Buffer, key: K): Removed {
    const owner = this.#owners.get(key);
    const at = owner === undefined ? 0 : this.#tree.find(topic);
    const subscription = at === 0 ? 0 : this.#subscriptions.find(at, owner!.number);
    if (subscription === 0) return 'absent';
    if (this.#subscriptions.countDown(subscription) > 0) return 'kept';
    const last = this.#drop(owner!, subscription);
    if (owner!.size === 0) {
      this.#owners.delete(key);
      this.#release(owner!);
    }
    return last ? 'last' : 'left';
  }

  /**
   * Begins to remove every subscription of `key`, which must not be used again: what is returned removes one at each call and
   * says whether there was one. `visit` hears of each topic and whether nobody has it now.
   */
  removal(key: K, visit?: (topic: Buffer, last: boolean) => void): () => boolean {
    const owner = this.#owners.get(key);
    this.#owners.delete(key);
    return () => {
      if (owner === undefined || owner.size === 0) return false;
      const subscription = owner.first;
      const topic = visit && this.#tree.bytesOf(this.#subscriptions.topicOf(subscription));
      const last = this.#drop(owner, subscription);
      if (owner.size === 0) this.#release(owner);
      if (topic !== undefined) visit?.(topic, last);
      return true;
    };
  }

  /** How many different topics `key` has. */
  sizeOf(key: K): number {
    return this.#owners.get(key)?.size ?? 0;
  }

  /** Calls `visit` for each key with a topic that `bytes` begins with; several times where it has several. */
  match(bytes: Buffer, visit: (key: K) => void): void {
    const tree = this.#tree;
    let at = 0;
    for (let node = tree.root; node !== 0; node = tree.below(node, bytes, at)) {
      at = tree.reach(node, bytes, at);
      if (at < 0) return;
      const topic = tree.topicAt(node);
      if (topic !== 0) this.#visit(topic, visit);
    }
  }

  /** Whether any key has a topic that `bytes` begins with. */
  matches(bytes: Buffer): boolean {
    const tree = this.#tree;
    let at = 0;
    for (let node = tree.root; node !== 0; node = tree.below(node, bytes, at)) {
      at = tree.reach(node, bytes, at);
      if (at < 0) return false;
      if (tree.topicAt(node) !== 0) return true;
    }
    return false;
  }

  #visit(topic: number, visit: (key: K) => void): void {
    const { blocks } = this.#tree;
    for (let at = topic; at !== 0; at = blocks.get(at, FURTHER)) {
      const key = blocks.get(at, KEY);
      if (key !== 0) visit(this.#keys[key] as K);
    }
  }

  #newOwner(key: K): Owner {
    const owner: Owner = { number: this.#freeNumbers.pop() ?? this.#keys.length, first: 0, size: 0 };
    this.#keys[owner.number] = key;
    this.#owners.set(key, owner);
    return owner;
  }

  /** One without subscriptions is nobody any more. */
  #release({ number }: Owner): void {
    this.#keys[number] = undefined;
    this.#freeNumbers.push(number);
  }

  /** Puts a subscription behind those that the owner has. */
  #enlist(owner: Owner, subscription: number): void {
    const { blocks } = this.#tree;
    const next = owner.first || subscription;
    const previous = owner.first === 0 ? subscription : blocks.get(next, PREVIOUS_OF_KEY);
    blocks.set(subscription, NEXT_OF_KEY, next);
    blocks.set(subscription, PREVIOUS_OF_KEY, previous);
    blocks.set(previous, NEXT_OF_KEY, subscription);
    blocks.set(next, PREVIOUS_OF_KEY, subscription);
    owner.first = next;
    owner.size++;
  }

  /** Removes a subscription, and its topic where nobody else has it: true. */
  #drop(owner: Owner, subscription: number): boolean {
    const { blocks } = this.#tree;
    const next = blocks.get(subscription, NEXT_OF_KEY);
    const previous = blocks.get(subscription, PREVIOUS_OF_KEY);
    blocks.set(previous, NEXT_OF_KEY, next);
    blocks.set(next, PREVIOUS_OF_KEY, previous);
    owner.size--;
    if (owner.first === subscription) owner.first = owner.size === 0 ? 0 : next;
    const topic = this.#subscriptions.topicOf(subscription);
    this.#subscriptions.remove(topic, subscription);
    if (!this.#subscriptions.isEmpty(topic)) return false;
    this.#tree.remove(topic);
    this.#size--;
    return true;
  }
}
