// The scripts of scripts/: each documented behaviour on both libraries, equal but for the rules that the script names.

import { afterAll, describe, expect, it } from 'vitest';
import { RULES } from './rules.js';
import { Pair } from './run.js';
import { behaviours } from './scripts/all.js';

const pair = new Pair();
afterAll(() => pair.stop());

/** Quick at first; more slowly where the machine was busy. */
const PATIENCE = [1, 3, 8];

describe('behaves as zeromq.js', () => {
  it.for(behaviours)('$name', { concurrent: true }, async ({ script, rules = [] }, { expect }) => {
    for (const patience of PATIENCE) {
      const [comparison, show] = await pair.compare(script, patience);
      const used = [...comparison.rules].sort();
      const fits = comparison.differs === undefined && used.join() === [...rules].sort().join();
      if (!fits && patience !== PATIENCE.at(-1)) continue;
      expect(comparison.differs, show()).toBeUndefined();
      expect(used).toEqual([...rules].sort());
      return;
    }
  });
});

describe('the scripts', () => {
  it('have names of their own', () => {
    expect(new Set(behaviours.map(({ name }) => name)).size).toBe(behaviours.length);
    expect(behaviours.length).toBeGreaterThanOrEqual(120);
  });

  it('need every rule', () => {
    const needed = new Set(behaviours.flatMap(({ rules = [] }) => rules));
    expect(RULES.map(({ name }) => name).filter((name) => !needed.has(name))).toEqual([]);
  });
});
