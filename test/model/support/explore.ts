// Runs random schedules of steps against a model and against the library, and compares after each step (fast-check commands).
//
// By default the seed is fixed and each model takes a few thousand schedules in all, so that every run of the tests is the
// same. ZMTP_RUNS says how many for each test, ZMTP_SEED where to begin (`random`: anywhere). A schedule that fails is shrunk
// and printed with the variables that replay it alone: ZMTP_SEED, ZMTP_PATH and ZMTP_REPLAY.

import fc from 'fast-check';
import { expect } from 'vitest';

const SEED = 20_250_728;
/** Milliseconds that a schedule may take before a long run counts as hung. */
const PATIENCE = 1000;

/** One kind of step with its arguments. */
export type Step<Model extends object, Real> = fc.AsyncCommand<Model, Real>;
export type AnyStep<Model extends object, Real> = fc.Arbitrary<Step<Model, Real>>;

/** Notes that a situation was reached: a model whose schedules never fill a queue proves nothing about full queues. */
export type Seen = (situation: string) => void;

export interface Exploration<Setup, Model extends object, Real> {
  /** Of the test, so that each has schedules of its own. */
  readonly name: string;
  /** Options and topology, chosen anew for each schedule. */
  readonly setup: fc.Arbitrary<Setup>;
  readonly steps: readonly AnyStep<Model, Real>[];
  /** Schedules, unless ZMTP_RUNS says otherwise. */
  readonly runs: number;
  /** Steps in the longest schedule. */
  readonly length?: number;
  /** Situations that must have been reached in the default run. */
  readonly reaches: readonly string[];
  start(setup: Setup, seen: Seen): Promise<{ model: Model; real: Real }>;
  /** What must be so in the end: nothing lost, nothing left. */
  finish(model: Model, real: Real): Promise<void>;
  /** Whatever happened, also a failure. */
  close(real: Real): void;
}

/**
 * A step that is taken when `when` allows it. `run` changes the model, does the same to the library, and compares.
 */
export function step<Model extends object, Real, Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (model: Model, real: Real, args: Args) => Promise<void> | void,
  when: (model: Model, args: Args) => boolean = () => true,
): AnyStep<Model, Real> {
  return args.map((value) => ({
    check: (model: Readonly<Model>) => when(model, value),
    run: async (model: Model, real: Real) => run(model, real, value),
    toString: () => `${name}(${value === undefined ? '' : fc.stringify(value)})`,
  }));
}

/**
 * Makes steps that concern one of the members who are there. Where nobody is, there are none.
 * @param compare after the step
 * @param pick which of them it is, by a number from 0 to 7
 */
export function stepsOfOne<
  Member extends { readonly state: string },
  Model extends { readonly all: readonly Member[] },
  Real,
>(
  compare: (model: Model, real: Real) => Promise<void>,
  pick = (able: readonly Member[], number: number, _model: Model): Member => able[number % able.length]!,
) {
  const here = (model: Model): Member[] => model.all.filter(({ state }) => state === 'here');
  return <T>(
    name: string,
    args: fc.Arbitrary<T>,
    act: (model: Model, real: Real, member: Member, args: T) => void,
  ): AnyStep<Model, Real> =>
    step(
      name,
      fc.tuple(fc.nat(7), args),
      async (model, real, [number, rest]) => {
        act(model, real, pick(here(model), number, model), rest);
        await compare(model, real);
      },
      (model) => here(model).length > 0,
    );
}

export const none: fc.Arbitrary<undefined> = fc.constant(undefined);

/** How often each kind of step was taken and each situation reached. */
export type Tally = ReadonlyMap<string, number>;

/** Throws with the shrunk schedule when the library and the model differ. */
export async function explore<Setup, Model extends object, Real>(
  exploration: Exploration<Setup, Model, Real>,
): Promise<Tally> {
  const { setup, steps, length = 40, reaches } = exploration;
  const tally = new Map<string, number>();
  const seen = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
  const commands = fc.commands(
    steps.map((one) => counted(one, () => seen('steps'))),
    { maxCommands: length, size: 'max', ...replayed() },
  );
  const property = fc.asyncProperty(setup, commands, async (chosen, schedule) => {
    const { model, real } = await exploration.start(chosen, seen);
    try {
      await fc.asyncModelRun(() => ({ model, real }), schedule);
      await exploration.finish(model, real);
      seen('schedules');
    } finally {
      exploration.close(real);
    }
  });
  const runs = runsOf(exploration.runs);
  const outcome = await fc.check(property, { numRuns: runs, ...start(exploration.name) });
  if (outcome.failed) throw new Error(report(outcome), { cause: outcome.errorInstance });
  if (runs >= exploration.runs && process.env.ZMTP_PATH === undefined) {
    expect(reaches.filter((situation) => !tally.has(situation))).toEqual([]);
  }
  if (process.env.ZMTP_TALLY !== undefined) console.log(Object.fromEntries(tally));
  return tally;
}

/** How long the test with so many schedules may take, in ms. */
export function patience(runs: number): number {
  return Math.max(60_000, runsOf(runs) * PATIENCE);
}

function runsOf(runs: number): number {
  return Number(process.env.ZMTP_RUNS ?? runs);
}

function start(name: string): { seed?: number; path?: string } {
  const { ZMTP_SEED: seed = String(SEED), ZMTP_PATH: path } = process.env;
  if (path !== undefined) return { seed: Number(seed), path };
  if (seed === 'random') return {};
  return { seed: [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, Number(seed) | 0) };
}

function replayed(): { replayPath?: string } {
  const { ZMTP_REPLAY: replayPath } = process.env;
  return replayPath === undefined ? {} : { replayPath };
}

function counted<Model extends object, Real>(one: AnyStep<Model, Real>, count: () => void): AnyStep<Model, Real> {
  return one.map((command) => ({
    ...command,
    run: (model: Model, real: Real) => {
      count();
      return command.run(model, real);
    },
  }));
}

/** What differed, the shortest schedule that shows it, and how to run that one alone. */
function report<T extends readonly unknown[]>(outcome: fc.RunDetails<T>): string {
  const { counterexample, counterexamplePath, seed, errorInstance } = outcome;
  const replay = /replayPath="([^"]*)"/.exec(String(counterexample?.[1]))?.[1] ?? '';
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const variables = `ZMTP_SEED=${seed} ZMTP_PATH=${counterexamplePath} ZMTP_REPLAY='${replay}'`;
  return `${why}\n${fc.defaultReportMessage(outcome)}\nReplay it with ${variables}`;
}
