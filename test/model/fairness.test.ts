// Fair queuing (RFC 28, 29, 30): who is received from when, in the order of libzmq's fq_t. Peers come, speak and go at random; every
// message is followed.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer, Pull, Router, XSubscriber } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { message } from '../support/wire.js';
import { join, open, type Real, type SocketClass } from './support/crowd.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { FairQueue, type Speaker } from './support/ring.js';

const RUNS = 140;

const pick = fc.nat(7);

interface Talker extends Speaker<string> {
  readonly name: string;
  readonly dialled: boolean;
}

class FairModel {
  readonly seen: Seen;
  readonly all: Talker[] = [];
  readonly queue = new FairQueue<string, Talker>();
  /** Receives that wait, and what all that were made have got. */
  pending = 0;
  readonly received: [string, string][] = [];
  #next = 0;

  constructor(seen: Seen) {
    this.seen = seen;
  }

  get here(): Talker[] {
    return this.all.filter(({ gone }) => !gone);
  }

  join(dialled: boolean): void {
    const speaker = { name: String(this.all.length), dialled, waiting: [], gone: false };
    this.all.push(speaker);
    this.queue.join(speaker);
  }

  say(speaker: Talker, count: number): string[] {
    const texts = Array.from({ length: count }, () => String(this.#next++));
    for (const text of texts) {
      this.queue.say(speaker, text);
      if (this.pending === 0) continue;
      this.received.push(this.take()!);
      // Whoever waits on looks again, and finds nothing.
      if (--this.pending > 0) this.queue.look();
    }
    return texts;
  }

  take(): [string, string] | undefined {
    if (this.queue.ring.places.length > 2) this.seen('three have a turn');
    const taken = this.queue.take();
    return taken && [taken.speaker.name, taken.message];
  }

  receive(): void {
    const next = this.pending > 0 ? undefined : this.take();
    if (next === undefined) this.pending++;
    else this.received.push(next);
  }

  leave(speaker: Talker): void {
    if (speaker.waiting.length > 0) this.seen('leaves something to read');
    this.queue.leave(speaker);
  }
}

type In = AnyStep<FairModel, Real>;

async function compareReceived(model: FairModel, real: Real): Promise<void> {
  await settle();
  const named = real.socket instanceof Router;
  expect(real.received).toEqual(model.received.map(([name, text]) => (named ? [name, text] : [text])));
  const queuedIn = model.all.reduce((sum, { waiting }) => sum + waiting.length, 0);
  expect(real.socket.statistics.queuedIn).toBe(queuedIn);
}

const comes: In = step('join', fc.boolean(), async (model, real, dialled) => {
  model.join(dialled);
  await join(real, dialled);
});

const says: In = step(
  'say',
  fc.tuple(pick, fc.integer({ min: 1, max: 3 })),
  async (model, real, [who, count]) => {
    const speaker = model.here[who % model.here.length]!;
    const texts = model.say(speaker, count);
    real.peers[model.all.indexOf(speaker)]!.write(...texts.map((text) => message(text)));
    await compareReceived(model, real);
  },
  (model) => model.here.length > 0,
);

const receives: In = step('receive', fc.integer({ min: 1, max: 3 }), async (model, real, count) => {
  for (let i = 0; i < count; i++) {
    model.receive();
    const receiving = real.socket.receive();
    receiving.then(
      (parts) => real.received.push(parts.map(String)),
      () => {},
    );
    if (model.pending > 1) model.seen('several receives wait');
  }
  await compareReceived(model, real);
});

const triesToReceive: In = step('tryReceive', none, async (model, real) => {
  const expected = model.pending > 0 ? undefined : model.take();
  const got = real.socket.tryReceive()?.map(String);
  expect(got?.at(-1)).toBe(expected?.[1]);
  await compareReceived(model, real);
});

const isReadable: In = step('readable', none, (model, real) =>
  expect(real.socket.readable).toBe(model.queue.look() !== undefined),
);

const goes: In = step(
  'leave',
  fc.tuple(pick, fc.boolean()),
  async (model, real, [who, reset]) => {
    const speaker = model.here[who % model.here.length]!;
    const { stream } = real.peers[model.all.indexOf(speaker)]!;
    model.leave(speaker);
    if (speaker.dialled) real.socket.disconnect(`mem://${speaker.name}`);
    else if (reset) stream.reset();
    else stream.end();
    await compareReceived(model, real);
  },
  (model) => model.here.length > 0,
);

const RECEIVERS: Readonly<Record<string, [SocketClass, string]>> = {
  PULL: [Pull, 'PUSH'],
  DEALER: [Dealer, 'DEALER'],
  ROUTER: [Router, 'DEALER'],
  XSUB: [XSubscriber, 'PUB'],
};

it.each(Object.keys(RECEIVERS))(
  '%s takes from its peers in turn',
  async (name) => {
    const [type, peerType] = RECEIVERS[name] as [SocketClass, string];
    await explore<undefined, FairModel, Real>({
      name,
      setup: none,
      steps: [comes, says, says, says, receives, triesToReceive, triesToReceive, isReadable, goes],
      runs: RUNS,
      reaches: ['three have a turn', 'leaves something to read', 'several receives wait'],
      start: async (_setup, seen) => ({
        model: new FairModel(seen),
        real: await open(type, { maxPendingReceives: 100 }, peerType),
      }),
      finish: async (model, real) => {
        for (let next = model.pending > 0 ? undefined : model.take(); next !== undefined; next = model.take()) {
          expect(real.socket.tryReceive()?.at(-1)?.toString()).toBe(next[1]);
        }
        expect([real.socket.readable, real.socket.statistics.queuedIn]).toEqual([false, 0]);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
