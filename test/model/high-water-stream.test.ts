// High-water marks over a byte stream: what waits for a peer that does not read, and what a peer that is not read from can
// make us hold. A stalled link takes one message; what a link brings comes in pieces of any size.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Router,
  type Socket,
  Subscriber,
  XPublisher,
  XSubscriber,
} from '../../src/index.js';
import type { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { message } from '../support/wire.js';
import { Channel, type Marks, type Policy } from './support/channel.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { flow, Outcome, Stage, stall } from './support/stage.js';

const RUNS = 70;
const NO_MARKS: Marks = { messages: 0, bytes: 0 };

interface Real {
  readonly stage: Stage;
  readonly socket: Socket & Push & Pull;
  readonly peer: MemoryPeer;
  readonly address: string | undefined;
  readonly sends: Map<string, Outcome>;
}

class Model {
  readonly channel: Channel;
  readonly seen: Seen;
  stalled = false;
  #next = 0;

  constructor(channel: Channel, seen: Seen) {
    this.channel = channel;
    this.seen = seen;
  }

  text(size: number): string {
    return String(this.#next++).padEnd(size, '.');
  }

  /** What the peer has heard since the last look. */
  heard(): string[] {
    return this.stalled ? [] : this.channel.in.items.splice(0);
  }
}

interface Setup {
  readonly marks: Marks;
  readonly pieces: number[];
}

const mark = fc.constantFrom(0, 1, 2, 3, 4, 5, 8);
const bytes = fc.constantFrom(0, 0, 1, 4, 10, 20);
const size = fc.integer({ min: 1, max: 9 });
const setup: fc.Arbitrary<Setup> = fc.record({
  marks: fc.record({ messages: mark, bytes }),
  pieces: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
});

type SocketClass = new (options?: object) => Socket;
type One = AnyStep<Model, Real>;

async function join(type: SocketClass, options: object, peerType: string, { pieces }: Setup): Promise<Real> {
  const stage = new Stage();
  stage.network.wire.pieces = pieces;
  const socket = stage.open(type, options) as Real['socket'];
  await socket.bind('mem://a');
  const named = socket instanceof Router;
  const peer = await stage.peer('a', peerType, named ? 'd' : undefined);
  if (socket instanceof Publisher || socket instanceof XPublisher) peer.say(Buffer.of(1));
  if (socket instanceof Subscriber) socket.subscribe();
  await settle();
  // XPUB shows the subscription.
  if (socket instanceof XPublisher) socket.tryReceive();
  peer.heard();
  return { stage, socket, peer, address: named ? 'd' : undefined, sends: new Map() };
}

// To a peer that stalls.

const SENDERS: Readonly<Record<string, [Policy, SocketClass, object, string]>> = {
  PUSH: ['balanced', Push, {}, 'PULL'],
  DEALER: ['balanced', Dealer, {}, 'ROUTER'],
  PAIR: ['addressed', Pair, {}, 'PAIR'],
  ROUTER: ['dropping', Router, {}, 'DEALER'],
  'ROUTER, mandatory': ['addressed', Router, { mandatory: true }, 'DEALER'],
  PUB: ['dropping', Publisher, {}, 'SUB'],
  'XPUB, noDrop': ['addressed', XPublisher, { noDrop: true }, 'SUB'],
  XSUB: ['dropping', XSubscriber, {}, 'XPUB'],
};

async function compareSender(model: Model, real: Real): Promise<void> {
  await settle();
  const { channel } = model;
  expect(real.peer.messages()).toEqual(model.heard());
  const { queuedOut, droppedFull } = real.socket.statistics;
  expect({ queuedOut, droppedFull }).toEqual({ queuedOut: channel.out.length, droppedFull: channel.dropped });
  for (const text of channel.served.splice(0)) expect([text, real.sends.get(text)?.state]).toEqual([text, 'done']);
  for (const text of channel.waiting) expect([text, real.sends.get(text)?.state]).toEqual([text, 'waiting']);
  if (channel.waiting.length > 0) model.seen('waits');
  if (channel.dropped > 0) model.seen('dropped');
}

const addressed = ({ address }: Real, text: string): string[] => (address === undefined ? [text] : [address, text]);

const trySend: One = step('trySend', size, async (model, real, length) => {
  const text = model.text(length);
  expect(real.socket.trySend(addressed(real, text))).toBe(model.channel.trySend(text));
  await compareSender(model, real);
});

const send: One = step('send', size, async (model, real, length) => {
  const text = model.text(length);
  model.channel.send(text);
  real.sends.set(text, new Outcome(real.socket.send(addressed(real, text))));
  await compareSender(model, real);
});

const setSendMark: One = step('setSendMark', mark, async (model, real, messages) => {
  model.channel.setSendMarks({ ...model.channel.out.marks, messages });
  real.socket.sendHighWaterMark = messages;
  await compareSender(model, real);
});

const stallPeer: One = step('stall', none, (model, real) => {
  model.stalled = true;
  model.channel.setReceiveMarks({ messages: 1, bytes: 0 });
  stall(real.peer);
});

const flowAgain: One = step('flow', none, async (model, real) => {
  model.stalled = false;
  model.channel.setReceiveMarks(NO_MARKS);
  flow(real.peer);
  await compareSender(model, real);
});

it.each(Object.keys(SENDERS))(
  '%s: to a peer that stalls and reads again goes everything that was taken, once and in order',
  async (name) => {
    const [policy, type, options, peerType] = SENDERS[name] as [Policy, SocketClass, object, string];
    await explore<Setup, Model, Real>({
      name,
      setup,
      steps: [trySend, send, send, setSendMark, stallPeer, flowAgain],
      runs: RUNS,
      reaches: [policy === 'dropping' ? 'dropped' : 'waits'],
      start: async (chosen, seen) => {
        const { messages, bytes } = chosen.marks;
        const marks = { sendHighWaterMark: messages, sendHighWaterBytes: bytes };
        const real = await join(type, { ...options, ...marks, maxPendingSends: 100 }, peerType, chosen);
        return { model: new Model(new Channel(policy, chosen.marks, NO_MARKS), seen), real };
      },
      finish: async (model, real) => {
        model.stalled = false;
        model.channel.setReceiveMarks(NO_MARKS);
        flow(real.peer);
        await compareSender(model, real);
        expect([model.channel.waiting, real.socket.statistics.queuedOut]).toEqual([[], 0]);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);

// From a peer that sends on.

const RECEIVERS: Readonly<Record<string, [SocketClass, string]>> = {
  PULL: [Pull, 'PUSH'],
  DEALER: [Dealer, 'DEALER'],
  PAIR: [Pair, 'PAIR'],
  ROUTER: [Router, 'DEALER'],
  SUB: [Subscriber, 'PUB'],
  XSUB: [XSubscriber, 'PUB'],
};

async function compareReceiver(model: Model, real: Real): Promise<void> {
  await settle();
  const { channel } = model;
  // The stream stands still exactly while no more is taken: what a peer sends then stays with the peer.
  expect({ queuedIn: real.socket.statistics.queuedIn, paused: real.peer.stream.other.paused }).toEqual({
    queuedIn: channel.in.length,
    paused: channel.held,
  });
  if (channel.held) model.seen('held back');
  if (channel.out.length > 1) model.seen('waits with the peer');
}

const say: One = step('say', fc.array(size, { minLength: 1, maxLength: 6 }), async (model, real, lengths) => {
  const texts = lengths.map((length) => model.text(length));
  for (const text of texts) model.channel.send(text);
  // In one write: the mark may lie inside it.
  real.peer.write(...texts.map((text) => message(text)));
  await compareReceiver(model, real);
});

const receive: One = step('receive', fc.integer({ min: 1, max: 4 }), async (model, real, count) => {
  for (let i = 0; i < count; i++) {
    const text = model.channel.receive();
    const expected = text === undefined ? undefined : addressed(real, text);
    expect(real.socket.tryReceive()?.map(String)).toEqual(expected);
    await compareReceiver(model, real);
  }
});

const setReceiveMark: One = step('setReceiveMark', mark, async (model, real, messages) => {
  model.channel.setReceiveMarks({ ...model.channel.in.marks, messages });
  real.socket.receiveHighWaterMark = messages;
  await compareReceiver(model, real);
});

it.each(Object.keys(RECEIVERS))(
  '%s: holds what its marks allow, and reads on when half of that has been received',
  async (name) => {
    const [type, peerType] = RECEIVERS[name] as [SocketClass, string];
    await explore<Setup, Model, Real>({
      name,
      setup,
      steps: [say, say, receive, receive, setReceiveMark],
      runs: RUNS,
      reaches: ['held back', 'waits with the peer'],
      start: async (chosen, seen) => {
        const { messages, bytes } = chosen.marks;
        const marks = { receiveHighWaterMark: messages, receiveHighWaterBytes: bytes };
        const real = await join(type, marks, peerType, chosen);
        return { model: new Model(new Channel('balanced', NO_MARKS, chosen.marks), seen), real };
      },
      finish: async (model, real) => {
        while (model.channel.in.length > 0) {
          expect(real.socket.tryReceive()?.at(-1)?.toString()).toBe(model.channel.receive());
          await compareReceiver(model, real);
        }
        expect([real.socket.tryReceive(), model.channel.out.length]).toEqual([undefined, 0]);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
