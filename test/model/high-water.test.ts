// High-water marks of messages and bytes, by socket type (docs/high-water-marks.md): a sender and a receiver joined over
// inproc, where nothing lies between their two queues, so that every message can be accounted for at every step.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer, Pair, Publisher, Pull, Push, Router, type Socket, Subscriber, XPublisher } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { Channel, type Marks, type Policy } from './support/channel.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { Outcome, Stage } from './support/stage.js';

const RUNS = 110;

type Sending = Push;
type Receiving = Pull;

interface Kind {
  readonly policy: Policy;
  readonly open: (stage: Stage, marks: object) => { sender: Socket; receiver: Socket };
  /** What stands before the text in a message. */
  readonly address?: string;
}

type SocketClass = new (options?: object) => Socket;

function kind(policy: Policy, sender: SocketClass, options: object, receiver: SocketClass, address?: string): Kind {
  return {
    policy,
    open: (stage, marks) => ({
      sender: stage.open(sender, { ...options, ...marks }),
      receiver: stage.open(receiver, address === undefined ? {} : { routingId: address }),
    }),
    ...(address === undefined ? {} : { address }),
  };
}

const KINDS: Readonly<Record<string, Kind>> = {
  PUSH: kind('balanced', Push, {}, Pull),
  DEALER: kind('balanced', Dealer, {}, Dealer),
  PAIR: kind('addressed', Pair, {}, Pair),
  ROUTER: kind('dropping', Router, {}, Dealer, 'd'),
  'ROUTER, mandatory': kind('addressed', Router, { mandatory: true }, Dealer, 'd'),
  PUB: kind('dropping', Publisher, {}, Subscriber),
  'XPUB, noDrop': kind('addressed', XPublisher, { noDrop: true }, Subscriber),
};

interface Setup {
  readonly send: Marks;
  readonly receive: Marks;
  /** Which side binds. */
  readonly senderBinds: boolean;
}

class Real {
  readonly stage = new Stage();
  readonly kind: Kind;
  readonly sender: Socket & Sending;
  readonly receiver: Socket & Receiving;
  readonly sends = new Map<string, Outcome>();

  constructor(kind: Kind, setup: Setup) {
    this.kind = kind;
    const { sender, receiver } = kind.open(this.stage, { maxPendingSends: 100 });
    this.sender = sender as unknown as Socket & Sending;
    this.receiver = receiver as unknown as Socket & Receiving;
    this.setSendMarks(setup.send);
    this.setReceiveMarks(setup.receive);
  }

  async join(senderBinds: boolean): Promise<void> {
    const [bound, connected] = senderBinds ? [this.sender, this.receiver] : [this.receiver, this.sender];
    if (this.receiver instanceof Subscriber) this.receiver.subscribe();
    await bound.bind('inproc://a');
    connected.connect('inproc://a');
    await settle();
  }

  setSendMarks({ messages, bytes }: Marks): void {
    Object.assign(this.sender, { sendHighWaterMark: messages, sendHighWaterBytes: bytes });
  }

  setReceiveMarks({ messages, bytes }: Marks): void {
    Object.assign(this.receiver, { receiveHighWaterMark: messages, receiveHighWaterBytes: bytes });
  }

  message(text: string): string[] {
    return this.kind.address === undefined ? [text] : [this.kind.address, text];
  }
}

class Model {
  readonly channel: Channel;
  readonly seen: Seen;
  #next = 0;

  constructor(channel: Channel, seen: Seen) {
    this.channel = channel;
    this.seen = seen;
  }

  /** A message that is told from all others, of so many bytes or a few more. */
  text(size: number): string {
    return String(this.#next++).padEnd(size, '.');
  }
}

/** Everything that can be seen from outside is as the model has it. */
async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  const { channel } = model;
  const { queuedOut, droppedFull } = real.sender.statistics;
  expect({ queuedOut, droppedFull, queuedIn: real.receiver.statistics.queuedIn }).toEqual({
    queuedOut: channel.out.length,
    droppedFull: channel.dropped,
    queuedIn: channel.in.length,
  });
  for (const text of channel.served.splice(0)) expect([text, real.sends.get(text)?.state]).toEqual([text, 'done']);
  for (const text of channel.waiting) expect([text, real.sends.get(text)?.state]).toEqual([text, 'waiting']);
  model.seen(channel.held ? (channel.resting ? 'both full' : 'receiver full') : 'flowing');
  if (channel.waiting.length > 1) model.seen('several wait');
  if (channel.dropped > 0) model.seen('dropped');
}

const mark = fc.constantFrom(0, 1, 2, 3, 4, 5, 8);
const marks: fc.Arbitrary<Marks> = fc.record({ messages: mark, bytes: fc.constantFrom(0, 0, 1, 4, 10, 20) });
const size = fc.integer({ min: 1, max: 9 });

const setup: fc.Arbitrary<Setup> = fc.record({ send: marks, receive: marks, senderBinds: fc.boolean() });

type One = AnyStep<Model, Real>;

const trySend: One = step('trySend', size, async (model, real, bytes) => {
  const text = model.text(bytes);
  expect(real.sender.trySend(real.message(text))).toBe(model.channel.trySend(text));
  await compare(model, real);
});

const send: One = step('send', size, async (model, real, bytes) => {
  const text = model.text(bytes);
  model.channel.send(text);
  real.sends.set(text, new Outcome(real.sender.send(real.message(text))));
  await compare(model, real);
});

const receive: One = step('receive', fc.integer({ min: 1, max: 4 }), async (model, real, count) => {
  for (let i = 0; i < count; i++) {
    const text = model.channel.receive();
    expect(real.receiver.tryReceive()?.map(String)).toEqual(text === undefined ? undefined : [text]);
    await compare(model, real);
  }
});

const look: One = step('writable', none, (model, real) => expect(real.sender.writable).toBe(model.channel.writable));

// In messages only: each assignment of an option counts at once, so that two make two changes.
const setSendMark: One = step('setSendMark', mark, async (model, real, messages) => {
  const changed = { ...model.channel.out.marks, messages };
  model.channel.setSendMarks(changed);
  real.sender.sendHighWaterMark = messages;
  await compare(model, real);
});

const setReceiveMark: One = step('setReceiveMark', mark, async (model, real, messages) => {
  const changed = { ...model.channel.in.marks, messages };
  model.channel.setReceiveMarks(changed);
  real.receiver.receiveHighWaterMark = messages;
  await compare(model, real);
});

it.each(Object.keys(KINDS))(
  '%s: what waits, what is refused, and who is woken is what the marks say',
  async (name) => {
    const kind = KINDS[name] as Kind;
    const reaches = kind.policy === 'dropping' ? ['dropped', 'receiver full'] : ['both full', 'several wait'];
    await explore<Setup, Model, Real>({
      name,
      setup,
      steps: [trySend, send, send, receive, receive, look, setSendMark, setReceiveMark],
      runs: RUNS,
      reaches: ['flowing', ...reaches],
      start: async (chosen, seen) => {
        const real = new Real(kind, chosen);
        await real.join(chosen.senderBinds);
        return { model: new Model(new Channel(kind.policy, chosen.send, chosen.receive), seen), real };
      },
      finish: async (model, real) => {
        while (model.channel.in.length > 0) {
          expect(real.receiver.tryReceive()?.map(String)).toEqual([model.channel.receive()]);
          await compare(model, real);
        }
        expect([real.receiver.tryReceive(), model.channel.waiting]).toEqual([undefined, []]);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
