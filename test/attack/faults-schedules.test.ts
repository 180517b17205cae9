// T2, T6: schedules of bad weather from seeds: streams that fill up at one byte, travel in pieces, stall and flow, break and
// end at random moments, and tell of everything late, early, twice or in another order. What each pattern promises holds
// throughout, and in fine weather afterwards messages pass again.

import { describe, expect, it } from 'vitest';
import { dice, oddTransport } from '../support/odd-transport.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';
import { Duo, MemoryGround, PAIRINGS } from './duo.js';

failOnUnhandled();

const SEEDS = 50;
const STEPS = 25;

type Roll = () => number;
const pick = <T>(roll: Roll, choices: readonly T[]): T => choices[Math.floor(roll() * choices.length)]!;

/** One step of weather. True when it broke a connection. */
async function step(world: World, duo: Duo, roll: Roll, mayBreak: boolean): Promise<boolean> {
  const link = world.network.links.at(-1);
  const end = roll() < 0.5 ? link : link?.other;
  const chance = roll();
  if (chance < 0.45) await duo.say(1 + Math.floor(roll() * 4));
  else if (chance < 0.6) await world.clock.advance(Math.floor(roll() * 30));
  else if (chance < 0.7) end?.stall();
  else if (chance < 0.85) end?.flow();
  else if (chance < 0.9 && end !== undefined) end.wire.pieces = [1 + Math.floor(roll() * 40)];
  else if (mayBreak && link !== undefined && !link.over) {
    pick(roll, [() => end?.reset(), () => end?.cutOff()])();
    return true;
  }
  return false;
}

async function play(name: string, seed: number, mayBreak: boolean): Promise<void> {
  const roll = dice(seed);
  const world = new World((inner) => oddTransport(inner, roll));
  Object.assign(world.network.wire, {
    capacity: pick(roll, [1, 7, 64, 1 << 20]),
    pieces: pick(roll, [[], [1], [1, 64], [3, 1, 90]]),
  });
  const ground = new MemoryGround(world);
  const duo = new Duo(ground, name);
  await duo.start();
  let broken = false;
  for (let i = 0; i < STEPS; i++) {
    broken = (await step(world, duo, roll, mayBreak)) || broken;
    for (let turn = 0; turn < 5; turn++) await world.clock.advance(1);
  }
  world.network.wire.pieces = [];
  for (const link of world.network.links) {
    for (const end of [link, link.other]) {
      end.wire.pieces = [];
      end.flow();
    }
  }
  await duo.recover();
  for (let i = 0; i < 300 && !duo.complete; i++) await world.clock.advance(20);
  // A stall that outlasted the heartbeat has broken the connection, too.
  duo.check(broken || world.network.links.length > 1);
  duo.end();
  await ground.strike();
}

describe.each(Object.keys(PAIRINGS))('%s', (name) => {
  it('T6 slow and in pieces, its callbacks out of order', async () => {
    for (let seed = 0; seed < SEEDS; seed++) await named(name, seed, () => play(name, seed, false));
  });

  it('T2 and breaking', async () => {
    for (let seed = SEEDS; seed < 2 * SEEDS; seed++) await named(name, seed, () => play(name, seed, true));
  });
});

/** A failure says how to see it again. */
async function named(name: string, seed: number, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    (error as Error).message = `${name}, seed ${seed}: ${(error as Error).message}`;
    throw error;
  }
}

it('the dice are the same for the same seed', () => {
  const first = dice(7);
  const again = dice(7);
  expect(Array.from({ length: 5 }, first)).toEqual(Array.from({ length: 5 }, again));
  expect(dice(8)()).not.toBe(dice(7)());
});
