// Two real sockets that talk over a network which fails them: what each pattern promises is looked after message by message.
// Nothing comes twice, bodies are whole, and where no connection was lost the order is kept and nothing is missing. (What a
// lost connection had brought may be read after what the next one brings: they are two peers to whoever bound.)

import { expect } from 'vitest';
import { Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from '../../src/index.js';
import type { AnySocket } from '../support/classes.js';
import { settle } from '../support/virtual-clock.js';
import type { World } from '../support/world.js';

/** What passed from one side to the other. */
interface Flow {
  sent: number;
  readonly received: number[];
}

interface Pairing {
  readonly dialling: new (options: object) => unknown;
  readonly bound: new (options: object) => unknown;
  readonly options?: object;
  /** Both ways, or from the side that dials, or from the other. */
  readonly flows: readonly ('dialling' | 'bound')[];
  /** Answers each message with the same. */
  readonly echoes?: true;
  /** Messages may be lost though no connection was: there was nobody to get them. */
  readonly drops?: true;
}

export const PAIRINGS: Readonly<Record<string, Pairing>> = {
  'PUSH to PULL': { dialling: Push, bound: Pull, flows: ['dialling'] },
  'PULL from PUSH': { dialling: Pull, bound: Push, flows: ['bound'] },
  'PAIR with PAIR': { dialling: Pair, bound: Pair, flows: ['dialling', 'bound'] },
  'DEALER with ROUTER': { dialling: Dealer, bound: Router, flows: ['dialling'], echoes: true },
  'SUB from PUB': { dialling: Subscriber, bound: Publisher, flows: ['bound'], drops: true },
  'REQ with REP': {
    dialling: Request,
    bound: Reply,
    options: { relaxed: true, correlate: true },
    flows: ['dialling'],
    echoes: true,
    drops: true,
  },
};

const HEARTBEAT = { heartbeatInterval: 150, heartbeatTimeout: 150 };
const PATIENT = { reconnectInterval: 10, reconnectMaxInterval: 80, handshakeInterval: 500, ...HEARTBEAT };

/** Bytes that tell whose they are. */
const bodyOf = (number: number): Buffer => Buffer.alloc((number * 37) % 300, `${number};`);

/** Where they meet. */
export interface Ground {
  open(type: new (options: object) => unknown, options: object): AnySocket;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** The bound one is there; what the other shall connect to. */
  between(endpoint: string): Promise<string>;
  readonly address: string;
}

export class Duo {
  readonly #ground: Ground;
  readonly dialling: AnySocket;
  readonly bound: AnySocket;
  readonly #pairing: Pairing;
  readonly #flows = new Map<string, Flow>();
  readonly #echoed: number[] = [];

  constructor(ground: Ground, name: string) {
    this.#ground = ground;
    this.#pairing = PAIRINGS[name] as Pairing;
    const { dialling, bound, options } = this.#pairing;
    this.dialling = ground.open(dialling, { ...PATIENT, ...options });
    this.bound = ground.open(bound, PATIENT);
    for (const socket of [this.dialling, this.bound]) if ('sendTimeout' in socket) socket.sendTimeout = 0;
    for (const side of this.#pairing.flows) this.#flows.set(side, { sent: 0, received: [] });
  }

  async start(): Promise<void> {
    if (this.dialling instanceof Subscriber) this.dialling.subscribe('');
    for (const socket of [this.dialling, this.bound]) {
      if (!(socket instanceof Push || socket instanceof Publisher)) void this.#listen(socket);
    }
    await this.bound.bind(this.#ground.address);
    this.dialling.connect(await this.#ground.between(this.bound.lastEndpoint as string));
  }

  /** As many messages as are taken at once. */
  async say(count: number): Promise<void> {
    for (const [side, flow] of this.#flows) {
      const socket = side === 'dialling' ? this.dialling : this.bound;
      for (let i = 0; i < count; i++) {
        const number = flow.sent;
        const taken = await socket.send([`${number}`, bodyOf(number)]).then(
          () => true,
          () => false,
        );
        if (!taken) break;
        flow.sent++;
      }
    }
  }

  /** The weather is fine from now on: connections come back, and messages pass. */
  async recover(): Promise<void> {
    const seen = () => [...this.#flows.values()].map(({ received }) => received.length).concat(this.#echoed.length);
    const passed = (before: number[]) => {
      const now = seen();
      const echo = !this.#pairing.echoes || now.at(-1)! > before.at(-1)!;
      return echo && now.slice(0, -1).every((count, i) => count > before[i]!);
    };
    for (let round = 0; round < 50; round++) {
      const before = seen();
      await this.say(1);
      // Longer each time: an answer that comes when the next request has gone counts for nothing, however slow the way is.
      for (let wait = 0; wait <= round; wait++) {
        await this.#ground.pass(20);
        if (passed(before)) return;
      }
    }
    throw new Error(`nothing passes any more; received so far: ${seen()}`);
  }

  /** Messages may be lost though no connection is. */
  get drops(): boolean {
    return this.#pairing.drops === true;
  }

  /** All that was sent has come. */
  get complete(): boolean {
    return [...this.#flows.values()].every(({ sent, received }) => received.length >= sent);
  }

  /** @param broken a connection was lost, and what was on its way with it */
  check(broken: boolean): void {
    for (const { sent, received } of this.#flows.values()) {
      if (broken) expect(new Set(received).size).toBe(received.length);
      else expectGrowing(received);
      if (!broken && !this.#pairing.drops) expect(received).toEqual(Array.from({ length: sent }, (_, i) => i));
    }
    if (!broken) expectGrowing(this.#echoed);
  }

  end(): void {
    for (const socket of [this.dialling, this.bound]) {
      socket.linger = 0;
      socket.close();
    }
  }

  async #listen(socket: AnySocket): Promise<void> {
    const from = socket === this.dialling ? 'bound' : 'dialling';
    while (!socket.closed) {
      // A REQ may not receive before it has asked.
      const parts = await socket.receive().catch(() => undefined);
      if (parts === undefined) await new Promise((resolve) => setImmediate(resolve));
      else await this.#heard(socket, from, parts);
    }
  }

  async #heard(socket: AnySocket, from: 'dialling' | 'bound', parts: Buffer[]): Promise<void> {
    const [number, body] = parts.slice(-2) as [Buffer, Buffer];
    expect(body.equals(bodyOf(Number(number)))).toBe(true);
    const flow = this.#flows.get(from);
    if (flow !== undefined) flow.received.push(Number(number));
    else this.#echoed.push(Number(number));
    // An answer to the request before the last may have been taken when that was sent.
    const { sent = 0 } = this.#flows.get('dialling') ?? {};
    if (socket instanceof Request) expect([sent - 1, sent]).toContain(Number(number));
    if (flow !== undefined && this.#pairing.echoes) await socket.send(parts).catch(() => {});
  }
}

/** In the order sent, none twice. */
function expectGrowing(numbers: readonly number[]): void {
  expect(numbers.filter((number, i) => i > 0 && number <= numbers[i - 1]!)).toEqual([]);
}

export class MemoryGround implements Ground {
  readonly world: World;
  readonly address = 'mem://a';

  constructor(world: World) {
    this.world = world;
  }

  open(type: new (options: object) => unknown, options: object): AnySocket {
    return this.world.open(type as never, options) as AnySocket;
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.advance(ms);
    await settle();
  }

  async between(endpoint: string): Promise<string> {
    return endpoint;
  }

  /** Both sockets are closed: nothing is left of them. */
  async strike(): Promise<void> {
    await this.world.clock.advance(2000);
    expect(this.world.clock.pending).toBe(0);
    expect(this.world.network.links.filter(({ over }) => !over)).toEqual([]);
  }
}
