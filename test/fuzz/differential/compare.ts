// Gives the same bytes to a live listener of libzmq and to one of ours, in batches, and compares what can be seen. Used by `npm run fuzz --
// --differential` and by its test.

import { constants } from 'node:buffer';
import * as wire from '../../support/wire.js';
import { Corpus } from '../corpus.js';
import { deliver } from '../delivery.js';
import { Grammar } from '../grammar.js';
import { type Input, knownSize } from '../input.js';
import { judge } from '../judge.js';
import { Laboratory } from '../laboratory.js';
import { Mutator } from '../mutate.js';
import * as oursInMemory from '../ours.js';
import { Random } from '../random.js';
import { targetNamed } from '../targets.js';
import { type Conversation, RemoteLibrary } from './library.js';
import { rulesFor, same, type Verdicts } from './rules.js';

/** libzmq reads 8 KiB at a time; more would be dealt with over several turns. */
const BYTES_MAX = 7000;
const BATCH = 48;
/** A socket that may send has to be told what to ask; REQ is compared by the scripts of test/differential. */
const LEFT_OUT = ['REQ'];
const PROBE = wire.ping(0, 'probe');

export interface Comparison {
  inputs: number;
  same: number;
  /** Inputs by the rule that covers their difference. */
  readonly byRule: Map<string, number>;
  /** Differences that no rule covers. */
  readonly uncovered: Verdicts[];
  /** Differences that a second look, alone, did not show. */
  unsteady: number;
}

export class Differential {
  readonly comparison: Comparison = { inputs: 0, same: 0, byRule: new Map(), uncovered: [], unsteady: 0 };
  readonly #random: Random;
  readonly #grammar: Grammar;
  readonly #mutator: Mutator;
  readonly #corpus: Corpus;
  readonly #laboratory = new Laboratory();
  #libraries: { readonly ours: RemoteLibrary; readonly theirs: RemoteLibrary } | undefined;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#grammar = new Grammar(this.#random);
    this.#mutator = new Mutator(this.#random, this.#grammar);
    this.#corpus = new Corpus(this.#random);
  }

  /** @param tell called after each batch */
  async run(inputs: number, time: number, tell: (comparison: Comparison) => void = () => {}): Promise<Comparison> {
    const end = performance.now() + time;
    const [ours, theirs] = await Promise.all([RemoteLibrary.start('ours'), RemoteLibrary.start('zeromq')]);
    this.#libraries = { ours, theirs };
    try {
      while (this.comparison.inputs < inputs && performance.now() < end) {
        await this.#batch(Math.min(BATCH, inputs - this.comparison.inputs));
        tell(this.comparison);
      }
    } finally {
      ours.stop();
      theirs.stop();
    }
    return this.comparison;
  }

  /** Both verdicts on one input, alone. */
  async look(inputs: readonly Input[]): Promise<Verdicts[]> {
    const { ours, theirs } = this.#libraries!;
    const conversations = inputs.map(conversationOf);
    const [seenOfOurs, seenOfTheirs] = await Promise.all([
      ours.converse(conversations),
      theirs.converse(conversations),
    ]);
    return inputs.map((input, i) => ({
      input,
      trace: deliver(oursInMemory, input, 'whole', this.#laboratory),
      ours: seenOfOurs[i]!,
      theirs: seenOfTheirs[i]!,
    }));
  }

  async #batch(size: number): Promise<void> {
    const inputs = Array.from({ length: size }, () => this.#nextInput());
    const { comparison } = this;
    for (const verdicts of await this.look(inputs)) {
      comparison.inputs++;
      if (same(verdicts.ours, verdicts.theirs)) comparison.same++;
      else await this.#differs(verdicts);
    }
  }

  async #differs(verdicts: Verdicts): Promise<void> {
    const { comparison } = this;
    const titles = rulesFor(verdicts);
    for (const title of titles ?? []) comparison.byRule.set(title, (comparison.byRule.get(title) ?? 0) + 1);
    if (titles !== undefined) return;
    const [again] = await this.look([verdicts.input]);
    if (same(again!.ours, again!.theirs) || rulesFor(again!) !== undefined) comparison.unsteady++;
    else comparison.uncovered.push(again!);
  }

  #nextInput(): Input {
    for (;;) {
      const input = this.#candidate();
      if (LEFT_OUT.includes(input.socketType) || knownSize(input) > BYTES_MAX) continue;
      this.#corpus.offer(input, judge(oursInMemory, input, this.#laboratory).signature);
      return input;
    }
  }

  #candidate(): Input {
    const kept = this.#random.once(2) ? undefined : this.#corpus.pick('null');
    const other = this.#corpus.pick('null');
    const made = kept === undefined ? this.#grammar.input(targetNamed('null')) : this.#mutator.mutated(kept, other!);
    const bytes = made.pieces.filter((piece) => Buffer.isBuffer(piece) && !piece.equals(PROBE));
    return { ...made, maxMessageSize: constants.MAX_LENGTH, deeds: [], admit: 'now', pieces: [...bytes, PROBE] };
  }
}

/** Greeting, READY and the rest in three steps: libzmq closes on a message in the segment of READY. */
function conversationOf({ socketType, pieces }: Input): Conversation {
  const [greeting, ready, ...rest] = pieces as Buffer[];
  const steps = [greeting, ready, Buffer.concat(rest)].filter((step) => step !== undefined);
  return { socketType, steps };
}
