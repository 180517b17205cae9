// One endpoint that is connected to and lost again, under any weather (ZMQ_RECONNECT_IVL, ZMQ_RECONNECT_IVL_MAX, ZMQ_CONNECT_TIMEOUT,
// ZMQ_IMMEDIATE; RFC 28 and 30: the queue of an outgoing connection outlives it): when attempts are made, what waits meanwhile,
// what goes down with a connection, and that the rest arrives once and in order.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer, Push, type Socket } from '../../src/index.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { settle } from '../support/virtual-clock.js';
import { eventsOf } from '../support/world.js';
import { Channel } from './support/channel.js';
import { type AnyStep, explore, none, patience, type Seen, step } from './support/explore.js';
import { flow, Outcome, Stage, stall } from './support/stage.js';

const RUNS = 220;
const NO_MARKS = { messages: 0, bytes: 0 };
/** The longest that a faulty peer is left alone, in ms. */
const FAULT_DELAY_MAX = 30_000;

interface Setup {
  readonly reconnectInterval: number;
  readonly reconnectMaxInterval: number;
  readonly connectTimeout: number;
  readonly immediate: boolean;
  readonly sendHighWaterMark: number;
  /** A link that stands still takes everything, and not one message only. */
  readonly roomy: boolean;
  /** At first. */
  readonly weather: Weather;
  /** What the library gets for a random number. */
  readonly random: number;
}

/** What meets an attempt to connect: a peer, nobody, silence, or something that speaks no ZMTP. */
type Weather = 'peer' | 'nobody' | 'silence' | 'noise';

class Model {
  readonly setup: Setup;
  readonly seen: Seen;
  weather: Weather;
  now = 0;
  attempts = 0;
  connects = 0;
  readonly delays: number[] = [];
  lost = 0;
  /** `here` has no next time, nor has an attempt that hangs for ever, nor who has given up. */
  state: 'connecting' | 'here' | 'waiting' | 'stopped' = 'waiting';
  next = 0;
  channel: Channel | undefined;
  stalled = false;
  /** Sends that nobody can take now, not even a queue. */
  readonly unserved: string[] = [];
  served: string[] = [];
  #delay: number;
  #faults = 0;
  #text = 0;

  constructor(setup: Setup, seen: Seen) {
    this.setup = setup;
    this.seen = seen;
    this.weather = setup.weather;
    this.#delay = setup.reconnectInterval;
    if (!setup.immediate) this.open();
  }

  text(): string {
    return String(this.#text++);
  }

  /** Lets the time pass. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.next <= end) {
      this.now = this.next;
      if (this.state === 'waiting') this.attempt();
      else this.retry(this.delay());
    }
    this.now = end;
  }

  trySend(text: string): boolean {
    return this.waiting.length === 0 && (this.channel?.trySend(text) ?? false);
  }

  send(text: string): void {
    if (this.channel === undefined) this.unserved.push(text);
    else this.channel.send(text);
  }

  get waiting(): readonly string[] {
    return this.channel?.waiting ?? this.unserved;
  }

  /** Sends that have come through since the last look. */
  newlyServed(): string[] {
    return [...this.served.splice(0), ...(this.channel?.served.splice(0) ?? [])];
  }

  /** What the peer has heard since the last look. */
  heard(): string[] {
    return this.state !== 'here' || this.stalled ? [] : (this.channel as Channel).in.items.splice(0);
  }

  lose(): void {
    this.channel?.lose();
    if ((this.channel?.out.length ?? 0) > 0) this.seen('waits for the next connection');
    this.#faults = 0;
    if (this.setup.immediate) this.shut();
    this.retry(this.delay());
  }

  set isStalled(value: boolean) {
    this.stalled = value;
    this.channel?.setReceiveMarks(value && !this.setup.roomy ? { messages: 1, bytes: 0 } : NO_MARKS);
  }

  private attempt(): void {
    this.attempts++;
    this.state = 'connecting';
    this.next = Number.POSITIVE_INFINITY;
    if (this.weather === 'nobody') this.retry(this.delay());
    else if (this.weather === 'noise') this.retry(this.faultDelay());
    else if (this.weather === 'peer') this.connected();
    else if (this.setup.connectTimeout > 0) this.next = this.now + this.setup.connectTimeout;
  }

  private connected(): void {
    this.state = 'here';
    if (this.connects++ > 0) this.seen('connected again');
    this.#delay = this.setup.reconnectInterval;
    this.stalled = false;
    if (this.channel === undefined) this.open();
    const channel = this.channel as Channel;
    channel.in.marks = NO_MARKS;
    channel.release();
    // Only now: what waits for any peer at all comes behind what waits for this one.
    for (const text of this.unserved.splice(0)) channel.send(text);
  }

  private open(): void {
    this.channel = new Channel('balanced', { messages: this.setup.sendHighWaterMark, bytes: 0 }, NO_MARKS);
    this.channel.lose();
  }

  private shut(): void {
    const { channel } = this;
    if (channel === undefined) return;
    this.lost += channel.out.length;
    this.served.push(...channel.served);
    this.unserved.push(...channel.waiting);
    this.channel = undefined;
  }

  private retry(delay: number): void {
    this.next = Number.POSITIVE_INFINITY;
    if (this.setup.reconnectInterval < 0) {
      this.seen('gives up');
      this.state = 'stopped';
      this.shut();
      return;
    }
    this.state = 'waiting';
    this.delays.push(delay);
    this.next = this.now + delay;
  }

  /** The interval, doubled after each failure up to the maximum where there is one, and a random part of the interval. */
  private delay(): number {
    const { reconnectInterval, reconnectMaxInterval, random } = this.setup;
    const delay = this.#delay + Math.floor(random * reconnectInterval);
    if (reconnectMaxInterval <= reconnectInterval) return delay;
    this.#delay = Math.min(2 * this.#delay, reconnectMaxInterval);
    if (delay > reconnectMaxInterval) this.seen('as long as may be');
    return Math.min(delay, reconnectMaxInterval);
  }

  /** Doubled once more after each fault, up to half a minute. */
  private faultDelay(): number {
    const delay = this.delay();
    const longer = Math.min(delay * 2 ** Math.min(this.#faults++, 10), FAULT_DELAY_MAX);
    if (this.#faults > 2) this.seen('is left alone ever longer');
    if (longer === FAULT_DELAY_MAX) this.seen('is left alone for half a minute');
    return Math.max(delay, longer);
  }
}

class Real {
  readonly stage = new Stage();
  readonly socket: Socket & Push;
  readonly log: string[];
  readonly sends = new Map<string, Outcome>();
  peer: MemoryPeer | undefined;

  constructor(type: 'PUSH' | 'DEALER', { random, weather: _, roomy, ...options }: Setup) {
    this.stage.random = random;
    if (roomy) this.stage.network.wire.capacity = 1 << 20;
    const given = { ...options, maxPendingSends: 100 };
    this.socket = (type === 'PUSH' ? this.stage.open(Push, given) : this.stage.open(Dealer, given)) as Socket & Push;
    this.log = eventsOf(this.socket);
  }

  set weather(weather: Weather) {
    const { network } = this.stage;
    network.answer = ({ peer: 'listen', noise: 'listen', nobody: 'refuse', silence: 'hang' } as const)[weather];
    network.listen('a', (stream) => {
      if (weather === 'noise') {
        stream.write([Buffer.from('HTTP/1.1 400')]);
        return;
      }
      this.peer = new MemoryPeer(stream);
      this.peer.introduce(this.socket instanceof Dealer ? 'ROUTER' : 'PULL');
    });
  }

  get delays(): number[] {
    const retries = this.log.filter((line) => line.startsWith('connect:retry'));
    return retries.map((line) => Number(line.split(' ')[2]));
  }
}

async function compare(model: Model, real: Real): Promise<void> {
  await settle();
  const { socket, stage } = real;
  expect([stage.network.attempts, real.delays]).toEqual([model.attempts, model.delays]);
  if (model.state === 'here') expect(real.peer!.messages()).toEqual(model.heard());
  const { connects, queuedOut, droppedLost } = socket.statistics;
  const waits = model.channel?.out.length ?? 0;
  expect({ connects, queuedOut, droppedLost }).toEqual({
    connects: model.connects,
    queuedOut: waits,
    droppedLost: model.lost,
  });
  for (const text of model.newlyServed()) expect([text, real.sends.get(text)?.state]).toEqual([text, 'done']);
  for (const text of model.waiting) expect([text, real.sends.get(text)?.state]).toEqual([text, 'waiting']);
  expect(socket.writable).toBe(model.channel?.writable ?? false);
}

type One = AnyStep<Model, Real>;

const waits: One = step('advance', fc.oneof(fc.nat(300), fc.nat(5000)), async (model, real, ms) => {
  model.advance(ms);
  await real.stage.clock.advance(ms);
  await compare(model, real);
});

/** Long enough for a faulty peer to be asked seldom. */
const waitsLong: One = step(
  'advanceLong',
  none,
  async (model, real) => {
    model.advance(4 * FAULT_DELAY_MAX);
    await real.stage.clock.advance(4 * FAULT_DELAY_MAX);
    await compare(model, real);
  },
  ({ weather, state }) => weather === 'noise' && state === 'waiting',
);

const changes: One = step(
  'weather',
  fc.constantFrom<Weather>('peer', 'peer', 'nobody', 'silence', 'noise'),
  (model, real, weather) => {
    model.weather = weather;
    real.weather = weather;
  },
);

const breaks: One = step(
  'break',
  fc.boolean(),
  async (model, real, reset) => {
    // Who stands still cannot say goodbye.
    if (reset || model.stalled) real.peer!.stream.reset();
    else real.peer!.stream.end();
    model.lose();
    await compare(model, real);
  },
  (model) => model.state === 'here',
);

const stalls: One = step(
  'stall',
  none,
  (model, real) => {
    model.isStalled = true;
    stall(real.peer!);
  },
  (model) => model.state === 'here',
);

const flows: One = step(
  'flow',
  none,
  async (model, real) => {
    model.isStalled = false;
    flow(real.peer!);
    await compare(model, real);
  },
  (model) => model.state === 'here',
);

const triesToSend: One = step('trySend', fc.integer({ min: 1, max: 3 }), async (model, real, count) => {
  for (let i = 0; i < count; i++) {
    const text = model.text();
    expect(real.socket.trySend(text)).toBe(model.trySend(text));
    await compare(model, real);
  }
});

const sends: One = step('send', none, async (model, real) => {
  const text = model.text();
  model.send(text);
  real.sends.set(text, new Outcome(real.socket.send(text)));
  await compare(model, real);
});

it.each(['PUSH', 'DEALER'] as const)(
  '%s: asks for its peer when it should, and what waits for it arrives once and in order',
  async (type) => {
    await explore<Setup, Model, Real>({
      name: type,
      setup: fc.record({
        reconnectInterval: fc.constantFrom(-1, 1, 100, 100, 250),
        reconnectMaxInterval: fc.constantFrom(0, 50, 400, 1000),
        connectTimeout: fc.constantFrom(0, 150),
        immediate: fc.boolean(),
        sendHighWaterMark: fc.integer({ min: 1, max: 4 }),
        roomy: fc.boolean(),
        random: fc.constantFrom(0, 0.5, 0.99),
        weather: fc.constantFrom<Weather>('peer', 'peer', 'nobody'),
      }),
      steps: [waits, waits, waitsLong, changes, breaks, stalls, stalls, flows, triesToSend, triesToSend, sends],
      runs: RUNS,
      reaches: [
        'connected again',
        'waits for the next connection',
        'gives up',
        'as long as may be',
        'is left alone ever longer',
        'is left alone for half a minute',
      ],
      start: async (setup, seen) => {
        const real = new Real(type, setup);
        const model = new Model(setup, seen);
        real.weather = model.weather;
        real.socket.connect('mem://a');
        model.advance(0);
        await compare(model, real);
        return { model, real };
      },
      finish: async (model, real) => {
        model.weather = 'peer';
        real.weather = 'peer';
        if (model.state === 'here') {
          model.isStalled = false;
          flow(real.peer!);
        }
        model.advance(2 * FAULT_DELAY_MAX);
        await real.stage.clock.advance(2 * FAULT_DELAY_MAX);
        await compare(model, real);
      },
      close: (real) => real.stage.end(),
    });
  },
  patience(RUNS),
);
