// Nothing lost, nothing twice, the order of each peer kept: PUSH/PULL and DEALER/ROUTER over streams that split, stall,
// fill up and break at random, with random marks, under a virtual clock.
//
// A broken stream may take with it what it had been given. Everything else must arrive, whole and in order.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dealer, Pull, Push, Reply, Router, type Socket } from '../../src/index.js';
import { World } from '../support/world.js';

interface Weather {
  pieces: number[];
  capacity: number;
  sendHighWaterMark: number;
  receiveHighWaterMark: number;
  steps: Step[];
}

type Step =
  | { send: number }
  | { receive: number }
  | { wait: number }
  | { stall: number }
  | { flow: number }
  | { reset: number };

const small = fc.nat(30);
const steady: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ send: small }) },
  { weight: 4, arbitrary: fc.record({ receive: small }) },
  { weight: 2, arbitrary: fc.record({ wait: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ stall: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ flow: fc.nat(3) }) },
);
const stormy = fc.oneof({ weight: 14, arbitrary: steady }, { weight: 1, arbitrary: fc.record({ reset: fc.nat(3) }) });

const weather = (step: fc.Arbitrary<Step>): fc.Arbitrary<Weather> =>
  fc.record({
    pieces: fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 4 }),
    capacity: fc.constantFrom(1, 40, 1000, 1 << 20),
    sendHighWaterMark: fc.constantFrom(1, 2, 5, 1000),
    receiveHighWaterMark: fc.constantFrom(1, 2, 5, 1000),
    steps: fc.array(step, { maxLength: 30 }),
  });

type Sender = Socket & { send(message: string[]): Promise<void> };
type Receiver = Socket & { receive(): Promise<Buffer[]> };

/** Numbered messages of one to three parts from one sender, as many as it takes at once. */
class Source {
  readonly socket: Sender;
  readonly name: string;
  sent = 0;

  constructor(socket: Sender, name: string) {
    this.socket = socket;
    this.name = name;
  }

  async send(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const parts = [this.name, String(this.sent), ...Array(this.sent % 3).fill('more')];
      if (!(await accepted(this.socket.send(parts)))) return;
      this.sent++;
    }
  }
}

async function accepted(sending: Promise<void>): Promise<boolean> {
  return sending.then(
    () => true,
    () => false,
  );
}

/** Takes what is there; every message must be whole. */
async function take(receiver: Receiver, count: number, log: Map<string, number[]>): Promise<number> {
  let taken = 0;
  while (taken < count) {
    const parts = await receiver.receive().catch(() => undefined);
    if (parts === undefined) break;
    const [name, number, ...more] = parts.slice(receiver instanceof Router ? 1 : 0).map(String) as [string, string];
    expect(more).toEqual(Array(Number(number) % 3).fill('more'));
    log.set(name, [...(log.get(name) ?? []), Number(number)]);
    taken++;
  }
  return taken;
}

async function play(
  senders: number,
  makeSender: typeof Push | typeof Dealer,
  makeReceiver: typeof Pull | typeof Router,
  sky: Weather,
) {
  const world = new World();
  Object.assign(world.network.wire, { capacity: sky.capacity, pieces: sky.pieces });
  const receiveOptions = { receiveHighWaterMark: sky.receiveHighWaterMark, receiveTimeout: 0 };
  const receiver = world.open(makeReceiver as typeof Pull, receiveOptions) as Receiver;
  await receiver.bind('mem://a');
  const sendOptions = { sendHighWaterMark: sky.sendHighWaterMark, sendTimeout: 0 };
  const sources = Array.from({ length: senders }, (_, i) => {
    const socket = world.open(makeSender as typeof Push, sendOptions);
    socket.connect('mem://a');
    return new Source(socket as Sender, `s${i}`);
  });
  const log = new Map<string, number[]>();
  let resets = 0;
  for (const step of sky.steps) {
    if ('send' in step) for (const source of sources) await source.send(step.send);
    else if ('receive' in step) await take(receiver, step.receive, log);
    else if ('wait' in step) await world.clock.advance(step.wait);
    else {
      const link = world.network.links.at(-1 - Object.values(step)[0]!);
      if ('stall' in step) link?.stall();
      else if ('flow' in step) link?.flow();
      else if (link !== undefined && !link.over) {
        link.reset();
        resets++;
      }
    }
  }
  for (const link of world.network.links) link.flow();
  let more = 1;
  for (let quiet = 0; quiet < 3; quiet = more > 0 ? 0 : quiet + 1) {
    await world.clock.advance(200);
    more = await take(receiver, 10_000, log);
  }
  for (const { socket } of sources) Object.assign(socket, { linger: 0 });
  for (const socket of [receiver, ...sources.map((source) => source.socket)]) socket.close();
  return { sources, log, resets };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.each([
  ['PUSH to PULL', Push, Pull],
  ['DEALER to ROUTER', Dealer, Router],
] as const)('%s', (_name, sender, receiver) => {
  it('X3 delivers everything once and in order through splits, stalls and full streams', async () => {
    await fc.assert(
      fc.asyncProperty(weather(steady), fc.integer({ min: 1, max: 3 }), async (sky, senders) => {
        const { sources, log } = await play(senders, sender, receiver, sky);
        for (const { name, sent } of sources) expect(log.get(name) ?? []).toEqual(upTo(sent));
      }),
      { numRuns: 120 },
    );
  });

  it('T1 delivers nothing twice through resets, and each connection in order', async () => {
    await fc.assert(
      fc.asyncProperty(weather(stormy), async (sky) => {
        const { sources, log, resets } = await play(1, sender, receiver, sky);
        const [{ name, sent }] = sources as [Source];
        const received = log.get(name) ?? [];
        expect(new Set(received).size).toBe(received.length);
        // To the receiver each connection is a peer of its own, and peers take turns: as many ordered rows as connections.
        expect(longestFall(received)).toBeLessThanOrEqual(resets + 1);
        if (resets === 0) expect(received).toEqual(upTo(sent));
        expect(received.every((number) => number < sent)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });
});

/** The length of the longest falling subsequence: the least number of rising ones that the numbers can be dealt into. */
function longestFall(numbers: readonly number[]): number {
  const lengths: number[] = [];
  numbers.forEach((number, at) => {
    lengths[at] = 1 + Math.max(0, ...lengths.filter((_, before) => (numbers[before] as number) > number));
  });
  return Math.max(0, ...lengths);
}

it('messages that waited in the pipe when the stream broke arrive over the next', async () => {
  const world = new World();
  world.network.wire.capacity = 1;
  const push = world.open(Push);
  const pull = world.open(Pull);
  await world.join(push, pull);
  world.network.link.stall();
  await push.send('goes down with the stream');
  await world.clock.advance(0);
  for (let i = 0; i < 50; i++) await push.send(i);
  world.network.link.reset();
  await world.clock.advance(100);
  for (let i = 0; i < 50; i++) expect(String(await pull.receive())).toBe(String(i));
});

it('a REP that has dialled answers nobody when a request outlived its connection, read before the next one or after', async () => {
  for (const readLate of [false, true]) {
    const world = new World();
    const rep = world.open(Reply);
    const peers = world.serve('a', 'REQ');
    rep.connect('mem://a');
    await world.clock.advance(0);
    peers[0]!.say('', 'question');
    await world.clock.advance(0);
    if (!readLate) expect(String(rep.tryReceive())).toBe('question');
    peers[0]!.stream.reset();
    await world.clock.advance(100);
    if (readLate) expect(String(rep.tryReceive())).toBe('question');
    expect(rep.trySend('answer')).toBe(true);
    await world.clock.advance(0);
    expect([peers[1]!.messages(), rep.statistics.droppedUnroutable]).toEqual([[], 1]);
  }
});
