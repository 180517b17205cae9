// What the processes of fairness.ts do: serve, flood, ask, and watch a timer meanwhile.

import type { Task } from './agent.js';
import type { ZeroMQ } from './parent.js';

const TCP = 'tcp://127.0.0.1:*';
const TICK = 10;

let flooding = false;
let flooded = 0;

/** One ROUTER that everybody talks to; it answers requests and counts the rest. */
const serveTogether: Task = async (zmq) => {
  const router = new zmq.Router();
  await router.bind(TCP);
  void (async () => {
    for await (const [id, kind, ...rest] of router) {
      if (kind.length === 0) await router.send([id, kind, ...rest]);
      else flooded++;
    }
  })();
  return { flood: router.lastEndpoint, ask: router.lastEndpoint };
};

/** A socket for the flood and one for requests, in one process. */
const serveApart: Task = async (zmq) => {
  const pull = new zmq.Pull();
  const reply = new zmq.Reply();
  await pull.bind(TCP);
  await reply.bind(TCP);
  void (async () => {
    for await (const _ of pull) flooded++;
  })();
  void (async () => {
    for await (const message of reply) await reply.send(message);
  })();
  return { flood: pull.lastEndpoint, ask: reply.lastEndpoint };
};

/** Sends as fast as it can until told to stop. */
const flood: Task = (zmq, { endpoint, size, type }) => {
  const socket = type === 'push' ? new zmq.Push() : new zmq.Dealer();
  socket.connect(String(endpoint));
  const body = Buffer.alloc(Number(size), 0x5a);
  flooding = true;
  void (async () => {
    while (flooding) await socket.send(body);
  })();
};

const stopFlood: Task = () => {
  flooding = false;
};

/** Messages of the flood since the last call. */
const countFlood: Task = () => {
  const count = flooded;
  flooded = 0;
  return { count };
};

/** One request at a time for so many seconds: how many were answered, and round trips in milliseconds. */
const ask: Task = async (zmq, { endpoint, seconds }) => {
  const request: InstanceType<ZeroMQ['Request']> = new zmq.Request({ receiveTimeout: 10_000 });
  request.connect(String(endpoint));
  await exchange(request);
  const samples: number[] = [];
  for (const end = performance.now() + Number(seconds) * 1e3; performance.now() < end; ) {
    samples.push(await exchange(request));
  }
  return { count: samples.length, ...tail(samples) };
};

async function exchange(request: InstanceType<ZeroMQ['Request']>): Promise<number> {
  const start = performance.now();
  await request.send('question');
  await request.receive();
  return performance.now() - start;
}

/** How much later than 10 ms a timer of 10 ms fires, in milliseconds. */
const watchTimer: Task = async (_zmq, { seconds }) => {
  const samples: number[] = [];
  for (const end = performance.now() + Number(seconds) * 1e3; performance.now() < end; ) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, TICK));
    samples.push(Math.max(0, performance.now() - start - TICK));
  }
  return { count: samples.length, ...tail(samples) };
};

function tail(samples: number[]): { p50: number; p99: number; max: number } {
  samples.sort((a, b) => a - b);
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))];
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

export const fairnessTasks: Readonly<Record<string, Task>> = {
  serveTogether,
  serveApart,
  flood,
  stopFlood,
  countFlood,
  ask,
  watchTimer,
};
