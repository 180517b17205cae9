// Runs many generated scripts on both libraries, several side by side, and reports what differs. A difference counts when
// it is there again in a second and third look, alone and with more patience: a slow machine makes no difference, and what
// no second look confirms is counted, not hidden.

import fc from 'fast-check';
import { type Comparison, compare, picture } from './compare.js';
import { scripts } from './generate.js';
import { Dead, Runner } from './processes.js';
import type { Script } from './script.js';

export interface Summary {
  readonly sequences: number;
  readonly steps: number;
  /** zeromq.js ended or froze its process: nothing to compare with. */
  readonly noVerdict: number;
  /** Differences that did not come again. */
  readonly passing: number;
  /** How many scripts needed each rule. */
  readonly rules: Readonly<Record<string, number>>;
  /** How many scripts showed a difference that no rule explains. */
  readonly found: number;
  /** The first of them, made small, as pictures. */
  readonly differences: readonly string[];
}

/** Scripts under way at a time. */
const LANES = 6;
/** Of the second and third look; the third is in new processes, in which no other script has left anything. */
const PATIENCE = [3, 6];
/** Differences that are made smaller, which takes a while. */
const SHOWN_MAX = 5;

export class Pair {
  readonly #zeromq = new Runner('zeromq');
  readonly #ours = new Runner('ours');
  /** Second looks are taken alone. */
  #alone: Promise<void> = Promise.resolve();
  readonly rules: Record<string, number> = {};
  steps = 0;
  noVerdict = 0;
  passing = 0;

  /** The picture of a difference, when there is one at every look. */
  async check(script: Script): Promise<string | undefined> {
    this.steps += script.length;
    try {
      let found = await this.look(script, 1);
      if (found === undefined) return undefined;
      for (const patience of PATIENCE) found &&= await this.#lookAlone(script, patience);
      if (found === undefined) this.passing++;
      return found;
    } catch (error) {
      if (!(error instanceof Dead) || error.library !== 'zeromq') throw error;
      this.noVerdict++;
      return undefined;
    }
  }

  #lookAlone(script: Script, patience: number): Promise<string | undefined> {
    const look = this.#alone.then(() => this.look(script, patience, patience === PATIENCE.at(-1)));
    this.#alone = look.then(
      () => {},
      () => {},
    );
    return look;
  }

  /** Once; the picture of the difference, if there is one. */
  async look(script: Script, patience: number, fresh = false): Promise<string | undefined> {
    const [comparison, show] = await this.compare(script, patience, fresh);
    for (const name of comparison.rules) this.rules[name] = (this.rules[name] ?? 0) + 1;
    return comparison.differs === undefined ? undefined : show();
  }

  async compare(script: Script, patience: number, fresh = false): Promise<[Comparison, () => string]> {
    const [theirs, ours] = await Promise.all([
      this.#zeromq.run(script, patience, fresh),
      this.#ours.run(script, patience, fresh),
    ]);
    const comparison = compare(script, theirs, ours);
    return [comparison, () => picture(script, theirs, ours, comparison.differs ?? script.length - 1)];
  }

  stop(): void {
    this.#zeromq.stop();
    this.#ours.stop();
  }
}

/** Generates so many scripts from the seed, and runs them all; the first few that differ are made smaller and shown. */
export async function runGenerated(sequences: number, seed: number): Promise<Summary> {
  const pair = new Pair();
  const left = fc.sample(scripts, { seed, numRuns: sequences }).entries();
  const found: Finding[] = [];
  const lane = async (): Promise<void> => {
    for (const [index, script] of left) {
      const shown = await pair.check(script);
      if (shown !== undefined) found.push({ index, script, shown });
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    const differences: string[] = [];
    for (const finding of found.slice(0, SHOWN_MAX)) {
      differences.push(`Script ${finding.index} of seed ${seed}:\n${await smallest(pair, finding)}`);
    }
    const { noVerdict, passing, rules, steps } = pair;
    return { sequences, steps, noVerdict, passing, rules, found: found.length, differences };
  } finally {
    pair.stop();
  }
}

interface Finding {
  readonly index: number;
  readonly script: Script;
  readonly shown: string;
}

/** Leaves steps out for as long as a difference is left; ever fewer at a time. */
async function smallest(pair: Pair, { script, shown }: Finding): Promise<string> {
  let best = { script, shown };
  for (let size = Math.ceil(script.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = best.script.length - size; from >= 0; from -= size) {
      const shorter = best.script.filter((_, index) => index < from || index >= from + size);
      const still = await pair.look(shorter, 2);
      if (still !== undefined) best = { script: shorter, shown: still };
    }
  }
  return best.shown;
}
