// What an XPUB shows of its peers' subscriptions, in the order in which they came about, whoever's turn it is (libzmq: one queue).
// A program that keeps a set of topics, or a broker, would otherwise lose one that two peers share, or keep one for ever.

import { expect, it } from 'vitest';
import { XPublisher } from '../../src/index.js';
import { aliveBytes } from '../support/gc.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { World } from '../support/world.js';

type Word = [peer: 0 | 1 | 2, word: string];

/** Says the words one after the other, and returns what the XPUB shows, `+topic` and `-topic`. */
async function shown(words: readonly Word[], turns: number, type = 'SUB'): Promise<string[]> {
  const world = new World();
  const xpub = world.open(XPublisher);
  await xpub.bind('mem://a');
  const peers = [0, 1, 2].map(() => new MemoryPeer(world.network.dial('a')));
  for (const peer of peers) peer.introduce(type);
  await settle();
  const say = async ([at, word]: Word): Promise<void> => {
    const name = { '+': 'SUBSCRIBE', '-': 'CANCEL' }[word[0] as string];
    if (name === undefined) (peers[at] as MemoryPeer).say(word);
    else (peers[at] as MemoryPeer).write(wire.command(name, Buffer.from(word.slice(1))));
    await settle();
  };
  const read = (): string[] => {
    const read: string[] = [];
    for (let message = xpub.tryReceive(); message !== undefined; message = xpub.tryReceive()) {
      const [first = 0] = message[0] as Buffer;
      read.push(first > 1 ? `${message}` : `${'-+'[first]}${message.toString().slice(1)}`);
    }
    return read;
  };
  // Whose turn is next.
  for (let turn = 0; turn < turns; turn++) await say([(turn % 3) as 0 | 1 | 2, `+turn ${turn}`]);
  read();
  for (const word of words) await say(word);
  return read();
}

const ALL = [0, 1, 2, 3];

it.each(ALL)('one that another peer takes over is not cancelled behind it, at turn %i', async (turns) => {
  const words: Word[] = [
    [0, '+t'],
    [0, '-t'],
    [1, '+t'],
  ];
  expect(await shown(words, turns)).toEqual(['+t', '-t', '+t']);
});

it.each(ALL)('one that was another peer’s first is not cancelled before it is there, at turn %i', async (turns) => {
  const words: Word[] = [
    [0, '+a'],
    [0, '+t'],
    [1, '+t'],
    [0, '-t'],
    [1, '-t'],
    [2, '+u'],
  ];
  expect(await shown(words, turns)).toEqual(['+a', '+t', '-t', '+u']);
});

it.each(ALL)('messages of other peers have their turn in between, at turn %i', async (turns) => {
  const words: Word[] = [
    [0, '+t'],
    [1, 'hello'],
    [0, '-t'],
    [2, '+t'],
    [2, 'there'],
    [1, 'again'],
  ];
  const all = await shown(words, turns, 'XSUB');
  expect(all.filter((word) => /^[-+]/.test(word))).toEqual(['+t', '-t', '+t']);
  expect(all.filter((word) => /^[ha]/.test(word))).toEqual(['hello', 'again']);
  expect(all.indexOf('there')).toBeGreaterThan(all.lastIndexOf('+t'));
  expect(all.indexOf('hello')).toBeLessThan(3);
});

it('with conflate a peer that talks on and on makes nothing grow', async () => {
  class Conflating extends XPublisher {
    constructor(options?: object) {
      super(options);
      this.setBoolOption(54, true);
    }
  }
  const world = new World();
  const xpub = world.open(Conflating);
  await xpub.bind('mem://a');
  const peer = await world.peer('a', 'SUB');
  const words = Buffer.concat(Array<Buffer>(2000).fill(Buffer.concat([wire.subscribe('t'), wire.cancel('t')])));
  const say = async (): Promise<void> => {
    peer.write(words);
    await world.clock.advance(0);
  };
  await say();
  const before = aliveBytes();
  for (let i = 0; i < 100; i++) await say();
  expect(aliveBytes() - before).toBeLessThan(500_000);
  expect(xpub.tryReceive()?.map(String)).toEqual(['\0t']);
  expect(xpub.tryReceive()).toBeUndefined();
});
