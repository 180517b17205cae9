// REP (RFC 28): takes requests from its peers in turn and answers each before it takes the next; the envelope of addresses goes
// back to where it came from, or nowhere. And REQ with REP, both of this library: whatever breaks, a reply is to the
// question that was asked last, and there is one.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Reply, Request } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { Channel } from './support/channel.js';
import { type AnyStep, explore, none, patience, type Seen, step, stepsOfOne } from './support/explore.js';
import { FairQueue, type Speaker } from './support/ring.js';
import { codeOf, flow, Stage, stall } from './support/stage.js';

const RUNS = 250;
const RECONNECT = 100;
/** Replies that may wait for a peer that does not read. */
const MARK = 2;
const NO_MARKS = { messages: 0, bytes: 0 };

/** What was said, and over which of a peer's connections. */
interface Said {
  readonly frames: string[];
  readonly time: number;
}

class Member implements Speaker<Said> {
  readonly number: number;
  readonly dialled: boolean;
  readonly waiting: Said[] = [];
  gone = false;
  state: 'here' | 'away' | 'gone' = 'here';
  stalled = false;
  /** Connections so far: a reply is for the one that asked. */
  times = 1;
  readonly channel = new Channel('dropping', { messages: MARK, bytes: 0 }, NO_MARKS);

  constructor(number: number, dialled: boolean) {
    this.number = number;
    this.dialled = dialled;
  }

  set isStalled(value: boolean) {
    this.stalled = value;
    this.channel.setReceiveMarks({ messages: value ? 1 : 0, bytes: 0 });
  }

  hear(): string[] {
    return this.stalled ? [] : this.channel.in.items.splice(0);
  }
}

interface Question {
  readonly member: Member;
  readonly time: number;
  readonly envelope: string[];
  readonly body: string;
}

class Model {
  readonly seen: Seen;
  readonly all: Member[] = [];
  readonly queue = new FairQueue<Said, Member>();
  /** To be answered. */
  question: Question | undefined;
  /** Found, and not received yet. */
  next: Question | undefined;
  unroutable = 0;
  #next = 0;

  constructor(seen: Seen) {
    this.seen = seen;
  }

  text(): string {
    return String(this.#next++);
  }

  join(dialled: boolean): Member {
    const member = new Member(this.all.length, dialled);
    this.all.push(member);
    this.queue.join(member);
    return member;
  }

  /** The next message that is a request: addresses, an empty frame, and something behind it. */
  look(): Question | undefined {
    while (this.next === undefined) {
      const taken = this.queue.take();
      if (taken === undefined) return undefined;
      const { speaker: member, message } = taken;
      const { frames, time } = message;
      const delimiter = frames.indexOf('');
      if (delimiter < 0 || delimiter === frames.length - 1) {
        this.seen('no request');
        continue;
      }
      const body = frames.slice(delimiter + 1).join('|');
      this.next = { member, time, envelope: frames.slice(0, delimiter + 1), body };
    }
    return this.next;
  }

  /** The body, undefined, or a code. */
  receive(): string | undefined {
    if (this.question !== undefined) return 'EFSM';
    this.question = this.look();
    this.next = undefined;
    return this.question?.body;
  }

  send(text: string): boolean | string {
    if (this.question === undefined) return 'EFSM';
    const { member, time, envelope } = this.question;
    this.question = undefined;
    if (member.state === 'here' && member.times === time) {
      if (envelope.length > 2) this.seen('through several');
      member.channel.trySend([...envelope, text].join('|'));
    } else {
      this.seen('to nobody');
      this.unroutable++;
    }
    return true;
  }

  lose(member: Member): void {
    member.state = member.dialled ? 'away' : 'gone';
    if (member.dialled) member.channel.lose();
    else this.queue.leave(member);
  }

  comeAgain(member: Member): void {
    member.state = 'here';
    member.times++;
    member.isStalled = false;
    member.channel.release();
  }
}

class Real {
  readonly stage = new Stage();
  readonly rep = this.stage.open(Reply, { reconnectInterval: RECONNECT, sendHighWaterMark: MARK });
  readonly peers: MemoryPeer[] = [];
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  for (const member of model.all) {
    if (member.state !== 'here') continue;
    expect([member.number, real.peers[member.number]!.messages()]).toEqual([member.number, member.hear()]);
  }
  const { droppedUnroutable, droppedFull } = real.rep.statistics;
  const full = model.all.reduce((sum, { channel, state }) => sum + (state === 'gone' ? 0 : channel.dropped), 0);
  expect(droppedUnroutable).toBe(model.unroutable);
  expect(droppedFull).toBeGreaterThanOrEqual(full);
  if (full > 0) model.seen('to one that does not read');
}

type One = AnyStep<Model, Real>;

const comes: One = step('join', fc.boolean(), async (model, real, dialled) => {
  const { number } = model.join(dialled);
  if (dialled) {
    real.stage.network.listen(String(number), (stream) => {
      real.peers[number] = new MemoryPeer(stream);
      real.peers[number].introduce('DEALER');
    });
    real.rep.connect(`mem://${number}`);
  } else {
    real.peers[number] = await real.stage.peer('bound', 'DEALER');
  }
  await compare(model, real);
});

const triesToReceive: One = step('tryReceive', none, async (model, real) => {
  const expected = model.receive();
  expect(codeOf(() => real.rep.tryReceive()?.join('|'))).toBe(expected);
  await compare(model, real);
});

const isReadable: One = step('readable', none, (model, real) => {
  const expected = model.question === undefined && model.look() !== undefined;
  expect(real.rep.readable).toBe(expected);
});

const sends: One = step('send', none, async (model, real) => {
  const text = model.text();
  const expected = model.send(text);
  expect(codeOf(() => real.rep.trySend(text))).toBe(expected);
  await compare(model, real);
});

const toOne = stepsOfOne<Member, Model, Real>(compare);

const envelope = fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 });
const flaw = fc.constantFrom('none', 'none', 'none', 'none', 'delimiter', 'body');

const asks = toOne('ask', fc.tuple(envelope, flaw, fc.boolean()), (model, real, member, [addresses, missing, more]) => {
  const body = missing === 'body' ? [] : [model.text(), ...(more ? ['', 'more'] : [])];
  const frames = missing === 'delimiter' ? [...addresses, model.text()] : [...addresses, '', ...body];
  model.queue.say(member, { frames, time: member.times });
  real.peers[member.number]!.say(...frames);
});

const leaves = toOne('leave', none, (model, real, member) => {
  model.lose(member);
  real.peers[member.number]!.stream.reset();
});

const stalls = toOne('stall', none, (_model, real, member) => {
  member.isStalled = true;
  stall(real.peers[member.number]!);
});

const flows = toOne('flow', none, (_model, real, member) => {
  member.isStalled = false;
  flow(real.peers[member.number]!);
});

const waits: One = step('reconnect', none, async (model, real) => {
  await real.stage.clock.advance(RECONNECT);
  for (const member of model.all) if (member.state === 'away') model.comeAgain(member);
  await compare(model, real);
});

it(
  'a REP answers one at a time, whom it has heard and as it was asked',
  async () => {
    await explore<undefined, Model, Real>({
      name: 'REP',
      setup: none,
      steps: [
        comes,
        asks,
        asks,
        asks,
        triesToReceive,
        triesToReceive,
        triesToReceive,
        sends,
        sends,
        sends,
        isReadable,
        leaves,
        stalls,
        flows,
        waits,
      ],
      runs: RUNS,
      reaches: ['no request', 'through several', 'to nobody', 'to one that does not read'],
      start: async (_setup, seen) => {
        const real = new Real();
        await real.rep.bind('mem://bound');
        return { model: new Model(seen), real };
      },
      finish: async (model, real) => {
        for (;;) {
          if (model.question !== undefined) expect(real.rep.trySend('.')).toBe(model.send('.'));
          // Each reply is with the stream before the next: whether that is full shows only then.
          await compare(model, real);
          const body = model.receive();
          expect(real.rep.tryReceive()?.join('|')).toBe(body);
          if (body === undefined) break;
        }
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);

// Both ends of this library.

interface Talk {
  readonly seen: Seen;
  /** What each has asked last, whether that has been answered, and whether anything broke since it asked. */
  readonly askers: { question: string; open: boolean; safe: boolean }[];
  next: number;
}

interface Both {
  readonly stage: Stage;
  readonly rep: Reply;
  readonly reqs: Request[];
}

type Between = AnyStep<Talk, Both>;

const who = fc.nat(2);

const asking: Between = step('ask', who, async (model, real, at) => {
  const asker = model.askers[at]!;
  asker.question = `${at}:${model.next++}`;
  asker.open = true;
  asker.safe = real.stage.network.links.some(({ name, over }) => name === String(at) && !over);
  expect(real.reqs[at]!.trySend(asker.question)).toBe(true);
  await settle();
});

async function serve(real: Both): Promise<void> {
  for (let asked = real.rep.tryReceive(); asked !== undefined; asked = real.rep.tryReceive()) {
    expect(real.rep.trySend(`re ${asked.join('|')}`)).toBe(true);
  }
  await settle();
}

const serving: Between = step('serve', none, (_model, real) => serve(real));

const breaking: Between = step('break', who, async (model, real, at) => {
  model.askers[at]!.safe = false;
  for (const link of real.stage.network.links) if (link.name === String(at) && !link.over) link.reset();
  await settle();
});

const mending: Between = step('reconnect', none, (_model, real) => real.stage.clock.advance(RECONNECT));

function hear(model: Talk, real: Both, at: number, served: boolean): void {
  const asker = model.askers[at]!;
  if (!asker.open) {
    expect(codeOf(() => real.reqs[at]!.tryReceive())).toBe('EFSM');
    return;
  }
  const reply = real.reqs[at]!.tryReceive()?.join('|');
  if (served && asker.safe) expect(reply).toBeDefined();
  if (reply === undefined) return;
  model.seen('answered');
  if (!asker.safe) model.seen('answered, though something broke');
  expect(reply).toBe(`re ${asker.question}`);
  asker.open = false;
}

const hearing: Between = step('receive', who, (model, real, at) => hear(model, real, at, false));

it(
  'between three REQ and a REP a reply is to the last question, and comes unless something broke',
  async () => {
    await explore<number[], Talk, Both>({
      name: 'REQ and REP',
      setup: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      steps: [asking, asking, serving, breaking, mending, hearing, hearing],
      runs: RUNS,
      reaches: ['answered', 'answered, though something broke'],
      start: async (pieces, seen) => {
        const stage = new Stage();
        stage.network.wire.pieces = pieces;
        const rep = stage.open(Reply);
        const reqs = [0, 1, 2].map(() =>
          stage.open(Request, { relaxed: true, correlate: true, reconnectInterval: RECONNECT }),
        );
        for (const [at, req] of reqs.entries()) {
          await rep.bind(`mem://${at}`);
          req.connect(`mem://${at}`);
        }
        await settle();
        const askers = reqs.map(() => ({ question: '', open: false, safe: true }));
        return { model: { seen, askers, next: 0 }, real: { stage, rep, reqs } };
      },
      finish: async (model, real) => {
        await real.stage.clock.advance(RECONNECT);
        await serve(real);
        for (const at of model.askers.keys()) hear(model, real, at, true);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
