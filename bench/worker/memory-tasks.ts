// What the processes of memory.ts do: hold many connections or subscriptions, push at a reader that does not read, keep a few of
// many messages, and weigh themselves.

import { setTimeout as delay } from 'node:timers/promises';
import type { Args, Task } from './agent.js';
import type { ZeroMQ } from './parent.js';

type Dealer = InstanceType<ZeroMQ['Dealer']>;

const TCP = 'tcp://127.0.0.1:*';
const ZMQ_SNDHWM = 23;

// What this process holds, for as long as it lives.
const dealers: Dealer[] = [];
const held: unknown[] = [];
let context: InstanceType<ZeroMQ['Context']> | undefined;
let handshakes = 0;
let connected = 0;
let taken = 0;
let xpub: InstanceType<ZeroMQ['XPublisher']> | undefined;

/** Resident and V8's memory in bytes, after everything that can be collected has been. */
const weigh: Task = async () => {
  for (let round = 0; round < 3; round++) {
    await delay(200);
    globalThis.gc!();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external };
};

/** Binds a ROUTER that echoes and counts its peers. */
const bindRouter: Task = async (zmq) => {
  const router = new zmq.Router();
  router.events.on('handshake', () => {
    handshakes++;
  });
  await router.bind(TCP);
  void (async () => {
    for await (const message of router) await router.send(message);
  })();
  return { endpoint: router.lastEndpoint };
};

const waitForPeers: Task = async (_zmq, { count }) => {
  while (handshakes < Number(count)) await delay(5);
};

/** Makes DEALER sockets that connect nowhere yet. */
const makeDealers: Task = (zmq, { count, most }) => {
  context ??= new zmq.Context({ maxSockets: Number(most) + 10 });
  for (let left = Number(count); left > 0; left--) dealers.push(new zmq.Dealer({ context }));
};

/** Connects the first `count` of those that are not connected. */
const connectDealers: Task = (_zmq, { endpoint, count }) => {
  for (let left = Number(count); left > 0; left--) dealers[connected++].connect(String(endpoint));
};

/** One message to and fro on each connection. */
const exchangeOnAll: Task = async () => {
  for (const dealer of dealers.slice(0, connected)) await exchange(dealer);
};

/** The median round trip of one of the connections, in microseconds. */
const roundTrips: Task = async (_zmq, { index, times }) => {
  const dealer = dealers.at(Number(index))!;
  const samples = new Float64Array(Number(times));
  for (let round = -samples.length; round < samples.length; round++) {
    const start = process.hrtime.bigint();
    await exchange(dealer);
    if (round >= 0) samples[round] = Number(process.hrtime.bigint() - start) / 1e3;
  }
  return { median: samples.sort()[samples.length >> 1] };
};

async function exchange(dealer: Dealer): Promise<void> {
  await dealer.send(Buffer.alloc(10));
  await dealer.receive();
}

/** Binds an XPUB that takes subscriptions. */
const bindXpub: Task = async (zmq) => {
  const socket = new zmq.XPublisher();
  await socket.bind(TCP);
  xpub = socket;
  void (async () => {
    for await (const _ of socket) taken++;
  })();
  return { endpoint: socket.lastEndpoint };
};

const waitForSubscriptions: Task = async (_zmq, { count }) => {
  while (taken < Number(count)) await delay(20);
};

const subscribe: Task = async (zmq, { endpoint, count, form }) => {
  const socket = new zmq.Subscriber();
  // libzmq drops subscriptions beyond the mark; zeromq.js has no accessor for it on a SUB.
  (socket as unknown as { setInt32Option(option: number, value: number): void }).setInt32Option(ZMQ_SNDHWM, 0);
  socket.connect(String(endpoint));
  held.push(socket);
  void (async () => {
    for await (const _ of socket) taken++;
  })();
  for (let index = 0; index < Number(count); index++) {
    socket.subscribe(topicOf(String(form), index));
    if (index % 1000 === 0) await delay(0);
  }
};

/** Microseconds that one send of a message takes that `wanted` subscriber, or none, has asked for. */
const publish: Task = async (_zmq, { count, form, wanted, messages }) => {
  const bodies = Array.from({ length: 10_000 }, (_, index) => {
    const topic = topicOf(String(form), (index * 7919) % Number(count));
    return Buffer.from(wanted ? topic : `${topic.slice(0, -1)}x`);
  });
  let elapsed = 0;
  for (let sent = 0; sent < Number(messages); ) {
    const start = process.hrtime.bigint();
    for (let burst = 0; burst < 500; burst++, sent++) await xpub!.send(bodies[sent % bodies.length]);
    elapsed += Number(process.hrtime.bigint() - start);
    await delay(1);
  }
  return { microseconds: elapsed / 1e3 / Number(messages) };
};

/** Counted: equal beginnings, as people name things. Scattered: 16 digits that have little in common, as ids are. */
function topicOf(form: string, index: number): string {
  if (form === 'counted') return `topic/${String(index).padStart(7, '0')}/`;
  const mix = (n: number) => (Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) ^ (n << 7)) >>> 0;
  return (
    mix(index + 1)
      .toString(16)
      .padStart(8, '0') +
    index.toString(16).padStart(7, '0') +
    '/'
  );
}

/** Binds a socket and never receives. */
const bindDeaf: Task = async (zmq, { type }) => {
  const socket = type === 'pull' ? new zmq.Pull() : new zmq.Subscriber();
  if ('subscribe' in socket) socket.subscribe();
  await socket.bind(TCP);
  held.push(socket);
  return { endpoint: socket.lastEndpoint };
};

/**
 * Sends `messages` of 1 KiB, each in memory of its own. `waiting`: as a program that awaits each send, until none is taken for a
 * second. `trying`: as one that goes on when one is not taken. `publishing`: PUB. Returns how many were taken and the most memory.
 */
const pushAtDeaf: Task = async (zmq, { endpoint, mode, messages }) => {
  const timeout = mode === 'waiting' ? 1000 : 0;
  const socket = mode === 'publishing' ? new zmq.Publisher() : new zmq.Push({ sendTimeout: timeout });
  socket.connect(String(endpoint));
  await delay(300); // connected, and subscribed
  const before = process.memoryUsage.rss();
  let most = before;
  let sent = 0;
  for (let index = 0; index < Number(messages); index++) {
    const body = Buffer.allocUnsafeSlow(1024).fill(index);
    try {
      await socket.send(body);
      sent++;
    } catch {
      if (mode === 'waiting') break;
    }
    if (index % 1000 !== 0) continue;
    await delay(0);
    most = Math.max(most, process.memoryUsage.rss());
  }
  most = Math.max(most, process.memoryUsage.rss());
  return { sent, growth: most - before };
};

const bindPull: Task = async (zmq) => {
  const socket = new zmq.Pull();
  await socket.bind(TCP);
  held.push(socket);
  return { endpoint: socket.lastEndpoint };
};

const push: Task = async (zmq, { endpoint, messages, size }) => {
  const socket = new zmq.Push();
  socket.connect(String(endpoint));
  held.push(socket);
  const body = Buffer.alloc(Number(size), 0x5a);
  for (let left = Number(messages); left > 0; left--) await socket.send(body);
};

/** Receives all and keeps one in a thousand, as it came or as a copy. */
const keepSome: Task = async (_zmq, { messages, copy }: Args) => {
  const socket = held[0] as InstanceType<ZeroMQ['Pull']>;
  const kept: Buffer[] = [];
  let received = 0;
  for await (const [body] of socket) {
    if (received % 1000 === 0) kept.push(copy ? Buffer.from(body) : body);
    if (++received === Number(messages)) break;
  }
  held.push(kept);
  return { kept: kept.length };
};

export const memoryTasks: Readonly<Record<string, Task>> = {
  weigh,
  bindRouter,
  waitForPeers,
  makeDealers,
  connectDealers,
  exchangeOnAll,
  roundTrips,
  bindXpub,
  waitForSubscriptions,
  subscribe,
  publish,
  bindDeaf,
  pushAtDeaf,
  bindPull,
  push,
  keepSome,
};
