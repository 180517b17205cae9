// The work of the fuzzer: make inputs, new ones and changed ones, judge each, keep what did something new, report what broke an
// invariant. Given a seed and a number of inputs it does the same each time.

import { Corpus } from './corpus.js';
import type { Library } from './delivery.js';
import { Finding } from './finding.js';
import { goodPeer } from './good-peer.js';
import { Grammar } from './grammar.js';
import type { Guide } from './guide.js';
import type { Input } from './input.js';
import { judge, type Outcome } from './judge.js';
import { Laboratory } from './laboratory.js';
import { minimized } from './minimize.js';
import { Mutator } from './mutate.js';
import { Random } from './random.js';
import type { Target } from './targets.js';

export interface Limits {
  readonly seed: number;
  /** Inputs to try at most, and the milliseconds that it may take. */
  readonly inputs: number;
  readonly time: number;
  readonly targets: readonly Target[];
  /** Different findings after which it is enough. */
  readonly findings: number;
}

export interface Found {
  readonly finding: Finding;
  readonly input: Input;
}

export interface Progress {
  inputs: number;
  bytes: number;
  deliveries: number;
  /** Inputs that ended in a fault of the peer. */
  faults: number;
  /** Well-behaved peers that got through afterwards. */
  goodPeers: number;
  /** The most steps for a byte that a batch has taken. */
  steps: number;
  readonly byTarget: Map<string, number>;
  readonly found: Found[];
  readonly corpus: Corpus;
}

/** Inputs between two looks at the counters: a look costs as much as 30 inputs. */
const BATCH = 512;
/** Weight of targets that fill a batch; the costly ones come in small ones. */
const FULL_BATCH = 20;
/** Steps that may be taken for a byte and for a delivery: several times the most that has been seen. */
const STEPS_PER_BYTE = 60;
const STEPS_PER_DELIVERY = 2000;
/** Calls shown with a finding. */
const STACK = 20;
/** One fault in so many is followed by a well-behaved peer. */
const GOOD_PEER_EVERY = 16;

export class Campaign {
  readonly progress: Progress;
  readonly #library: Library;
  readonly #limits: Limits;
  readonly #guide: Guide | undefined;
  readonly #random: Random;
  readonly #grammar: Grammar;
  readonly #mutator: Mutator;
  readonly #laboratory = new Laboratory();
  readonly #kinds = new Set<string>();

  /** @param guide without one, only outcomes make an input interesting, and steps are not counted */
  constructor(library: Library, limits: Limits, guide?: Guide) {
    this.#library = library;
    this.#limits = limits;
    this.#guide = guide;
    this.#random = new Random(limits.seed);
    this.#grammar = new Grammar(this.#random);
    this.#mutator = new Mutator(this.#random, this.#grammar);
    const none = { inputs: 0, bytes: 0, deliveries: 0, faults: 0, goodPeers: 0, steps: 0 };
    this.progress = { ...none, byTarget: new Map(), found: [], corpus: new Corpus(this.#random) };
  }

  /** @param tell called after each batch */
  run(tell: (progress: Progress) => void = () => {}): Progress {
    const { inputs, time, findings } = this.#limits;
    const end = performance.now() + time;
    const { stackTraceLimit } = Error;
    // A stack for each fault of a peer would take most of the time.
    Error.stackTraceLimit = 0;
    try {
      this.#laboratory.during(() => {
        this.#guide?.take();
        while (this.progress.inputs < inputs && performance.now() < end && this.progress.found.length < findings) {
          this.#batch(inputs - this.progress.inputs);
          tell(this.progress);
        }
      });
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    return this.progress;
  }

  #batch(most: number): void {
    const target = this.#nextTarget();
    const size = Math.min(most, Math.ceil(BATCH * Math.min(1, target.weight / FULL_BATCH)));
    const batch: Input[] = [];
    let [bytes, deliveries] = [0, 0];
    while (batch.length < size && this.progress.found.length < this.#limits.findings) {
      const input = this.#nextInput(target);
      batch.push(input);
      const outcome = this.#try(input);
      bytes += outcome?.bytes ?? 0;
      deliveries += outcome?.deliveries ?? 0;
    }
    const { progress } = this;
    progress.inputs += batch.length;
    progress.bytes += bytes;
    progress.deliveries += deliveries;
    progress.byTarget.set(target.name, (progress.byTarget.get(target.name) ?? 0) + batch.length);
    if (this.#guide !== undefined) this.#learn(this.#guide, batch, bytes, deliveries);
  }

  /** The one that is furthest behind its share. */
  #nextTarget(): Target {
    const { targets } = this.#limits;
    const done = (target: Target): number => (this.progress.byTarget.get(target.name) ?? 0) / target.weight;
    return targets.reduce((last, target) => (done(target) < done(last) ? target : last));
  }

  #nextInput(target: Target): Input {
    const { corpus } = this.progress;
    const kept = this.#random.once(3) ? undefined : corpus.pick(target.name);
    if (kept === undefined) return this.#grammar.input(target);
    return this.#mutator.mutated(kept, corpus.pick(target.name)!);
  }

  #try(input: Input): Outcome | undefined {
    try {
      const outcome = judge(this.#library, input, this.#laboratory);
      this.progress.corpus.offer(input, outcome.signature);
      if (outcome.faulty && ++this.progress.faults % GOOD_PEER_EVERY === 0) {
        goodPeer(this.#library, input, this.#laboratory);
        this.progress.goodPeers++;
      }
      return outcome;
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      this.#found(input, error);
      return undefined;
    }
  }

  #learn(guide: Guide, batch: readonly Input[], bytes: number, deliveries: number): void {
    const sample = guide.take();
    const allowed = STEPS_PER_BYTE * bytes + STEPS_PER_DELIVERY * deliveries;
    this.progress.steps = Math.max(this.progress.steps, sample.steps / Math.max(bytes, 1));
    if (sample.steps > allowed) this.#blame(guide, batch);
    const fresh = this.progress.corpus.discover(sample.places);
    if (fresh.size > 0) this.#attribute(guide, batch, fresh);
  }

  /** Keeps the inputs of the batch that reached the new places, each place by one input. */
  #attribute(guide: Guide, batch: readonly Input[], fresh: ReadonlySet<string>): void {
    const [only] = batch;
    if (batch.length <= 1) {
      if (only !== undefined) this.progress.corpus.add(only);
      return;
    }
    const half = batch.slice(0, batch.length >> 1);
    const { places } = this.#again(guide, half);
    const early = new Set([...fresh].filter((place) => places.has(place)));
    const late = new Set([...fresh].filter((place) => !places.has(place)));
    if (early.size > 0) this.#attribute(guide, half, early);
    if (late.size > 0) this.#attribute(guide, batch.slice(half.length), late);
  }

  #blame(guide: Guide, batch: readonly Input[]): void {
    const worst = batch.find((input) => this.#overworks(guide, input));
    if (worst !== undefined) this.#found(worst, new Finding('work', 'more steps than the bytes account for'), guide);
  }

  #overworks(guide: Guide, input: Input): boolean {
    let outcome: Outcome | undefined;
    const { steps } = this.#again(guide, [input], (result) => {
      outcome = result;
    });
    return outcome !== undefined && steps > STEPS_PER_BYTE * outcome.bytes + STEPS_PER_DELIVERY * outcome.deliveries;
  }

  #again(
    guide: Guide,
    inputs: readonly Input[],
    each: (outcome: Outcome) => void = () => {},
  ): ReturnType<Guide['take']> {
    guide.take();
    for (const input of inputs) {
      try {
        each(judge(this.#library, input, this.#laboratory));
      } catch (error) {
        if (!(error instanceof Finding)) throw error;
      }
    }
    return guide.take();
  }

  /** One finding of each sort is enough, as small as it can be made. */
  #found(input: Input, finding: Finding, guide?: Guide): void {
    const sort = finding.message.replace(/\d+/g, '#');
    if (this.#kinds.has(sort)) return;
    this.#kinds.add(sort);
    const fails = (candidate: Input): boolean =>
      finding.kind === 'work' && guide !== undefined
        ? this.#overworks(guide, candidate)
        : this.#findingOf(candidate)?.kind === finding.kind;
    const small = minimized(input, fails);
    Error.stackTraceLimit = STACK;
    this.progress.found.push({ finding: this.#findingOf(small) ?? finding, input: small });
    Error.stackTraceLimit = 0;
  }

  #findingOf(input: Input): Finding | undefined {
    try {
      judge(this.#library, input, this.#laboratory);
      goodPeer(this.#library, input, this.#laboratory);
      return undefined;
    } catch (error) {
      if (error instanceof Finding) return error;
      throw error;
    }
  }
}

/** Every invariant, once. @throws Finding */
export function replay(library: Library, input: Input): Outcome {
  const laboratory = new Laboratory();
  return laboratory.during(() => {
    const outcome = judge(library, input, laboratory);
    goodPeer(library, input, laboratory);
    return outcome;
  });
}
