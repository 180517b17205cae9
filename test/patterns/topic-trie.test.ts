// The prefix tree of subscriptions, against a plain list of them; and topics long enough to break a recursive tree.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTrie } from '../../src/patterns/topic-trie.js';

/** Few letters, so that topics share prefixes, split nodes and join them again. */
const topic = fc.oneof(
  fc.array(fc.constantFrom('a', 'b', '\x00', '\xff'), { maxLength: 6 }).map((letters) => letters.join('')),
  fc.constantFrom('', 'aaaaaaaaaa', 'aaaaaaaaab'),
);
const key = fc.constantFrom('k1', 'k2', 'k3');
const action = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('add' as const), topic, key) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('remove' as const), topic, key) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('removeKey' as const), topic, key) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('match' as const), topic, key) },
);

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Every subscription as often as it was made. */
class NaiveTopics {
  list: [string, string][] = [];

  count(wanted: string, by?: string): number {
    return this.list.filter(([topic, key]) => topic === wanted && (by === undefined || key === by)).length;
  }

  add(topic: string, key: string): string {
    const result = this.count(topic) === 0 ? 'first' : this.count(topic, key) === 0 ? 'joined' : 'again';
    this.list.push([topic, key]);
    return result;
  }

  remove(topic: string, key: string): string {
    const at = this.list.findIndex(([t, k]) => t === topic && k === key);
    if (at < 0) return 'absent';
    this.list.splice(at, 1);
    if (this.count(topic, key) > 0) return 'kept';
    return this.count(topic) > 0 ? 'left' : 'last';
  }

  removeKey(key: string): string[] {
    const topics = this.topicsOf(key);
    this.list = this.list.filter(([, k]) => k !== key);
    return topics.map((topic) => `${topic} ${this.count(topic) === 0}`).sort();
  }

  topicsOf(key: string): string[] {
    return [...new Set(this.list.filter(([, k]) => k === key).map(([topic]) => topic))];
  }

  match(text: string): string[] {
    return [...new Set(this.list.filter(([topic]) => text.startsWith(topic)).map(([, key]) => key))].sort();
  }
}

function matched(trie: TopicTrie<string>, text: string): string[] {
  const keys = new Set<string>();
  trie.match(bytes(text), (key) => keys.add(key));
  return [...keys].sort();
}

function removedKey(trie: TopicTrie<string>, key: string): string[] {
  const topics: string[] = [];
  const forget = trie.removal(key, (topic, last) => topics.push(`${topic.toString('latin1')} ${last}`));
  while (forget());
  return topics.sort();
}

describe('TopicTrie', () => {
  it('answers as a list of all subscriptions would', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const trie = new TopicTrie<string>();
        const naive = new NaiveTopics();
        for (const [what, topic, key] of actions) {
          if (what === 'add') expect(trie.add(bytes(topic), key)).toBe(naive.add(topic, key));
          else if (what === 'remove') expect(trie.remove(bytes(topic), key)).toBe(naive.remove(topic, key));
          else if (what === 'removeKey') expect(removedKey(trie, key)).toEqual(naive.removeKey(key));
          const text = `${topic}ab`;
          expect(matched(trie, text)).toEqual(naive.match(text));
          expect(trie.matches(bytes(text))).toBe(naive.match(text).length > 0);
          expect(trie.sizeOf(key)).toBe(naive.topicsOf(key).length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('S1 the empty topic matches everything, the empty message too', () => {
    const trie = new TopicTrie<string>();
    trie.add(bytes(''), 'k');
    expect([matched(trie, ''), matched(trie, 'x')]).toEqual([['k'], ['k']]);
    expect(trie.remove(bytes(''), 'k')).toBe('last');
    expect(trie.matches(bytes(''))).toBe(false);
  });

  it.each([
    65_536,
    16 * 1024 * 1024,
  ])('S2 a topic of %i bytes is added, matched and removed without recursion', (size) => {
    const trie = new TopicTrie<string>();
    const long = Buffer.alloc(size, 'x');
    trie.add(long, 'k');
    trie.add(long.subarray(0, size / 2), 'half');
    expect(matched(trie, long.toString('latin1'))).toEqual(['half', 'k']);
    expect(trie.remove(long, 'k')).toBe('last');
    expect(trie.remove(long.subarray(0, size / 2), 'half')).toBe('last');
  });

  it('S2 ten thousand nested topics are walked without recursion', () => {
    const trie = new TopicTrie<string>();
    const long = Buffer.alloc(10_000, 'x');
    for (let i = 0; i <= long.length; i++) trie.add(long.subarray(0, i), `k${i}`);
    expect(matched(trie, long.toString('latin1'))).toHaveLength(10_001);
    for (let i = long.length; i >= 0; i--) expect(trie.remove(long.subarray(0, i), `k${i}`)).toBe('last');
    expect(trie.matches(long)).toBe(false);
  });

  it('S3 a topic that nobody has is not there to be removed', () => {
    const trie = new TopicTrie<string>();
    trie.add(bytes('abc'), 'k');
    for (const unknown of ['', 'a', 'ab', 'abcd', 'x']) expect(trie.remove(bytes(unknown), 'k')).toBe('absent');
    expect(trie.remove(bytes('abc'), 'other')).toBe('absent');
  });

  it('S4 a topic taken twice is given back twice', () => {
    const trie = new TopicTrie<string>();
    expect([trie.add(bytes('t'), 'k'), trie.add(bytes('t'), 'k')]).toEqual(['first', 'again']);
    expect([trie.remove(bytes('t'), 'k'), trie.matches(bytes('t'))]).toEqual(['kept', true]);
    expect([trie.remove(bytes('t'), 'k'), trie.matches(bytes('t'))]).toEqual(['last', false]);
    expect(trie.remove(bytes('t'), 'k')).toBe('absent');
  });

  it('S5 a hundred thousand topics of one key leave at once', () => {
    const trie = new TopicTrie<string>();
    for (let i = 0; i < 100_000; i++) trie.add(bytes(`topic ${i}`), 'k');
    expect(trie.sizeOf('k')).toBe(100_000);
    expect(removedKey(trie, 'k')).toHaveLength(100_000);
    expect([trie.sizeOf('k'), trie.matches(bytes('topic 1'))]).toEqual([0, false]);
  });

  it('S10 bytes that are no text are told apart', () => {
    const trie = new TopicTrie<string>();
    trie.add(Buffer.of(0xff, 0xfe), 'k');
    expect(trie.matches(Buffer.of(0xff, 0xfd))).toBe(false);
    expect(trie.matches(Buffer.of(0xff, 0xfe, 0))).toBe(true);
  });
});
