// What `hostile` is about: a process with REP, PULL and PUB open to everybody, and a process of good peers that use them.

import { Publisher, Pull, Push, Reply, Request, Subscriber } from '../../../src/index.js';
import type { Part, Role, Values } from '../actor.js';
import { comesTrue, healthNow, pause, recovered } from '../health.js';

/** ms between two messages of the publisher. */
const PACE = 5;

async function service({ tell, stopped, fault, patience }: Part): Promise<Values> {
  // What a server that is open to strangers sets: a handshake is quick, a message has a size.
  const options = { handshakeInterval: 1000, maxMessageSize: 1024 ** 2 };
  const reply = new Reply(options);
  const pull = new Pull(options);
  const publisher = new Publisher(options);
  const sockets = [reply, pull, publisher];
  for (const socket of sockets) await socket.bind('tcp://127.0.0.1:*');
  let running = true;
  let pulled = 0;
  let published = 0;
  const answering = (async () => {
    for await (const message of reply) await reply.send(message);
  })();
  const pulling = (async () => {
    let toLose = fault === 'lose' ? 1 : 0;
    for await (const [kind] of pull) if (String(kind) === 'good' && toLose-- <= 0) pulled++;
  })();
  const publishing = (async () => {
    for (; running; published++) {
      await publisher.send(['news', `${published}`]);
      await pause(PACE);
    }
  })();
  const before = healthNow();
  tell({ endpoints: sockets.map((socket) => socket.lastEndpoint) });
  const { pushed } = (await stopped) as { pushed: number };
  await comesTrue(() => pulled >= pushed, patience);
  running = false;
  await publishing;
  await comesTrue(() => sockets.every(({ peers }) => peers.length === 0), patience);
  const violations = sockets.map(({ statistics }) => statistics.violations);
  const left = sockets.reduce((sum, { peers }) => sum + peers.length, 0);
  const open = await recovered(before, patience);
  for (const socket of sockets) socket.close();
  await Promise.all([answering, pulling, ...sockets.map(({ ended }) => ended)]);
  return { pulled, published, left, open, violations: added(violations) };
}

function added(lists: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const list of lists) for (const [name, count] of Object.entries(list)) sums[name] = (sums[name] ?? 0) + count!;
  return sums;
}

async function good({ args, tell, patience }: Part): Promise<Values> {
  const { endpoints, seconds } = args as { endpoints: [string, string, string]; seconds: number };
  const request = new Request({ receiveTimeout: patience, sendTimeout: patience });
  const push = new Push();
  const subscriber = new Subscriber();
  const sockets = [request, push, subscriber];
  for (const [index, socket] of sockets.entries()) socket.connect(endpoints[index]!);
  subscriber.subscribe('news');
  const heard: number[] = [];
  const following = (async () => {
    for await (const [, number] of subscriber) heard.push(Number(number));
  })();
  await comesTrue(() => heard.length > 0, patience);
  tell({ begun: true });
  const deadline = performance.now() + seconds * 1000;
  const times: number[] = [];
  let pushed = 0;
  const pushing = (async () => {
    for (; performance.now() < deadline; await pause(1)) {
      for (let i = 0; i < 10; i++) await push.send(['good', `${pushed++}`]);
    }
  })();
  let asked = 0;
  let answered = 0;
  while (performance.now() < deadline) {
    const start = performance.now();
    await request.send(`${asked++}`);
    if (String(await request.receive().catch(() => '')) !== `${asked - 1}`) break;
    answered++;
    times.push(performance.now() - start);
    await pause(1);
  }
  await pushing;
  for (const socket of sockets) socket.close();
  const [, { dropped }] = await Promise.all([request.ended, push.ended, following]);
  times.sort((a, b) => a - b);
  const expected = heard.length === 0 ? 0 : heard.at(-1)! - heard[0]! + 1;
  return {
    asked,
    answered,
    pushed: pushed - dropped,
    heard: heard.length,
    expected,
    p99: times[Math.floor(times.length * 0.99)],
  };
}

export const serviceRoles: Readonly<Record<string, Role>> = { service, good };
