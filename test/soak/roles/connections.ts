// The two processes of `connections`: a ROUTER that answers everybody, and very many DEALERs.

import { Context, Dealer, Router } from '../../../src/index.js';
import type { Part, Role, Values } from '../actor.js';

/** Handshakes under way at once: fewer than the operating system keeps waiting for `accept`. */
const AT_ONCE = 50;

async function router({ tell, stopped, fault }: Part): Promise<Values> {
  const socket = new Router();
  await socket.bind('tcp://127.0.0.1:*');
  tell({ endpoint: socket.lastEndpoint });
  let toLose = fault === 'lose' ? 1 : 0;
  const answering = (async () => {
    for await (const message of socket) {
      if (toLose-- <= 0) await socket.send(message);
    }
  })();
  await stopped;
  const { connects } = socket.statistics;
  socket.close();
  await Promise.all([answering, socket.ended]);
  return { connects };
}

async function dealers({ args, patience }: Part): Promise<Values> {
  const { endpoint, count } = args as { endpoint: string; count: number };
  const context = new Context({ maxSockets: count + 1 });
  const options = { receiveTimeout: patience, sendTimeout: patience, linger: 0 };
  const sockets: Dealer[] = [];
  let answered = 0;
  const ask = async (socket: Dealer, text: string): Promise<void> => {
    try {
      await socket.send(text);
      if (String(await socket.receive()) === text) answered++;
    } catch {} // it has not been answered
  };
  for (let made = 0; made < count; made = sockets.length) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - made) }, () => new Dealer({ ...options, context }));
    sockets.push(...batch);
    for (const socket of batch) socket.connect(endpoint);
    await Promise.all(batch.map((socket) => socket.waitForPeer({ timeout: patience })));
  }
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(sockets.slice(from, from + AT_ONCE).map((socket, i) => ask(socket, `${from + i}`)));
  }
  const [first, last] = await roundTrips(sockets[0]!, sockets.at(-1)!);
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => socket.ended));
  return { sent: count, answered, first, last };
}

/** Medians in ms; in turns, so that whatever else this machine does slows both. */
async function roundTrips(...sockets: Dealer[]): Promise<number[]> {
  const times = sockets.map((): number[] => []);
  for (let i = 0; i < 100; i++) {
    for (const [index, socket] of sockets.entries()) {
      const start = performance.now();
      await socket.send(`${i}`);
      if (String(await socket.receive()) !== `${i}`) throw new Error('an answer to something else');
      times[index]!.push(performance.now() - start);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
}

export const connectionRoles: Readonly<Record<string, Role>> = { router, dealers };
