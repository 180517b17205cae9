// The topic trie in blocks against its slow twin, Maps of topics: every answer, every visit and their order, while peers come,
// leave by one topic at a time, and others go on meanwhile.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTrie } from '../../src/patterns/topic-trie.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Few pieces, so that topics begin with each other; of lengths about those that a label has room for, 8, 36 and 60. */
const piece = fc.constantFrom(
  ...['a', 'b', '\x00', '\xff', 'ab', 'a\x00'],
  ...[7, 8, 9, 35, 36, 37, 59, 60, 61, 121].map((length) => 'a'.repeat(length)),
);
const topic = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.nat({ max: 255 }).map((byte) => `a${String.fromCharCode(byte)}`) },
  { weight: 1, arbitrary: fc.nat({ max: 255 }).map((byte) => `${String.fromCharCode(byte)}aaa`) },
);
/** More than are looked for one after the other. */
const key = fc.nat({ max: 19 });

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant('add' as const), topic, key }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('remove' as const), topic, key }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('addAll' as const), topic, key }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leave' as const), topic, key }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('forget' as const), topic, key }) },
);

type Key = { readonly name: string };

class TwinTrie {
  readonly counts = new Map<string, Map<Key, number>>();
  readonly topicsOf = new Map<Key, Set<string>>();

  add(topic: string, key: Key): string {
    const keys = this.counts.get(topic) ?? new Map<Key, number>();
    const result = keys.size === 0 ? 'first' : keys.has(key) ? 'again' : 'joined';
    this.counts.set(topic, keys.set(key, (keys.get(key) ?? 0) + 1));
    this.topicsOf.set(key, (this.topicsOf.get(key) ?? new Set()).add(topic));
    return result;
  }

  remove(topic: string, key: Key): string {
    const count = this.counts.get(topic)?.get(key);
    if (count === undefined) return 'absent';
    if (count > 1) {
      this.counts.get(topic)!.set(key, count - 1);
      return 'kept';
    }
    return this.drop(topic, key) ? 'last' : 'left';
  }

  /** Whether nobody has it now. */
  drop(topic: string, key: Key): boolean {
    const keys = this.counts.get(topic)!;
    keys.delete(key);
    this.topicsOf.get(key)!.delete(topic);
    return keys.size === 0 && this.counts.delete(topic);
  }

  match(text: string): string[] {
    const topics = [...this.counts.keys()].filter((topic) => text.startsWith(topic));
    topics.sort((one, other) => one.length - other.length);
    return topics.flatMap((topic) => [...this.counts.get(topic)!.keys()].map(({ name }) => name));
  }
}

interface Leaving {
  readonly key: Key;
  readonly forget: () => boolean;
  readonly heard: [string, boolean][];
}

/** Both, held against each other at each step. */
class Pair {
  readonly trie = new TopicTrie<Key>();
  readonly twin = new TwinTrie();
  readonly leaving: Leaving[] = [];
  #keys: Key[] = Array.from({ length: 20 }, (_, number) => ({ name: `k${number}` }));

  do({ what, topic, key: number }: { what: string; topic: string; key: number }): void {
    const key = this.#keys[number]!;
    if (what === 'add') expect(this.trie.add(bytes(topic), key)).toBe(this.twin.add(topic, key));
    else if (what === 'remove') expect(this.trie.remove(bytes(topic), key)).toBe(this.twin.remove(topic, key));
    else if (what === 'addAll') this.#addAll(topic);
    else if (what === 'leave') this.#leave(number);
    else this.#forget(number);
    this.#compare(`${topic}ab`, number);
  }

  #addAll(topic: string): void {
    for (const key of this.#keys) expect(this.trie.add(bytes(topic), key)).toBe(this.twin.add(topic, key));
  }

  /** The peer comes again as another. */
  #leave(number: number): void {
    const key = this.#keys[number]!;
    const heard: [string, boolean][] = [];
    const forget = this.trie.removal(key, (topic, last) => heard.push([topic.toString('latin1'), last]));
    this.leaving.push({ key, forget, heard });
    this.#keys = this.#keys.with(number, { name: `${key.name}'` });
  }

  #forget(which: number): void {
    if (this.leaving.length === 0) return;
    const { key, forget, heard } = this.leaving[which % this.leaving.length]!;
    const [next] = this.twin.topicsOf.get(key) ?? [];
    expect(forget()).toBe(next !== undefined);
    if (next !== undefined) expect(heard.pop()).toEqual([next, this.twin.drop(next, key)]);
    expect(heard).toEqual([]);
  }

  #compare(text: string, number: number): void {
    const visited: string[] = [];
    this.trie.match(bytes(text), ({ name }) => visited.push(name));
    expect(visited).toEqual(this.twin.match(text));
    expect(this.trie.matches(bytes(text))).toBe(visited.length > 0);
    expect(this.trie.size).toBe(this.twin.counts.size);
    const key = this.#keys[number]!;
    expect(this.trie.sizeOf(key)).toBe(this.twin.topicsOf.get(key)?.size ?? 0);
  }

  finish(): void {
    for (const number of this.#keys.keys()) this.#leave(number);
    for (let which = 0; which < this.leaving.length; which++) {
      const { key } = this.leaving[which]!;
      for (let left = this.twin.topicsOf.get(key)?.size ?? 0; left >= 0; left--) this.#forget(which);
    }
    expect([this.trie.size, this.trie.matches(bytes(''))]).toEqual([0, false]);
  }
}

describe('TopicTrie and its twin', () => {
  it('answer alike, and visit in the same order, while peers leave by slices', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const pair = new Pair();
        for (const each of actions) pair.do(each);
        pair.finish();
      }),
      { numRuns: 150 },
    );
  });

  it('know all topics of one and two bytes apart', () => {
    const pair = new Pair();
    const letters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode((byte * 37) % 256));
    for (const letter of letters) pair.do({ what: 'add', topic: letter, key: 0 });
    for (const letter of letters) pair.do({ what: 'add', topic: `b${letter}`, key: 1 });
    for (const letter of letters) pair.do({ what: 'remove', topic: letter, key: 0 });
    for (const letter of letters.reverse()) pair.do({ what: 'remove', topic: `b${letter}`, key: 1 });
    pair.finish();
  });
});

describe('a trie of many topics', () => {
  const name = (index: number) => bytes(`topic/${(index * 7919) % 30_000}/${'x'.repeat(index % 90)}`);

  it('keeps them apart over many pages, and what leaves in slices does not disturb what comes', () => {
    const trie = new TopicTrie<string>();
    for (let index = 0; index < 30_000; index++) trie.add(name(index), index % 2 ? 'odd' : 'even');
    const forget = trie.removal('odd');
    for (let index = 0; forget(); index++) expect(trie.add(bytes(`new ${index}`), 'new')).toBe('first');
    expect([trie.size, trie.sizeOf('even'), trie.sizeOf('new')]).toEqual([30_000, 15_000, 15_000]);
    for (let index = 0; index < 30_000; index++) expect(trie.matches(name(index))).toBe(index % 2 === 0);
  });

  it('is no larger after many subscriptions and cancellations than after the first, and small after the last', () => {
    const trie = new TopicTrie<string>();
    let most = 0;
    for (let round = 0; round < 10; round++) {
      for (let index = 0; index < 5000; index++) trie.add(name(index * (round + 1)), 'k');
      most ||= trie.bytes;
      expect(trie.bytes).toBeLessThan(1.5 * most);
      for (let index = 0; index < 5000; index++) trie.remove(name(index * (round + 1)), 'k');
      expect(trie.sizeOf('k')).toBe(0);
      expect(trie.bytes).toBeLessThanOrEqual(256 * 1024);
    }
  });
});
