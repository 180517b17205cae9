// Load balancing (RFC 28, 30): who is sent to when, in the order of libzmq's lb_t. Peers come, are waited for, stall and go at random;
// every message is followed.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer, Push } from '../../src/index.js';
import type { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { Channel } from './support/channel.js';
import { join, open, type Real, type SocketClass } from './support/crowd.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { Ring } from './support/ring.js';
import { flow, Outcome, stall } from './support/stage.js';

const RUNS = 200;

const pick = fc.nat(7);

class Listener extends Channel {
  /** We have dialled, and nobody is there: what is for it waits. */
  readonly absent: boolean;
  stalled = false;
  gone = false;
  heard: string[] = [];

  constructor(absent: boolean, mark: number) {
    super('balanced', { messages: mark, bytes: 0 }, { messages: 0, bytes: 0 });
    this.absent = absent;
    if (absent) this.lose();
  }

  hear(): string[] {
    if (!this.stalled) this.heard.push(...this.in.items.splice(0));
    return this.heard.splice(0);
  }
}

class BalanceModel {
  readonly seen: Seen;
  readonly all: Listener[] = [];
  readonly ring = new Ring<Listener>();
  readonly pending: string[] = [];
  readonly served: string[] = [];
  readonly mark: number;
  lost = 0;
  #next = 0;

  constructor(mark: number, seen: Seen) {
    this.mark = mark;
    this.seen = seen;
  }

  get here(): Listener[] {
    return this.all.filter(({ gone }) => !gone);
  }

  text(): string {
    return String(this.#next++);
  }

  join(absent: boolean): void {
    this.all.push(new Listener(absent, this.mark));
    if (absent && this.pending.length > 0) this.seen('one who is expected takes what waits');
    this.ready(this.all.at(-1)!);
  }

  /** The one whose turn it is; who is full then has none until it is half empty. */
  trySend(text: string): boolean {
    const listener = this.ring.current;
    if (listener === undefined) return false;
    listener.trySend(text);
    if (listener.resting) this.ring.remove(listener);
    else this.ring.advance();
    if (this.ring.places.length < this.here.length && this.ring.places.length > 1) this.seen('some are passed over');
    return true;
  }

  stall(listener: Listener): void {
    listener.stalled = true;
    listener.setReceiveMarks({ messages: 1, bytes: 0 });
  }

  flow(listener: Listener): void {
    const rested = listener.resting;
    listener.stalled = false;
    listener.setReceiveMarks({ messages: 0, bytes: 0 });
    if (rested) this.ready(listener);
  }

  leave(listener: Listener): void {
    listener.gone = true;
    this.lost += listener.out.length;
    listener.out.items.length = 0;
    listener.in.items.length = 0;
    this.ring.remove(listener);
  }

  ready(listener: Listener): void {
    this.ring.add(listener);
    while (this.pending.length > 0 && this.trySend(this.pending[0]!)) this.served.push(this.pending.shift()!);
  }
}

type Out = AnyStep<BalanceModel, Real>;

async function compareSent(model: BalanceModel, real: Real): Promise<void> {
  await settle();
  for (const [at, listener] of model.all.entries()) {
    if (!listener.gone && !listener.absent) expect([at, real.peers[at]!.messages()]).toEqual([at, listener.hear()]);
  }
  const queuedOut = model.here.reduce((sum, listener) => sum + listener.out.length, 0);
  const { statistics, writable } = real.socket;
  expect([statistics.queuedOut, statistics.droppedLost]).toEqual([queuedOut, model.lost]);
  expect(writable).toBe(model.ring.places.length > 0);
  for (const text of model.served.splice(0)) expect([text, real.sends.get(text)?.state]).toEqual([text, 'done']);
  for (const text of model.pending) expect([text, real.sends.get(text)?.state]).toEqual([text, 'waiting']);
}

const listens: Out = step('join', none, async (model, real) => {
  model.join(false);
  await join(real, false);
  await compareSent(model, real);
});

const isExpected: Out = step('dial', none, async (model, real) => {
  real.socket.connect(`mem://${model.all.length}`);
  model.join(true);
  // Nobody listens there.
  real.peers.length++;
  await compareSent(model, real);
});

const triesToSend: Out = step('trySend', fc.integer({ min: 1, max: 3 }), async (model, real, count) => {
  for (let i = 0; i < count; i++) {
    const text = model.text();
    expect(real.socket.trySend(text)).toBe(model.pending.length === 0 && model.trySend(text));
    await compareSent(model, real);
  }
});

const sends: Out = step('send', none, async (model, real) => {
  const text = model.text();
  if (model.pending.length > 0 || !model.trySend(text)) model.pending.push(text);
  else model.served.push(text);
  if (model.pending.length > 1) model.seen('several sends wait');
  real.sends.set(text, new Outcome(real.socket.send(text)));
  await compareSent(model, real);
});

function toOne(name: string, act: (model: BalanceModel, listener: Listener, peer: MemoryPeer) => void): Out {
  const present = (model: BalanceModel): Listener[] => model.here.filter(({ absent }) => !absent);
  return step(
    name,
    pick,
    async (model, real, who) => {
      const able = present(model);
      const listener = able[who % able.length]!;
      act(model, listener, real.peers[model.all.indexOf(listener)]!);
      await compareSent(model, real);
    },
    (model) => present(model).length > 0,
  );
}

const stalls = toOne('stall', (model, listener, peer) => {
  model.stall(listener);
  stall(peer);
});

const flows = toOne('flow', (model, listener, peer) => {
  model.flow(listener);
  flow(peer);
});

const leaves = toOne('leave', (model, listener, peer) => {
  model.leave(listener);
  peer.stream.reset();
});

it.each([
  ['PUSH', Push, 'PULL'],
  ['DEALER', Dealer, 'ROUTER'],
] as const)(
  '%s sends to its peers in turn',
  async (name, type, peerType) => {
    await explore<number, BalanceModel, Real>({
      name,
      setup: fc.integer({ min: 1, max: 4 }),
      steps: [listens, isExpected, triesToSend, triesToSend, triesToSend, sends, stalls, stalls, flows, leaves],
      runs: RUNS,
      reaches: ['some are passed over', 'several sends wait', 'one who is expected takes what waits'],
      start: async (mark, seen) => {
        const real = await open(type as SocketClass, { sendHighWaterMark: mark, maxPendingSends: 100 }, peerType);
        return { model: new BalanceModel(mark, seen), real };
      },
      finish: async (model, real) => {
        for (const listener of model.here) {
          if (listener.absent) continue;
          model.flow(listener);
          flow(real.peers[model.all.indexOf(listener)]!);
        }
        await compareSent(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
