// PUB → N SUB sockets in one process: deliveries per second over all subscribers. The first byte of a body is its phase:
// SYNC repeats until every subscriber has one (its subscription is in place), END until every subscriber has seen it.
// A publisher drops what a subscriber has no room for. `window` 0 lets it: the figure is what arrived, beside it the share of
// what was sent. Otherwise no more than `window` messages are on their way: every STEP of them that all subscribers have are
// acknowledged over PUSH/PULL, nothing may get lost, and the figure is what the pair sustains.

import { setTimeout as delay } from 'node:timers/promises';
import { emit, go, integer, now, type Role, text, type ZeroMQ } from './parent.js';

const SYNC = 0;
const WARMUP = 1;
const COUNTED = 2;
const END = 3;

const STEP = 100;
const CREDIT_DEADLINE = 10_000;

export const pub: Role = async (zmq, params) => {
  const size = integer(params, 'size');
  const socket = new zmq.Publisher();
  await socket.bind(text(params, 'endpoint'));
  const credits = new zmq.Pull({ receiveTimeout: CREDIT_DEADLINE });
  await credits.bind('tcp://127.0.0.1:*');
  const sync = Buffer.concat([Buffer.of(SYNC), Buffer.from(credits.lastEndpoint!)]);
  emit({ event: 'ready', endpoint: socket.lastEndpoint! });
  await repeatUntil(go, () => socket.send(sync));
  const publish = publisher(socket, credits, integer(params, 'window'));
  await publish(Buffer.alloc(size, WARMUP), integer(params, 'warmup'));
  await publish(Buffer.alloc(size, COUNTED), integer(params, 'count'));
  await repeatUntil(new Promise(() => {}), () => socket.send(Buffer.of(END)));
};

type Publish = (body: Buffer, count: number) => Promise<void>;

function publisher(
  socket: InstanceType<ZeroMQ['Publisher']>,
  credits: InstanceType<ZeroMQ['Pull']>,
  window: number,
): Publish {
  if (window === 0) {
    return async (body, count) => {
      for (let sent = 0; sent < count; sent++) await socket.send(body);
    };
  }
  let onTheWay = 0;
  return async (body, count) => {
    for (let sent = 0; sent < count; sent++) {
      await socket.send(body);
      if (++onTheWay < window) continue;
      await credits.receive();
      onTheWay -= STEP;
    }
  };
}

async function repeatUntil(done: Promise<void>, action: () => Promise<void>): Promise<void> {
  let waiting = true;
  void done.then(() => {
    waiting = false;
  });
  while (waiting) {
    await action();
    await delay(1);
  }
}

export const sub: Role = async (zmq, params) => {
  const subscribers = integer(params, 'subscribers');
  const endpoint = text(params, 'endpoint');
  const shared = new Shared(zmq, subscribers);
  const tallies = await Promise.all(shared.progress.map((_, index) => subscribe(zmq, endpoint, shared, index)));
  const start = Math.min(...tallies.map((tally) => tally.start));
  const seconds = Math.max(...tallies.map((tally) => tally.end)) - start;
  const received = tallies.reduce((sum, tally) => sum + tally.received, 0);
  const share = (100 * received) / (subscribers * integer(params, 'count'));
  emit({ event: 'result', values: { seconds, deliveries: received === 0 ? 0 : received / seconds, share } });
};

/** What the subscribers of the process do together: tell the runner, and acknowledge what all of them have. */
class Shared {
  /** Messages received, by subscriber. */
  readonly progress: number[];
  readonly #push: InstanceType<ZeroMQ['Push']>;
  #synced = 0;
  #acknowledged = 0;

  constructor(zmq: ZeroMQ, subscribers: number) {
    this.progress = new Array<number>(subscribers).fill(0);
    this.#push = new zmq.Push();
  }

  synced(creditEndpoint: string): void {
    if (this.#synced === 0) this.#push.connect(creditEndpoint);
    if (++this.#synced === this.progress.length) emit({ event: 'ready' });
  }

  async received(subscriber: number, messages: number): Promise<void> {
    this.progress[subscriber] = messages;
    if (Math.min(...this.progress) < this.#acknowledged + STEP) return;
    this.#acknowledged += STEP;
    await this.#push.send(null);
  }
}

interface Tally {
  received: number;
  start: number;
  end: number;
}

async function subscribe(zmq: ZeroMQ, endpoint: string, shared: Shared, index: number): Promise<Tally> {
  const socket = new zmq.Subscriber();
  socket.connect(endpoint);
  socket.subscribe();
  const tally: Tally = { received: 0, start: 0, end: 0 };
  let messages = 0;
  let synced = false;
  for await (const [body] of socket) {
    const phase = body[0];
    if (phase === COUNTED || phase === WARMUP) {
      if (++messages % STEP === 0) await shared.received(index, messages);
      if (phase === COUNTED && tally.received++ === 0) tally.start = now();
    } else if (phase === SYNC && !synced) {
      shared.synced(body.toString('utf8', 1));
      synced = true;
    } else if (phase === END) break;
  }
  tally.end = now();
  if (tally.received === 0) tally.start = tally.end;
  return tally;
}
