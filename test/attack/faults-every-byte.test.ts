// T1, T2: a reset, a peaceful end, a silence at every single byte of a conversation, in either direction, for every pattern:
// so in every state that the protocol has. Afterwards both sides find each other again, and nothing came twice or in pieces.

import { describe, expect, it } from 'vitest';
import type { MemoryStream } from '../support/memory-transport.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';
import { Duo, MemoryGround, PAIRINGS } from './duo.js';

failOnUnhandled();

/** Bytes of greeting and READY, and a little more. */
const HANDSHAKE = 110;

const faults: Record<string, (stream: MemoryStream) => void> = {
  'a reset': (stream) => stream.reset(),
  'an end': (stream) => stream.cutOff(),
  'a silence': (stream) => {
    stream.stall();
    stream.other.stall();
  },
};

type Direction = 'from who dialled' | 'from who bound';

async function converse(world: World, duo: Duo): Promise<void> {
  await duo.start();
  for (let round = 0; round < 4; round++) {
    await world.clock.advance(30);
    await duo.say(2);
  }
  await world.clock.advance(30);
}

/** The bytes of the conversation when nobody disturbs it. */
async function length(name: string, direction: Direction): Promise<number> {
  const world = new World();
  const ground = new MemoryGround(world);
  const duo = new Duo(ground, name);
  await converse(world, duo);
  const { link } = world.network;
  const bytes = (direction === 'from who dialled' ? link : link.other).arrived;
  duo.check(false);
  duo.end();
  await ground.strike();
  return bytes;
}

async function disturbed(name: string, direction: Direction, at: number, fault: (stream: MemoryStream) => void) {
  const world = new World();
  let sprung = false;
  world.network.onLink = (near, far) => {
    world.network.onLink = () => {};
    const stream = direction === 'from who dialled' ? near : far;
    stream.trap(at, () => {
      sprung = true;
      fault(stream);
    });
  };
  const ground = new MemoryGround(world);
  const duo = new Duo(ground, name);
  await converse(world, duo);
  await duo.recover();
  duo.check(true);
  expect(sprung).toBe(true);
  duo.end();
  await ground.strike();
}

/** The handshake byte by byte; a silence takes its time, and what follows is the same again and again. */
function stepAt(at: number, fault: string): number {
  if (fault === 'a silence') return at < HANDSHAKE ? 4 : 9;
  return at < HANDSHAKE ? 1 : 3;
}

describe.each(Object.keys(PAIRINGS))('%s', (name) => {
  describe.each<Direction>(['from who dialled', 'from who bound'])('%s', (direction) => {
    it.each(Object.entries(faults))('T1 T2 %s at every byte', async (fault, cause) => {
      const bytes = await length(name, direction);
      expect(bytes).toBeGreaterThan(90);
      for (let at = 0; at < bytes; at += stepAt(at, fault)) {
        await disturbed(name, direction, at, cause);
      }
    });
  });
});
