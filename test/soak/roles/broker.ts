// The processes of `brokers`: the broker that is killed again and again (a ROUTER-DEALER proxy and a PULL-PUSH one), its workers, the
// clients that ask until they are answered, a PUSH that waits, and the PULL at its end.

import { Dealer, Proxy as Forwarder, Pull, Push, Reply, Request, Router } from '../../../src/index.js';
import type { Part, Role, Values } from '../actor.js';
import { comesTrue, pause } from '../health.js';

async function broker({ args, tell, stopped, patience }: Part): Promise<Values> {
  const { front, back, into, out } = args as Record<'front' | 'back' | 'into' | 'out', string>;
  const requests = new Forwarder(new Router(), new Dealer());
  const jobs = new Forwarder(new Pull(), new Push());
  const bindings = [
    [requests.frontEnd, front],
    [requests.backEnd, back],
    [jobs.frontEnd, into],
  ] as const;
  for (const [socket, endpoint] of bindings) {
    // The system may take a moment to let go of what the killed one had.
    for (const deadline = performance.now() + patience; ; await pause(20)) {
      try {
        await socket.bind(endpoint);
        break;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  }
  jobs.backEnd.connect(out);
  tell({ bound: true });
  const running = [requests.run(), jobs.run()];
  await stopped; // the last one; the others are killed before
  requests.terminate();
  jobs.terminate();
  await Promise.all(running);
  const sockets = [requests.frontEnd, requests.backEnd, jobs.frontEnd, jobs.backEnd];
  await Promise.all(sockets.map(({ ended }) => ended));
  return {};
}

async function workers({ args, stopped }: Part): Promise<Values> {
  const sockets = [new Reply({ linger: 0 }), new Reply({ linger: 0 })];
  const working = sockets.map(async (socket) => {
    socket.connect(args.endpoint as string);
    for await (const message of socket) await socket.send(message);
  });
  await stopped;
  for (const socket of sockets) socket.close();
  await Promise.all([...working, ...sockets.map(({ ended }) => ended)]);
  return {};
}

/** Lazy pirates: three REQ and a DEALER that asks several things at once. */
async function pirates({ args, stopped, fault, tell }: Part): Promise<Values> {
  const { endpoint } = args as { endpoint: string };
  let running = true;
  let asked = 0;
  let answered = 0;
  let toLose = fault === 'lose' ? 1 : 0;
  const options = { timeout: 500, retries: 200 };
  const ask = async (socket: Request | Dealer): Promise<void> => {
    for (; running; await pause(5)) {
      const question = `question ${asked++}`;
      const answer = await socket.request(question, options).catch(() => []);
      if (String(answer.at(-1)) === question && toLose-- <= 0) answered++;
      tell({ answered });
    }
  };
  const sockets = [new Request({ linger: 0 }), new Request({ linger: 0 }), new Request({ linger: 0 })];
  const dealer = new Dealer({ linger: 0 });
  const all = [...sockets, dealer];
  for (const socket of all) socket.connect(endpoint);
  const asking = [...sockets, dealer, dealer, dealer].map(ask);
  await stopped;
  running = false;
  await Promise.all(asking);
  for (const socket of all) socket.close();
  await Promise.all(all.map(({ ended }) => ended));
  return { asked, answered };
}

/** Sends numbers. Those that had nobody to go to must all be kept until there is somebody again. */
async function pusher({ args, stopped, tell }: Part): Promise<Values> {
  const socket = new Push({ sendHighWaterMark: 100 });
  socket.connect(args.endpoint as string);
  let running = true;
  let sent = 0;
  const kept: number[] = [];
  const over = new AbortController();
  const pushing = (async () => {
    while (running) {
      const alone = socket.peers.length === 0;
      // Without a peer the queue fills up, and then this waits: what was given up is not sent.
      if (
        !(await socket.send(`${sent}`, { signal: over.signal }).then(
          () => true,
          () => false,
        ))
      )
        break;
      if (alone) kept.push(sent);
      tell({ kept: kept.at(-1) ?? -1, sent: ++sent });
      await pause(5);
    }
  })();
  await stopped;
  running = false;
  over.abort();
  await pushing;
  socket.close();
  const { dropped } = await socket.ended;
  const { messagesOut, droppedLost } = socket.statistics;
  return { sent, kept, dropped, messagesOut, droppedLost };
}

async function tally({ tell, stopped, patience }: Part): Promise<Values> {
  const socket = new Pull();
  await socket.bind('tcp://127.0.0.1:*');
  tell({ endpoint: socket.lastEndpoint });
  const numbers = new Set<number>();
  let last = -1;
  const counting = (async () => {
    for await (const [text] of socket) {
      last = Number(text);
      numbers.add(last);
      tell({ last });
    }
  })();
  const { sent, kept } = (await stopped) as { sent: number; kept: number[] };
  await comesTrue(() => numbers.has(sent - 1), patience);
  const missing = kept.filter((number) => !numbers.has(number)).length;
  socket.close();
  await Promise.all([counting, socket.ended]);
  return { received: numbers.size, missing };
}

export const brokerRoles: Readonly<Record<string, Role>> = { broker, workers, pirates, pusher, tally };
