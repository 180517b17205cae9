// The end of a socket (ZMQ_LINGER, docs/shutdown.md): what still leaves after `disconnect` and `close`, for how long it is waited
// for, when `ended` resolves, and that it counts exactly what was dropped. Peers stall, break off and come in the middle of it.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer, Push, type Socket } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { type AnyStep, explore, none, patience, step } from './support/explore.js';
import { type Link, Model, RECONNECT } from './support/lingering.js';
import { flow, Stage, stall } from './support/stage.js';

const RUNS = 300;

class Real {
  readonly stage = new Stage();
  readonly socket: Socket & Push;
  readonly type: 'PUSH' | 'DEALER';
  /** By number of the link; another one when it was made anew. */
  readonly peers: MemoryPeer[] = [];
  ended: { readonly dropped: number } | undefined;

  constructor(type: 'PUSH' | 'DEALER', linger: number) {
    this.type = type;
    const options = { linger, reconnectInterval: RECONNECT };
    const { stage } = this;
    this.socket = (type === 'PUSH' ? stage.open(Push, options) : stage.open(Dealer, options)) as Socket & Push;
    void this.socket.ended.then((ended) => {
      this.ended = ended;
    });
  }

  get peerType(): string {
    return this.type === 'PUSH' ? 'PULL' : 'DEALER';
  }

  listen(number: number): void {
    this.stage.network.listen(String(number), (stream) => {
      this.peers[number] = new MemoryPeer(stream);
      this.peers[number].introduce(this.peerType);
    });
  }
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  for (const [at, link] of model.all.entries()) {
    const heard = real.peers[at]?.messages() ?? [];
    expect([link.name, heard]).toEqual([link.name, link.heard.splice(0)]);
    const connected = real.peers[at]?.stream.other.over === false;
    expect([link.name, connected]).toEqual([link.name, link.state === 'here']);
  }
  expect(real.socket.statistics.droppedLost).toBe(model.droppedLost);
  expect(real.ended).toEqual(model.isOver ? { dropped: model.dropped } : undefined);
  if (model.isOver) expect(real.stage.clock.pending).toBe(0);
}

type One = AnyStep<Model, Real>;

const isOpen = (model: Model): boolean => !model.closed;

const accepts: One = step(
  'join',
  none,
  async (model, real) => {
    model.accept();
    real.peers[model.all.length - 1] = await real.stage.peer('bound', real.peerType);
    await compare(model, real);
  },
  isOpen,
);

const dials: One = step(
  'dial',
  fc.boolean(),
  async (model, real, isThere) => {
    const number = model.all.length;
    if (isThere) {
      model.listening.add(String(number));
      real.listen(number);
    }
    model.dial();
    real.socket.connect(`mem://${number}`);
    await compare(model, real);
  },
  isOpen,
);

const sends: One = step(
  'send',
  fc.integer({ min: 1, max: 4 }),
  async (model, real, count) => {
    for (let i = 0; i < count; i++) {
      const text = model.text();
      expect(real.socket.trySend(text)).toBe(model.trySend(text));
      await compare(model, real);
    }
  },
  isOpen,
);

function toOne(
  name: string,
  may: (link: Link, model: Model) => boolean,
  act: (model: Model, real: Real, link: Link, number: number) => void,
): One {
  const able = (model: Model): Link[] => model.all.filter((link) => may(link, model));
  return step(
    name,
    fc.nat(7),
    async (model, real, pick) => {
      const link = able(model)[pick % able(model).length]!;
      act(model, real, link, model.all.indexOf(link));
      await compare(model, real);
    },
    (model) => able(model).length > 0,
  );
}

const isHere = ({ state }: Link): boolean => state === 'here';

const stalls = toOne('stall', isHere, (_model, real, link, number) => {
  link.isStalled = true;
  stall(real.peers[number]!);
});

const flows = toOne('flow', isHere, (model, real, link, number) => {
  link.isStalled = false;
  model.check(link);
  flow(real.peers[number]!);
});

const breaks = toOne('break', isHere, (model, real, link, number) => {
  real.peers[number]!.stream.reset();
  model.lose(link);
});

const appears = toOne(
  'appear',
  ({ dialled, name }, { listening }) => dialled && !listening.has(name),
  (model, real, link, number) => {
    model.listening.add(link.name);
    real.listen(number);
  },
);

const disconnects = toOne(
  'disconnect',
  ({ dialled, isEnding }, { closed }) => dialled && !isEnding && !closed,
  (model, real, link) => {
    model.end(link);
    real.socket.disconnect(`mem://${link.name}`);
  },
);

const sets: One = step(
  'linger',
  fc.constantFrom(-1, 0, 73, 1200),
  (model, real, linger) => {
    model.linger = linger;
    real.socket.linger = linger;
  },
  isOpen,
);

const closes: One = step(
  'close',
  none,
  async (model, real) => {
    model.close();
    real.socket.close();
    await compare(model, real);
  },
  isOpen,
);

const waits: One = step('advance', fc.oneof(fc.nat(120), fc.nat(2000)), async (model, real, ms) => {
  model.advance(ms);
  await real.stage.clock.advance(ms);
  await compare(model, real);
});

interface Setup {
  readonly linger: number;
  /** Messages to begin with, for a peer of each kind that both stand still. */
  readonly queued: number;
}

async function populate(model: Model, real: Real, queued: number): Promise<void> {
  if (queued === 0) return;
  model.listening.add('0');
  real.listen(0);
  model.dial();
  real.socket.connect('mem://0');
  await settle();
  model.accept();
  real.peers[1] = await real.stage.peer('bound', real.peerType);
  for (const [number, link] of model.all.entries()) {
    link.isStalled = true;
    stall(real.peers[number]!);
  }
  for (let i = 0; i < queued; i++) {
    const text = model.text();
    expect(real.socket.trySend(text)).toBe(model.trySend(text));
    await compare(model, real);
  }
}

it.each(['PUSH', 'DEALER'] as const)(
  '%s: what was sent leaves within linger, and what does not is counted',
  async (type) => {
    await explore<Setup, Model, Real>({
      name: type,
      setup: fc.record({ linger: fc.constantFrom(-1, 0, 73, 1200), queued: fc.nat(6) }),
      steps: [
        accepts,
        accepts,
        dials,
        dials,
        sends,
        sends,
        sends,
        stalls,
        stalls,
        flows,
        breaks,
        breaks,
        appears,
        disconnects,
        sets,
        closes,
        waits,
        waits,
      ],
      runs: RUNS,
      reaches: ['is waited for', 'will not come again', 'came in time', 'dropped', 'dropped from the stream'],
      start: async ({ linger, queued }, seen) => {
        const real = new Real(type, linger);
        const model = new Model(linger, seen);
        await real.socket.bind('mem://bound');
        await populate(model, real, queued);
        return { model, real };
      },
      // With everybody there and at ease, whatever still waits leaves.
      finish: async (model, real) => {
        if (!model.closed) {
          model.close();
          real.socket.close();
          await compare(model, real);
        }
        for (const [number, link] of model.all.entries()) {
          if (link.dialled && !model.listening.has(link.name)) {
            model.listening.add(link.name);
            real.listen(number);
          }
          if (link.state !== 'here') continue;
          link.isStalled = false;
          model.check(link);
          flow(real.peers[number]!);
        }
        model.advance(RECONNECT);
        await real.stage.clock.advance(RECONNECT);
        await compare(model, real);
        expect(model.isOver).toBe(true);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
