// The subscriptions of a PUB and an XPUB (RFC 29, RFC 37; ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER, ZMQ_INVERT_MATCHING): counted for
// each peer, or a set where the peer is a libzmq, which sends SUBSCRIBE each time it is asked and CANCEL only once. A message
// goes once to every peer with a topic that its first frame begins with.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Publisher, XPublisher } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { type AnyStep, explore, none, patience, type Seen, step, stepsOfOne } from './support/explore.js';
import { Stage } from './support/stage.js';

const RUNS = 250;
const RECONNECT = 100;

interface Setup {
  readonly verbosity: XPublisher['verbosity'];
  readonly invertMatching: boolean;
}

/** How a subscriber speaks: libzmq's padding in the greeting, and commands or the messages of ZMTP 3.0. */
interface Manner {
  readonly libzmq: boolean;
  readonly minor: number;
}

/** libzmq puts the length of a ZMTP 1.0 message into the signature. */
const LIBZMQ_SIGNATURE = Buffer.from('ff00000000000000017f', 'hex');

class Member {
  readonly number: number;
  readonly manner: Manner;
  readonly dialled: boolean;
  state: 'here' | 'away' | 'gone' = 'here';
  readonly topics = new Map<string, number>();
  heard: string[] = [];

  constructor(number: number, manner: Manner, dialled: boolean) {
    this.number = number;
    this.manner = manner;
    this.dialled = dialled;
  }

  hear(): string[] {
    return this.state === 'here' ? this.heard.splice(0) : [];
  }
}

class Model {
  readonly setup: Setup;
  readonly seen: Seen;
  readonly all: Member[] = [];
  /** What an XPUB receives. */
  told: string[] = [];
  #next = 0;

  constructor(setup: Setup, seen: Seen) {
    this.setup = setup;
    this.seen = seen;
  }

  join(manner: Manner, dialled: boolean): Member {
    this.all.push(new Member(this.all.length, manner, dialled));
    return this.all.at(-1)!;
  }

  subscribe(member: Member, topic: string): void {
    const isFirst = !this.has(topic);
    const count = member.topics.get(topic) ?? 0;
    if (count > 0) this.seen(member.manner.libzmq ? 'again, in a set' : 'again, counted');
    member.topics.set(topic, member.manner.libzmq ? 1 : count + 1);
    if (isFirst || this.setup.verbosity !== null) this.told.push(`\x01${topic}`);
  }

  cancel(member: Member, topic: string): void {
    const count = member.topics.get(topic);
    if (count === undefined) {
      this.seen('cancels what it has not');
      return;
    }
    if (count > 1) member.topics.set(topic, count - 1);
    else member.topics.delete(topic);
    if (!this.has(topic) || this.setup.verbosity === 'allSubsUnsubs') this.told.push(`\x00${topic}`);
  }

  publish(frame: string): string {
    const text = `${frame}|${this.#next++}`;
    for (const member of this.all) {
      const wants = [...member.topics.keys()].some((topic) => frame.startsWith(topic));
      if (member.state === 'gone' || wants === this.setup.invertMatching) continue;
      member.heard.push(text);
      if (member.topics.size > 1) this.seen('has several topics, hears once');
      if (member.state === 'away') this.seen('waits for one that is away');
    }
    return text;
  }

  lose(member: Member): void {
    member.state = member.dialled ? 'away' : 'gone';
    if (!member.dialled) this.forget(member);
  }

  /** A connection that is made anew has no subscriptions until they are stated anew. */
  comeAgain(member: Member): void {
    this.seen('comes again');
    member.state = 'here';
    this.forget(member);
  }

  private forget(member: Member): void {
    for (const topic of [...member.topics.keys()]) {
      member.topics.delete(topic);
      if (!this.has(topic) || this.setup.verbosity === 'allSubsUnsubs') this.told.push(`\x00${topic}`);
    }
  }

  private has(topic: string): boolean {
    return this.all.some(({ topics }) => topics.has(topic));
  }
}

class Real {
  readonly stage = new Stage();
  readonly socket: Publisher | XPublisher;
  readonly peers: MemoryPeer[] = [];

  constructor(type: 'PUB' | 'XPUB', { verbosity, invertMatching }: Setup) {
    const options = { invertMatching, reconnectInterval: RECONNECT, linger: 0 };
    this.socket =
      type === 'PUB' ? this.stage.open(Publisher, options) : this.stage.open(XPublisher, { ...options, verbosity });
  }

  introduce(peer: MemoryPeer, { libzmq, minor }: Manner): MemoryPeer {
    const signature = libzmq ? { signature: LIBZMQ_SIGNATURE } : {};
    peer.write(wire.greeting({ ...signature, minor }), wire.ready('SUB'));
    return peer;
  }
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  for (const member of model.all) {
    if (member.state !== 'here') continue;
    expect([member.number, real.peers[member.number]!.messages()]).toEqual([member.number, member.hear()]);
  }
  if (!(real.socket instanceof XPublisher)) return;
  const told: string[] = [];
  for (let m = real.socket.tryReceive(); m !== undefined; m = real.socket.tryReceive()) told.push(String(m));
  // Several come at once only from one that leaves, and then in no order that anybody should rely on.
  expect(told.sort()).toEqual(model.told.splice(0).sort());
}

type One = AnyStep<Model, Real>;

const topics = fc.constantFrom('', 'a', 'ab', 'abc', 'abd', 'b', 'ba');
const manners: fc.Arbitrary<Manner> = fc.record({ libzmq: fc.boolean(), minor: fc.constantFrom(0, 1) });

const comes: One = step('join', fc.tuple(manners, fc.boolean()), async (model, real, [manner, dialled]) => {
  const { number } = model.join(manner, dialled);
  if (dialled) {
    real.stage.network.listen(String(number), (stream) => {
      real.peers[number] = real.introduce(new MemoryPeer(stream), manner);
    });
    real.socket.connect(`mem://${number}`);
  } else {
    real.peers[number] = real.introduce(new MemoryPeer(real.stage.network.dial('bound')), manner);
  }
  await compare(model, real);
});

const toOne = stepsOfOne<Member, Model, Real>(compare);

/** By command, or by the message that ZMTP 3.0 has for it; libzmq takes both from everybody. */
const word = fc.tuple(topics, fc.boolean());

const subscribes = toOne('subscribe', word, (model, real, member, [topic, byCommand]) => {
  model.subscribe(member, topic);
  const peer = real.peers[member.number]!;
  peer.write(byCommand ? wire.subscribe(topic) : wire.message(`\x01${topic}`));
});

const cancels = toOne('cancel', word, (model, real, member, [topic, byCommand]) => {
  model.cancel(member, topic);
  const peer = real.peers[member.number]!;
  peer.write(byCommand ? wire.cancel(topic) : wire.message(`\x00${topic}`));
});

const leaves = toOne('leave', fc.boolean(), (model, real, member, reset) => {
  model.lose(member);
  const { stream } = real.peers[member.number]!;
  if (reset) stream.reset();
  else stream.end();
});

const publishes: One = step('publish', topics, async (model, real, frame) => {
  const text = model.publish(frame);
  await real.socket.send(text.split('|'));
  await compare(model, real);
});

const waits: One = step('reconnect', none, async (model, real) => {
  await real.stage.clock.advance(RECONNECT);
  for (const member of model.all) if (member.state === 'away') model.comeAgain(member);
  await compare(model, real);
});

it.each(['PUB', 'XPUB'] as const)(
  '%s: each message goes once to whoever subscribed to it, and to nobody else',
  async (type) => {
    await explore<Setup, Model, Real>({
      name: type,
      setup: fc.record({
        verbosity: fc.constantFrom(null, 'allSubs', 'allSubsUnsubs'),
        invertMatching: fc.boolean(),
      }),
      steps: [comes, subscribes, subscribes, subscribes, cancels, cancels, publishes, publishes, leaves, waits],
      runs: RUNS,
      reaches: [
        'again, in a set',
        'again, counted',
        'cancels what it has not',
        'has several topics, hears once',
        'waits for one that is away',
        'comes again',
      ],
      start: async (setup, seen) => {
        const real = new Real(type, setup);
        await real.socket.bind('mem://bound');
        return { model: new Model(setup, seen), real };
      },
      finish: async (model, real) => {
        for (const topic of ['', 'abc', 'x']) await real.socket.send(model.publish(topic).split('|'));
        await compare(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
