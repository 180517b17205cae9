// What becomes of the topics of a subscriber that leaves: they are forgotten some in each turn of the event loop, so that a
// million of them do not stop it, and XPUB's application is told of them as it reads, not past its high-water mark.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { XPublisher } from '../../src/index.js';
import { PubPattern } from '../../src/patterns/pub.js';
import { SLICE, XpubPattern } from '../../src/patterns/xpub.js';
import { Bench, type Peer } from '../support/pipes.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { World } from '../support/world.js';

function subscribe(bench: Bench, { pipe }: Peer, topic: string, add = true): void {
  bench.pattern.subscription(pipe, Buffer.from(topic), add);
}

/** The messages that the peer was sent since the last look. */
const sent = ({ outlet }: Peer): string[] => outlet.take().filter((line) => line !== 'resume');

/** Counts how often the pattern asked for a turn. */
function turnsOf(bench: Bench): { asked: number } {
  const turns = { asked: 0 };
  bench.pattern.onWork = () => turns.asked++;
  return turns;
}

describe('a subscriber that leaves', () => {
  it('is forgotten by slices, and gets nothing meanwhile', () => {
    const bench = new Bench(PubPattern);
    const turns = turnsOf(bench);
    const [one, two] = [bench.peer(), bench.peer()];
    for (let i = 0; i < 2.5 * SLICE; i++) subscribe(bench, one, `t${i}`);
    subscribe(bench, two, 't2');
    bench.lose(one.pipe);
    expect([bench.pattern.topicCount, turns.asked]).toEqual([1.5 * SLICE + 1, 1]);
    bench.send('t2400 to nobody that is here');
    expect([sent(one), sent(two)]).toEqual([[], ['t2400 to nobody that is here']]);
    expect([bench.pattern.work(), bench.pattern.topicCount]).toEqual([true, 0.5 * SLICE + 1]);
    expect([bench.pattern.work(), bench.pattern.topicCount]).toEqual([false, 1]);
    expect([bench.pattern.work(), turns.asked]).toEqual([false, 1]);
  });

  it('with long topics is forgotten by fewer of them', () => {
    const bench = new Bench(XpubPattern, { receiveHighWaterMark: 0 });
    const peer = bench.peer();
    for (let i = 0; i < 100; i++) subscribe(bench, peer, `${i}${'x'.repeat(25_600)}`);
    bench.receiveAll();
    bench.lose(peer.pipe);
    const first = bench.receiveAll().length;
    expect(first).toBeGreaterThan(5);
    expect(first).toBeLessThan(15);
    while (bench.pattern.work());
    expect(bench.receiveAll().length).toBe(100 - first);
  });

  it('is told of as far as the mark, and further as the application reads', () => {
    const bench = new Bench(XpubPattern, { receiveHighWaterMark: 10 });
    const turns = turnsOf(bench);
    const peer = bench.peer();
    const topics = Array.from({ length: 25 }, (_, i) => `t${i}`);
    for (const topic of topics) subscribe(bench, peer, topic);
    bench.receiveAll();
    bench.lose(peer.pipe);
    expect([bench.pattern.topicCount, turns.asked]).toEqual([15, 0]);
    expect(bench.pattern.work()).toBe(false);
    const told: string[] = [];
    for (const count of [10, 10, 5, 0]) {
      const batch = bench.receiveAll();
      expect(batch).toHaveLength(count);
      told.push(...batch);
      bench.pattern.work();
    }
    expect(told.sort()).toEqual(topics.map((topic) => `\x00${topic}`).sort());
    expect(turns.asked).toBeGreaterThan(0);
    expect(bench.pattern.topicCount).toBe(0);
  });

  it('and comes again at once is another one', () => {
    const bench = new Bench(XpubPattern, { receiveHighWaterMark: 2 });
    const peer = bench.peer();
    for (const topic of ['a', 'b', 'c', 'd']) subscribe(bench, peer, topic);
    bench.receiveAll();
    peer.pipe.shut();
    bench.connect(peer.pipe, peer.outlet);
    subscribe(bench, peer, 'd');
    const heard: string[] = [];
    do heard.push(...bench.receiveAll());
    while (bench.pattern.work() || bench.pattern.readable);
    // d was never without a subscriber.
    expect(heard).toEqual(['\x00a', '\x00b', '\x00c']);
    for (const line of ['a', 'c', 'd']) bench.send(line);
    expect(sent(peer)).toEqual(['d']);
    subscribe(bench, peer, 'd', false);
    expect(bench.receiveAll()).toEqual(['\x00d']);
  });

  it('what the application was told adds up to what the peers that are here have, whoever came and went', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('say' as const), who: fc.nat(2), topic: fc.nat(5), add: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('work' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, receiveHighWaterMark) => {
        const bench = new Bench(XpubPattern, { receiveHighWaterMark });
        const peers = [bench.peer(), bench.peer(), bench.peer()];
        const wanted = peers.map(() => new Set<string>());
        // Words about one topic alternate, whoever speaks: a program may keep a set.
        const shown = new Map<string, number>();
        const read = (): boolean => {
          const line = bench.receive();
          if (line === undefined) return false;
          const topic = line.slice(1);
          const count = (shown.get(topic) ?? 0) + (line[0] === '\x01' ? 1 : -1);
          expect([0, 1]).toContain(count);
          shown.set(topic, count);
          return true;
        };
        for (const taken of steps) {
          if (taken.do === 'read') read();
          else if (taken.do === 'work') bench.pattern.work();
          else if (taken.do === 'leave') {
            bench.lose(peers[taken.who]!.pipe);
            peers[taken.who] = bench.peer();
            wanted[taken.who]!.clear();
          } else {
            const topic = 'abcdef'[taken.topic]!;
            const mine = wanted[taken.who]!;
            // As peers do: each topic once.
            if (mine.has(topic) === taken.add) continue;
            if (taken.add) mine.add(topic);
            else mine.delete(topic);
            subscribe(bench, peers[taken.who]!, topic, taken.add);
          }
          for (const topic of 'abcdef') {
            bench.send(topic);
            expect(peers.map(sent)).toEqual(wanted.map((topics) => (topics.has(topic) ? [topic] : [])));
          }
        }
        do while (read());
        while (bench.pattern.work() || bench.pattern.readable);
        const here = new Set(wanted.flatMap((topics) => [...topics]));
        for (const topic of 'abcdef') expect(shown.get(topic) ?? 0).toBe(here.has(topic) ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});

it('the application hears of every topic of a peer that is gone, in as many turns as it takes', async () => {
  const world = new World();
  const publisher = world.open(XPublisher, { receiveHighWaterMark: 100 });
  await publisher.bind('mem://a');
  const peer = await world.peer('a', 'SUB');
  const count = 3500;
  const open = new Set<string>();
  const hear = async (): Promise<void> => {
    const [body] = await publisher.receive();
    const topic = body!.toString('latin1', 1);
    if (body![0] === 1) open.add(topic);
    else expect(open.delete(topic)).toBe(true);
  };
  peer.write(...Array.from({ length: count }, (_, i) => wire.subscribe(`${i}`)));
  for (let i = 0; i < count; i++) await hear();
  peer.stream.destroy();
  await settle();
  for (let i = 0; i < count; i++) await hear();
  await settle();
  expect([open.size, publisher.readable]).toEqual([0, false]);
});
