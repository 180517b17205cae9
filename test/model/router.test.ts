// The table of a ROUTER (RFC 28, ZMQ_ROUTER_MANDATORY, ZMQ_ROUTER_HANDOVER): who has which routing id, who is turned away, where
// a message goes and what becomes of one for nobody. Peers come to it and it goes to peers; connections break and come again.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Router } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { Channel } from './support/channel.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { codeOf, flow, Stage, stall } from './support/stage.js';

const RUNS = 400;
const RECONNECT = 100;
/** Whoever was refused asks again within this many ms. */
const LONGEST_DELAY = 30_000;

const ids = fc.constantFrom('a', 'b', 'c');

interface Setup {
  readonly mandatory: boolean;
  readonly handover: boolean;
  readonly probeRouter: boolean;
  readonly sendHighWaterMark: number;
}

/** One peer as the model sees it. */
class Member {
  /** Position in the list of those that have ever come. */
  readonly number: number;
  /** Undefined: made up by the ROUTER, and learnt from it. */
  id: string | undefined;
  readonly dialled: boolean;
  readonly channel: Channel;
  state: 'here' | 'away' | 'gone' = 'here';
  stalled = false;
  /** What it has to hear. */
  heard: string[] = [];
  /** What it has said that was not received yet. */
  said: string[] = [];

  constructor(number: number, id: string | undefined, dialled: boolean, mark: number) {
    this.number = number;
    this.id = id;
    this.dialled = dialled;
    this.channel = new Channel('addressed', { messages: mark, bytes: 0 }, { messages: 0, bytes: 0 });
  }

  set isStalled(value: boolean) {
    this.stalled = value;
    this.channel.setReceiveMarks({ messages: value ? 1 : 0, bytes: 0 });
  }

  hear(): string[] {
    if (!this.stalled && this.state === 'here') this.heard.push(...this.channel.in.items.splice(0));
    return this.heard.splice(0);
  }
}

class Model {
  readonly setup: Setup;
  readonly seen: Seen;
  mandatory: boolean;
  handover: boolean;
  readonly all: Member[] = [];
  /** In the order in which they came, or came again. */
  here: Member[] = [];
  readonly table = new Map<string, Member>();
  droppedFull = 0;
  droppedUnroutable = 0;
  #next = 0;

  constructor(setup: Setup, seen: Seen) {
    this.setup = setup;
    this.seen = seen;
    this.mandatory = setup.mandatory;
    this.handover = setup.handover;
  }

  text(): string {
    return String(this.#next++);
  }

  /** A peer comes; undefined when it is turned away. `ended` is who has to leave for it. */
  join(id: string | undefined): { member: Member | undefined; ended: Member | undefined } {
    const holder = id === undefined ? undefined : this.table.get(id);
    if (holder !== undefined && !this.handover) {
      this.seen('turned away');
      return { member: undefined, ended: undefined };
    }
    const member = this.add(id, false);
    if (holder !== undefined) {
      this.seen('taken over');
      this.leave(holder);
    }
    if (id !== undefined) this.table.set(id, member);
    return { member, ended: holder };
  }

  add(id: string | undefined, dialled: boolean): Member {
    const member = new Member(this.all.length, id, dialled, this.setup.sendHighWaterMark);
    this.all.push(member);
    this.here.push(member);
    if (this.setup.probeRouter) member.heard.push('');
    return member;
  }

  /** Its connection is over. Only one that we have dialled keeps its id and what waits for it. */
  leave(member: Member): void {
    this.here = this.here.filter((one) => one !== member);
    member.channel.lose();
    if (member.dialled) member.state = 'away';
    else this.forget(member);
  }

  forget(member: Member): void {
    member.state = 'gone';
    this.here = this.here.filter((one) => one !== member);
    if (member.id !== undefined && this.table.get(member.id) === member) this.table.delete(member.id);
  }

  /** It was dialled, and is there again: a peer like any other. */
  comeAgain(member: Member): void {
    this.seen('came again');
    const holder = this.table.get(member.id as string);
    this.table.set(member.id as string, member);
    if (holder !== undefined && holder !== member) {
      this.seen('taken back');
      this.leave(holder);
    }
    member.state = 'here';
    this.here.push(member);
    if (this.setup.probeRouter) member.heard.push('');
    member.isStalled = false;
    member.channel.release();
  }

  /** Dialled, not there, and welcome. */
  get expected(): Member[] {
    const isTaken = (member: Member): boolean => (this.table.get(member.id as string) ?? member) !== member;
    return this.all.filter((member) => member.state === 'away' && (this.handover || !isTaken(member)));
  }

  /** True or false as `trySend` has it, or the code of its error. */
  send(id: string, text: string): boolean | string {
    const member = this.table.get(id);
    if (member === undefined) {
      this.seen('for nobody');
      if (this.mandatory) return 'EHOSTUNREACH';
      this.droppedUnroutable++;
      return true;
    }
    if (member.channel.trySend(text)) return true;
    this.seen('full');
    if (!this.mandatory) this.droppedFull++;
    return !this.mandatory;
  }
}

class Real {
  readonly stage = new Stage();
  readonly router: Router;
  /** By number; another one when a peer came again. */
  readonly peers: MemoryPeer[] = [];

  constructor(setup: Setup) {
    this.router = this.stage.open(Router, { ...setup, reconnectInterval: RECONNECT });
  }
}

const idOf = (member: Member): Buffer => Buffer.from(member.id as string, 'latin1');

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  const { router } = real;
  for (const member of model.all) {
    const peer = real.peers[member.number]!;
    if (member.state === 'here') expect([member.number, peer.messages()]).toEqual([member.number, member.hear()]);
    expect([member.number, peer.stream.other.over]).toEqual([member.number, member.state !== 'here']);
  }
  expect(router.peers.map(({ routingId }) => routingId?.toString('latin1'))).toEqual(model.here.map(({ id }) => id));
  const { droppedFull, droppedUnroutable } = router.statistics;
  expect([droppedFull, droppedUnroutable]).toEqual([model.droppedFull, model.droppedUnroutable]);
  const room = [...model.table.values()].some(({ channel }) => channel.room);
  expect(router.writable).toBe(room || !model.mandatory);
}

type One = AnyStep<Model, Real>;

const comes: One = step('join', fc.option(ids, { nil: undefined }), async (model, real, id) => {
  const { member } = model.join(id);
  const peer = await real.stage.peer('bound', 'DEALER', id);
  if (member === undefined) {
    expect([peer.ended !== undefined, peer.messages()]).toEqual([true, []]);
  } else {
    real.peers.push(peer);
    if (id === undefined) learnId(model, real, member);
  }
  await compare(model, real);
});

/** RFC 28: a binary string that no other has; libzmq: 00 and four bytes. */
function learnId(model: Model, real: Real, member: Member): void {
  const made = real.router.peers.at(-1)!.routingId!;
  expect([made.length, made[0]]).toEqual([5, 0]);
  member.id = made.toString('latin1');
  expect(model.table.has(member.id)).toBe(false);
  model.table.set(member.id, member);
}

/** We go to a peer that gives itself a name, or is given one. */
const dials: One = step('dial', fc.tuple(fc.boolean(), ids), async (model, real, [assigned, given]) => {
  const endpoint = `mem://${model.all.length}`;
  const own = `own ${model.all.length}`;
  const id = assigned ? given : own;
  const dial = (): void => {
    if (assigned) real.router.connect(endpoint, { routingId: given });
    else real.router.connect(endpoint);
  };
  const number = model.all.length;
  // Two endpoints with one id, and handover, take it from each other for ever.
  if (assigned && model.all.some((one) => one.dialled && one.state !== 'gone' && one.id === given)) return;
  real.stage.network.listen(String(number), (stream) => {
    real.peers[number] = new MemoryPeer(stream);
    real.peers[number].introduce('DEALER', own);
  });
  const expected = assigned && model.table.has(given) ? 'EADDRINUSE' : undefined;
  expect(codeOf(dial)).toBe(expected);
  if (expected === undefined) model.table.set(id, model.add(id, true));
  await compare(model, real);
});

function toOne<T>(
  name: string,
  args: fc.Arbitrary<T>,
  may: (member: Member) => boolean,
  act: (model: Model, real: Real, member: Member, args: T) => void | Promise<void>,
): One {
  const chosen = (model: Model, pick: number): Member | undefined => {
    const able = model.all.filter(may);
    return able[pick % able.length];
  };
  return step(
    name,
    fc.tuple(fc.nat(7), args),
    async (model, real, [pick, rest]) => {
      await act(model, real, chosen(model, pick)!, rest);
      await compare(model, real);
    },
    (model, [pick]) => chosen(model, pick) !== undefined,
  );
}

const isHere = ({ state }: Member): boolean => state === 'here';

const leaves = toOne('leave', none, isHere, (model, real, member) => {
  model.leave(member);
  real.peers[member.number]!.stream.reset();
});

const disconnects = toOne('disconnect', none, isHere, (model, real, member) => {
  if (!member.dialled) return;
  model.forget(member);
  // Without linger, for what waits would be sent first.
  real.router.linger = 0;
  real.router.disconnect(`mem://${member.number}`);
});

const stalls = toOne('stall', none, isHere, (_model, real, member) => {
  member.isStalled = true;
  stall(real.peers[member.number]!);
});

const flows = toOne('flow', none, isHere, (_model, real, member) => {
  member.isStalled = false;
  flow(real.peers[member.number]!);
});

const says = toOne(
  'say',
  fc.array(fc.constantFrom('', 'part'), { maxLength: 2 }),
  isHere,
  (model, real, member, more) => {
    const text = model.text();
    member.said.push([text, ...more].join('|'));
    real.peers[member.number]!.say(text, ...more);
  },
);

const sends = toOne(
  'send',
  none,
  () => true,
  (model, real, member) => {
    const text = model.text();
    const expected = model.send(member.id as string, text);
    expect(codeOf(() => real.router.trySend([idOf(member), text]))).toBe(expected);
  },
);

const sendsToStranger: One = step('sendToStranger', ids, async (model, real, id) => {
  const text = model.text();
  const expected = model.send(id, text);
  expect(codeOf(() => real.router.trySend([id, text]))).toBe(expected);
  // An id alone is for nobody, and nothing.
  expect(real.router.trySend([id])).toBe(true);
  await compare(model, real);
});

/** Everything there is: whose it is stands before it, and the order of each is kept. */
const receives: One = step('receive', none, (model, real) => {
  const received = model.all.map((): string[] => []);
  for (let parts = real.router.tryReceive(); parts !== undefined; parts = real.router.tryReceive()) {
    const [id, ...rest] = parts.map((part) => part.toString('latin1'));
    const text = rest.join('|');
    const sender = model.all.find(({ said }) => said.includes(text));
    expect([text, id]).toEqual([text, sender?.id]);
    received[sender!.number]!.push(text);
  }
  expect(received).toEqual(model.all.map(({ said }) => said.splice(0)));
});

const waits: One = step('reconnect', none, async (model, real) => {
  const { expected } = model;
  await real.stage.clock.advance(LONGEST_DELAY);
  // Each has a delay of its own, and they come in that order.
  const ids = real.router.peers.map(({ routingId }) => routingId?.toString('latin1'));
  expected.sort((one, two) => ids.indexOf(one.id) - ids.indexOf(two.id));
  for (const member of expected) model.comeAgain(member);
  await compare(model, real);
});

const sets: One = step(
  'set',
  fc.tuple(fc.constantFrom('mandatory', 'handover'), fc.boolean()),
  (model, real, [option, value]) => {
    model[option] = value;
    real.router[option] = value;
  },
);

it(
  'a ROUTER knows its peers, and who is not one',
  async () => {
    await explore<Setup, Model, Real>({
      name: 'ROUTER',
      setup: fc.record({
        mandatory: fc.boolean(),
        handover: fc.boolean(),
        probeRouter: fc.boolean(),
        sendHighWaterMark: fc.integer({ min: 1, max: 3 }),
      }),
      steps: [
        comes,
        comes,
        dials,
        leaves,
        disconnects,
        stalls,
        flows,
        says,
        sends,
        sends,
        sends,
        sendsToStranger,
        receives,
        waits,
        sets,
      ],
      runs: RUNS,
      reaches: ['turned away', 'taken over', 'for nobody', 'full', 'came again', 'taken back'],
      start: async (setup, seen) => {
        const real = new Real(setup);
        await real.router.bind('mem://bound');
        return { model: new Model(setup, seen), real };
      },
      finish: async (model, real) => {
        for (const member of model.all) {
          if (member.state !== 'here') continue;
          member.isStalled = false;
          flow(real.peers[member.number]!);
        }
        await compare(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
