// The topic trie in blocks against its slow twin, Maps of topics: every answer, every visit and their order, while peers come,
// leave by one topic at a time, and others go on meanwhile.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTree } from '../../src/patterns/topic-tree.js';
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

/** A node with the prefix `a`, its children held against a Set, and every block that is taken counted. */
class WideNode {
  readonly tree = new TopicTree();
  readonly topics = new Set<string>();
  readonly #present: string[] = [];
  readonly #absent: string[];
  takes = 0;
  #frees = 0;

  /** `order`: in which the bytes are to come. */
  constructor(order: readonly number[]) {
    const { blocks } = this.tree;
    const take = blocks.take.bind(blocks);
    const free = blocks.free.bind(blocks);
    blocks.take = () => {
      this.takes++;
      return take();
    };
    blocks.free = (block) => {
      this.#frees++;
      free(block);
    };
    this.#absent = order.map((byte) => String.fromCharCode(byte)).reverse();
    this.make('a');
  }

  get taken(): number {
    return this.takes - this.#frees;
  }

  get width(): number {
    return this.#present.length;
  }

  make(topic: string): void {
    this.topics.add(topic);
    this.tree.make(bytes(topic));
  }

  remove(topic: string): void {
    this.topics.delete(topic);
    this.tree.remove(this.tree.find(bytes(topic)));
  }

  /** `from`: about where among the present ones those lie that go. */
  grow(width: number, from: number): void {
    while (this.width < width) this.#present.push(this.#absent.pop()!);
    for (const byte of this.#present) if (!this.topics.has(`a${byte}`)) this.make(`a${byte}`);
    while (this.width > width) {
      const [byte] = this.#present.splice(Math.floor(from * this.width), 1);
      this.remove(`a${byte}`);
      this.#absent.unshift(byte!);
    }
  }

  /** Makes nodes of children that were topics, and topics again: another takes the child's place each time. */
  deepen(): void {
    const children = [...this.#present];
    for (const byte of children) this.make(`a${byte}b`);
    this.compare();
    for (const byte of children) this.remove(`a${byte}b`);
  }

  compare(): void {
    const known = new Set<string>();
    for (let code = 0; code < 256; code++) {
      for (const topic of [`a${String.fromCharCode(code)}`, `a${String.fromCharCode(code)}b`]) {
        const found = this.tree.find(bytes(topic));
        if (found !== 0) known.add(this.tree.bytesOf(found).toString('latin1'));
        if (found !== 0 && !this.topics.has(topic)) known.add(`for ${topic}`);
      }
    }
    expect(known.add('a')).toEqual(this.topics);
  }

  /** A block for each topic, and for the node, and those that the children need: no block is lost, and none held for nothing. */
  compareBlocks(): void {
    const { width } = this;
    const others = this.taken - width - 1;
    if (width <= 8) expect(others).toBe(width === 0 ? 0 : 1);
    else if (width <= 12) expect(others).toBe(2);
    else if (width <= 16) expect([2, ...indexed(width)]).toContain(others);
    else expect(indexed(width)).toContain(others);
  }
}

/** How many blocks a node may have that has an index: itself, that, and one for each high half of a byte beyond the first 8. */
function indexed(width: number): number[] {
  const beyond = width - 8;
  const least = Math.ceil(beyond / 16);
  return Array.from({ length: Math.min(16, beyond) - least + 1 }, (_, more) => 2 + least + more);
}

describe('a node with up to 256 children', () => {
  /** The first and the last byte may come at any time; without this they would seldom be early, or just beyond the node's own eight. */
  const order = fc.oneof(
    fc.shuffledSubarray(
      Array.from({ length: 256 }, (_, byte) => byte),
      { minLength: 256 },
    ),
    fc
      .tuple(fc.constantFrom(1, 17, 255), fc.constantFrom(0, 10, 240, 246))
      .map(([step, first]) => Array.from({ length: 256 }, (_, at) => (first + at * step) % 256)),
  );
  const border = fc.constantFrom(...[0, 1, 2, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 24, 25, 128, 255, 256]);
  const change = fc.record({
    width: fc.oneof({ weight: 3, arbitrary: border }, { weight: 1, arbitrary: fc.nat({ max: 256 }) }),
    from: fc.oneof(fc.constantFrom(0, 0.999), fc.double({ min: 0, max: 0.999, noNaN: true })),
    deepen: fc.boolean(),
  });

  it('knows them apart while it grows and shrinks, and keeps no block that it does not need', () => {
    fc.assert(
      fc.property(order, fc.array(change, { maxLength: 10 }), (bytesInOrder, changes) => {
        const node = new WideNode(bytesInOrder);
        for (const { width, from, deepen } of [...changes, { width: 0, from: 0, deepen: false }]) {
          node.grow(width, from);
          if (deepen) node.deepen();
          node.compare();
          node.compareBlocks();
        }
        node.remove('a');
        expect([node.taken, node.tree.root]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the first byte and the last, when they are among the few that are left under the index', () => {
    const node = new WideNode(Array.from({ length: 256 }, (_, at) => (246 + at) % 256));
    node.grow(17, 0);
    node.grow(12, 0.999);
    node.compare();
    node.compareBlocks();
  });

  it('reads three blocks at most to follow a byte, and two among up to 16', () => {
    const node = new WideNode(Array.from({ length: 256 }, (_, at) => (at * 37) % 256));
    const { blocks } = node.tree;
    const wordsOf = blocks.wordsOf.bind(blocks);
    const read = new Set<number>();
    blocks.wordsOf = (block) => {
      read.add(block);
      return wordsOf(block);
    };
    for (let width = 1; width <= 256; width++) {
      node.grow(width, 0);
      let most = 0;
      for (let byte = 0; byte < 256; byte++) {
        read.clear();
        node.tree.below(node.tree.root, bytes(`a${String.fromCharCode(byte)}`), 1);
        most = Math.max(most, read.size);
      }
      expect(most).toBe(width <= 8 ? 1 : width <= 16 ? 2 : 3);
    }
  });

  it('does not make its index anew for a child that comes and goes', () => {
    const node = new WideNode(Array.from({ length: 256 }, (_, byte) => byte));
    node.grow(17, 0);
    const { taken, takes } = node;
    for (let round = 0; round < 100; round++) {
      node.grow(16, 0.999);
      node.grow(17, 0);
    }
    expect(node.taken).toBe(taken);
    // The topic, and no more than one block under the index.
    expect(node.takes - takes).toBeLessThanOrEqual(2 * 100);
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
