// REQ (RFC 28, ZMQ_REQ_RELAXED, ZMQ_REQ_CORRELATE): a request goes to the next peer in turn; the reply is the first message of that
// peer with the envelope of the request, and everything else is dropped; send and receive alternate, or are EFSM.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Request } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { type AnyStep, explore, none, patience, type Seen, step, stepsOfOne } from './support/explore.js';
import { Ring } from './support/ring.js';
import { codeOf, Stage } from './support/stage.js';

const RUNS = 400;
const RECONNECT = 100;

interface Setup {
  readonly relaxed: boolean;
  readonly correlate: boolean;
}

/** What a peer says: a reply, to its last request or to the one before that, or something that is none. */
const KINDS = ['right', 'right', 'right', 'late', 'no delimiter', 'no body', 'other id'] as const;
type Kind = (typeof KINDS)[number];

interface Member {
  readonly number: number;
  readonly dialled: boolean;
  state: 'here' | 'away' | 'gone';
  /** Requests it has to hear, and the ids of those it has heard. */
  hears: string[];
  readonly ids: string[];
  /** What it has said, as frames, and nobody has looked at yet. */
  said: string[][];
}

class Model {
  readonly setup: Setup;
  readonly seen: Seen;
  readonly all: Member[] = [];
  readonly ring = new Ring<Member>();
  /** Whom the request went to; undefined when none is under way. */
  asked: Member | undefined;
  /** The id that the reply has to return. */
  id = '';
  /** A receive waits. */
  receiving = false;
  readonly received: string[] = [];
  #next = 0;

  constructor(setup: Setup, seen: Seen) {
    this.setup = setup;
    this.seen = seen;
  }

  text(): string {
    return String(this.#next++);
  }

  join(dialled: boolean): Member {
    const member: Member = { number: this.all.length, dialled, state: 'here', hears: [], ids: [], said: [] };
    this.all.push(member);
    this.ring.add(member);
    return member;
  }

  /** True, false, or a code. */
  send(text: string): boolean | string {
    if (this.asked !== undefined && !this.setup.relaxed) return 'EFSM';
    const member = this.ring.current;
    if (member === undefined) return false;
    if (this.asked !== undefined) this.seen('asked anew');
    this.ring.advance();
    member.hears.push(text);
    this.asked = member;
    // What has come by now can be no reply to it.
    for (const one of this.all) one.said = [];
    return true;
  }

  say(member: Member, frames: string[]): void {
    member.said.push(frames);
    if (!this.receiving) return;
    const reply = this.take();
    if (reply === undefined) return;
    this.receiving = false;
    this.received.push(reply);
  }

  /** The reply, if it is there. */
  take(): string | undefined {
    while (this.asked !== undefined && this.asked.said.length > 0) {
      const frames = this.asked.said.shift() as string[];
      const envelope = this.setup.correlate ? [this.id, ''] : [''];
      const isReply = frames.length > envelope.length && envelope.every((frame, at) => frame === frames[at]);
      this.seen(isReply ? 'reply' : 'no reply');
      if (!isReply) continue;
      this.asked = undefined;
      return frames.slice(envelope.length).join('|');
    }
    return undefined;
  }

  lose(member: Member): void {
    member.state = member.dialled ? 'away' : 'gone';
    if (!member.dialled) this.ring.remove(member);
  }
}

class Real {
  readonly stage = new Stage();
  readonly req: Request;
  readonly peers: MemoryPeer[] = [];
  readonly received: string[] = [];

  constructor(setup: Setup) {
    this.req = this.stage.open(Request, { ...setup, reconnectInterval: RECONNECT });
  }
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  for (const member of model.all) {
    if (member.state !== 'here') continue;
    const heard = real.peers[member.number]!.messages();
    const ids = heard.map((line) => line.slice(0, model.setup.correlate ? 4 : 0));
    // The id, where there is one, is any four bytes: behind it stand the delimiter and the request.
    const separator = model.setup.correlate ? '||' : '|';
    expect(heard).toEqual(member.hears.splice(0).map((text, at) => `${ids[at]}${separator}${text}`));
    if (!model.setup.correlate) continue;
    for (const id of ids) {
      expect([id.length, model.all.flatMap((one) => one.ids).includes(id)]).toEqual([4, false]);
      member.ids.push(id);
      if (model.asked === member) model.id = id;
    }
  }
  expect(real.received).toEqual(model.received);
}

type One = AnyStep<Model, Real>;

const comes: One = step('join', fc.boolean(), async (model, real, dialled) => {
  const { number } = model.join(dialled);
  if (dialled) {
    real.stage.network.listen(String(number), (stream) => {
      real.peers[number] = new MemoryPeer(stream);
      real.peers[number].introduce('ROUTER');
    });
    real.req.connect(`mem://${number}`);
  } else {
    real.peers[number] = await real.stage.peer('bound', 'REP');
  }
  await compare(model, real);
});

const sends: One = step('send', none, async (model, real) => {
  const text = model.text();
  const expected = model.send(text);
  expect(codeOf(() => real.req.trySend(text))).toBe(expected);
  await compare(model, real);
});

const triesToReceive: One = step('tryReceive', none, async (model, real) => {
  const expected = model.asked === undefined ? 'EFSM' : model.receiving ? undefined : model.take();
  const got = codeOf(() => real.req.tryReceive()?.join('|'));
  // Where a receive waits already, that one is asked first.
  expect(got).toBe(model.receiving ? undefined : expected);
  await compare(model, real);
});

const receives: One = step(
  'receive',
  none,
  async (model, real) => {
    const receiving = real.req.receive().then((parts) => real.received.push(parts.join('|')));
    if (model.asked === undefined) {
      await expect(receiving).rejects.toMatchObject({ code: 'EFSM' });
      return;
    }
    receiving.catch(() => {});
    const reply = model.take();
    if (reply === undefined) model.receiving = true;
    else model.received.push(reply);
    await compare(model, real);
  },
  (model) => !model.receiving,
);

const isReadable: One = step('readable', none, (model, real) => {
  // A reply that has been seen is not taken for it.
  const { asked } = model;
  const said = asked?.said.slice();
  const reply = model.take();
  if (asked !== undefined && reply !== undefined) Object.assign(model, { asked });
  if (asked !== undefined && said !== undefined && reply !== undefined) asked.said = said;
  expect(real.req.readable).toBe(reply !== undefined);
});

/** Mostly the one that was asked. */
const toOne = stepsOfOne<Member, Model, Real>(compare, (able, number, { asked }) =>
  number < 4 && asked?.state === 'here' ? asked : able[number % able.length]!,
);

function framesOf(member: Member, kind: Kind, text: string, correlate: boolean): string[] {
  const id = kind === 'other id' ? 'xxxx' : kind === 'late' ? member.ids.at(-2) : member.ids.at(-1);
  const envelope = correlate ? [id ?? 'none', ''] : [''];
  if (kind === 'no delimiter') return [...envelope.slice(0, -1), text, 'more'];
  return kind === 'no body' ? envelope : [...envelope, text, 'part'];
}

const replies = toOne('reply', fc.constantFrom(...KINDS), (model, real, member, kind) => {
  const frames = framesOf(member, kind, `${member.number}:${model.text()}`, model.setup.correlate);
  if (member !== model.asked) model.seen('from another');
  model.say(member, frames);
  real.peers[member.number]!.say(...frames.map((frame) => Buffer.from(frame, 'latin1')));
});

const leaves = toOne('leave', none, (model, real, member) => {
  model.lose(member);
  real.peers[member.number]!.stream.reset();
});

const waits: One = step('reconnect', none, async (model, real) => {
  await real.stage.clock.advance(RECONNECT);
  for (const member of model.all) if (member.state === 'away') member.state = 'here';
  await compare(model, real);
});

it(
  'a REQ asks one at a time, and hears the reply and nothing else',
  async () => {
    await explore<Setup, Model, Real>({
      name: 'REQ',
      setup: fc.record({ relaxed: fc.boolean(), correlate: fc.boolean() }),
      steps: [
        comes,
        sends,
        sends,
        sends,
        triesToReceive,
        triesToReceive,
        receives,
        isReadable,
        replies,
        replies,
        replies,
        leaves,
        waits,
      ],
      runs: RUNS,
      reaches: ['reply', 'no reply', 'asked anew', 'from another'],
      start: async (setup, seen) => {
        const real = new Real(setup);
        await real.req.bind('mem://bound');
        return { model: new Model(setup, seen), real };
      },
      finish: async (model, real) => {
        await real.stage.clock.advance(RECONNECT);
        for (const member of model.all) if (member.state === 'away') member.state = 'here';
        await compare(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
