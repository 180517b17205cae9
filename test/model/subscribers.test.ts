// The subscriptions of a SUB and an XSUB (RFC 29, RFC 37): what each publisher is told, whenever it comes, and what gets through.
// A topic counts as often as it was asked for; publishers hear of the first time and of the last, and those that come later,
// or again, of all that stands then.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Publisher, Subscriber, XSubscriber } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { type AnyStep, explore, none, patience, type Seen, step, stepsOfOne } from './support/explore.js';
import { Stage } from './support/stage.js';

const RUNS = 220;
const RECONNECT = 100;

/** Topics with how often each was asked for, in the order in which they were first asked for. */
class Topics {
  readonly #counts = new Map<string, number>();

  get list(): string[] {
    return [...this.#counts.keys()];
  }

  /** True: this was the first. */
  add(topic: string): boolean {
    const count = this.#counts.get(topic) ?? 0;
    this.#counts.set(topic, count + 1);
    return count === 0;
  }

  /** True: this was the last. */
  remove(topic: string): boolean {
    const count = this.#counts.get(topic);
    if (count === undefined) return false;
    if (count > 1) this.#counts.set(topic, count - 1);
    else this.#counts.delete(topic);
    return count === 1;
  }

  match(text: string): boolean {
    return this.list.some((topic) => text.startsWith(topic));
  }
}

const topic = fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'ba');

interface Source {
  readonly number: number;
  readonly minor: number;
  readonly dialled: boolean;
  state: 'here' | 'away' | 'gone';
  /** What it has to hear, as commands or as the messages of ZMTP 3.0. */
  hears: string[];
  /** What it has published and nobody has received yet. */
  said: string[];
}

class Model {
  readonly filters: boolean;
  readonly invertMatching: boolean;
  readonly seen: Seen;
  readonly topics = new Topics();
  readonly all: Source[] = [];
  #next = 0;

  constructor(filters: boolean, invertMatching: boolean, seen: Seen) {
    this.filters = filters;
    this.invertMatching = invertMatching;
    this.seen = seen;
  }

  join(minor: number, dialled: boolean): Source {
    const source: Source = { number: this.all.length, minor, dialled, state: 'here', hears: [], said: [] };
    this.all.push(source);
    this.state(source);
    return source;
  }

  /** A publisher that comes hears all of it. */
  state(source: Source): void {
    for (const one of this.topics.list) this.tell(source, one, true);
    if (this.topics.list.length > 1) this.seen('hears several topics on coming');
  }

  change(one: string, add: boolean): void {
    const tells = add ? this.topics.add(one) : this.topics.remove(one);
    if (!tells) this.seen(add ? 'asked again' : 'still asked for, or never');
    for (const source of this.all) if (tells && source.state === 'here') this.tell(source, one, add);
  }

  private tell(source: Source, one: string, add: boolean): void {
    if (source.minor === 0) source.hears.push(`${add ? '\x01' : '\x00'}${one}`);
    else source.hears.push(`${add ? 'SUBSCRIBE' : 'CANCEL'} ${one}`.trimEnd());
  }

  say(source: Source, frame: string): string {
    const text = `${frame}|${source.number}|${this.#next++}`;
    source.said.push(text);
    return text;
  }

  /** What is received now of what one has said: the topics of now decide. */
  receive(source: Source): string[] {
    const passed = source.said.filter((text) => !this.filters || this.topics.match(text) !== this.invertMatching);
    if (passed.length < source.said.length) this.seen('does not get through');
    source.said = [];
    return passed;
  }
}

class Real {
  readonly stage = new Stage();
  readonly socket: Subscriber | XSubscriber;
  readonly peers: MemoryPeer[] = [];

  constructor(type: 'SUB' | 'XSUB', invertMatching: boolean) {
    const options = { reconnectInterval: RECONNECT };
    this.socket =
      type === 'SUB'
        ? this.stage.open(Subscriber, { ...options, invertMatching })
        : this.stage.open(XSubscriber, options);
  }

  change(one: string, add: boolean): void {
    const { socket } = this;
    if (socket instanceof XSubscriber) void socket.send(`${add ? '\x01' : '\x00'}${one}`);
    else if (add) socket.subscribe(one);
    else socket.unsubscribe(one);
  }
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  for (const source of model.all) {
    if (source.state === 'here') {
      expect([source.number, real.peers[source.number]!.messages()]).toEqual([source.number, source.hears.splice(0)]);
    }
  }
}

type One = AnyStep<Model, Real>;

const comes: One = step(
  'join',
  fc.tuple(fc.constantFrom(0, 1), fc.boolean()),
  async (model, real, [minor, dialled]) => {
    const { number } = model.join(minor, dialled);
    const introduce = (peer: MemoryPeer): void => {
      real.peers[number] = peer;
      peer.write(wire.greeting({ minor }), wire.ready('PUB'));
    };
    if (dialled) {
      real.stage.network.listen(String(number), (stream) => introduce(new MemoryPeer(stream)));
      real.socket.connect(`mem://${number}`);
    } else {
      introduce(new MemoryPeer(real.stage.network.dial('bound')));
    }
    await compare(model, real);
  },
);

const subscribes: One = step('subscribe', topic, async (model, real, one) => {
  model.change(one, true);
  real.change(one, true);
  await compare(model, real);
});

const unsubscribes: One = step('unsubscribe', topic, async (model, real, one) => {
  model.change(one, false);
  real.change(one, false);
  await compare(model, real);
});

const toOne = stepsOfOne<Source, Model, Real>(compare);

const says = toOne('publish', topic, (model, real, source, frame) => {
  real.peers[source.number]!.say(...model.say(source, frame).split('|'));
});

const leaves = toOne('leave', none, (_model, real, source) => {
  source.state = source.dialled ? 'away' : 'gone';
  source.hears = [];
  real.peers[source.number]!.stream.reset();
});

const waits: One = step('reconnect', none, async (model, real) => {
  for (const source of model.all) {
    if (source.state !== 'away') continue;
    source.state = 'here';
    model.state(source);
    model.seen('comes again');
  }
  await real.stage.clock.advance(RECONNECT);
  await compare(model, real);
});

function receiveAll(model: Model, real: Real): void {
  const received = model.all.map((): string[] => []);
  for (let parts = real.socket.tryReceive(); parts !== undefined; parts = real.socket.tryReceive()) {
    received[Number(parts[1])]!.push(parts.map(String).join('|'));
  }
  expect(received).toEqual(model.all.map((source) => model.receive(source)));
}

const receives: One = step('receive', none, receiveAll);

it.each(['SUB', 'XSUB'] as const)(
  '%s: every publisher knows all the topics, once each, and no other; and nothing else gets through',
  async (type) => {
    await explore<boolean, Model, Real>({
      name: type,
      setup: type === 'SUB' ? fc.boolean() : fc.constant(false),
      steps: [comes, comes, subscribes, subscribes, subscribes, unsubscribes, says, says, leaves, waits, receives],
      runs: RUNS,
      reaches: [
        'hears several topics on coming',
        'asked again',
        'still asked for, or never',
        'comes again',
        ...(type === 'SUB' ? ['does not get through'] : []),
      ],
      start: async (invertMatching, seen) => {
        const real = new Real(type, invertMatching);
        await real.socket.bind('mem://bound');
        return { model: new Model(type === 'SUB', invertMatching, seen), real };
      },
      finish: async (model, real) => {
        await compare(model, real);
        receiveAll(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);

// Both ends of this library.

interface Audience {
  readonly subscribers: { readonly topics: Topics; here: boolean; hears: string[] }[];
  readonly seen: Seen;
  next: number;
}

interface Hall {
  readonly stage: Stage;
  readonly publisher: Publisher;
  readonly subscribers: Subscriber[];
}

type Between = AnyStep<Audience, Hall>;

const who = fc.nat(2);

function changes(name: 'subscribe' | 'unsubscribe'): Between {
  return step(name, fc.tuple(who, topic), async (model, real, [at, one]) => {
    const { topics } = model.subscribers[at]!;
    if (name === 'subscribe') topics.add(one);
    else topics.remove(one);
    real.subscribers[at]![name](one);
    await settle();
  });
}

const sends: Between = step('publish', fc.array(topic, { minLength: 1, maxLength: 4 }), async (model, real, frames) => {
  // One after the other, in one go.
  for (const frame of frames) {
    const text = `${frame}|${model.next++}`;
    for (const { topics, here, hears } of model.subscribers) {
      if (here && topics.match(frame)) hears.push(text);
      else if (topics.match(frame)) model.seen('misses what comes while it is away');
    }
    void real.publisher.send(text.split('|'));
  }
  await settle();
});

const breaks: Between = step('lose', who, async (model, real, at) => {
  const mine = real.stage.network.links.filter((link) => link.name === String(at) && !link.over);
  model.subscribers[at]!.here = false;
  for (const link of mine) link.reset();
  await settle();
});

const mends: Between = step('reconnect', none, async (model, real) => {
  for (const subscriber of model.subscribers) subscriber.here = true;
  await real.stage.clock.advance(RECONNECT);
});

const hears: Between = step('receive', who, (model, real, at) => {
  const got: string[] = [];
  const socket = real.subscribers[at]!;
  for (let m = socket.tryReceive(); m !== undefined; m = socket.tryReceive()) got.push(m.map(String).join('|'));
  const { hears: expected, topics } = model.subscribers[at]!;
  // What was cancelled after it had come is passed over.
  expect(got).toEqual(expected.splice(0).filter((text) => topics.match(text)));
  if (got.length > 1) model.seen('hears several');
});

it(
  'between a PUB and three SUB nothing is lost, doubled or out of order while they are connected',
  async () => {
    await explore<number[], Audience, Hall>({
      name: 'PUB and SUB',
      setup: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      steps: [changes('subscribe'), changes('subscribe'), changes('unsubscribe'), sends, sends, breaks, mends, hears],
      runs: RUNS,
      reaches: ['hears several', 'misses what comes while it is away'],
      start: async (pieces, seen) => {
        const stage = new Stage();
        stage.network.wire.pieces = pieces;
        const publisher = stage.open(Publisher);
        const subscribers = [0, 1, 2].map(() => stage.open(Subscriber, { reconnectInterval: RECONNECT }));
        for (const [at, subscriber] of subscribers.entries()) {
          await publisher.bind(`mem://${at}`);
          subscriber.connect(`mem://${at}`);
        }
        await settle();
        const empty = subscribers.map(() => ({ topics: new Topics(), here: true, hears: [] }));
        return { model: { subscribers: empty, seen, next: 0 }, real: { stage, publisher, subscribers } };
      },
      finish: async () => {},
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
