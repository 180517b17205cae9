// The two processes of `churn`: a PULL that stays, and clients that connect, send one message, and go.

import { Pull, Push } from '../../../src/index.js';
import type { Part, Role, Values } from '../actor.js';
import { comesTrue, healthNow, recovered } from '../health.js';

/** Several ports: a connection that was closed keeps its pair of ports for a while. */
const ENDPOINTS = 4;
/** Clients at once. */
const LANES = 20;

async function pull({ tell, stopped, fault, patience }: Part): Promise<Values> {
  let toLose = fault === 'lose' ? 1 : 0;
  const socket = new Pull();
  const endpoints: string[] = [];
  for (let i = 0; i < ENDPOINTS; i++) {
    await socket.bind('tcp://127.0.0.1:*');
    endpoints.push(socket.lastEndpoint!);
  }
  const received = new Set<string>();
  let twice = 0;
  const receiving = (async () => {
    for await (const [number] of socket) {
      if (toLose-- > 0) continue;
      if (received.has(String(number))) twice++;
      else received.add(String(number));
    }
  })();
  const before = healthNow();
  tell({ endpoints });
  const { sent } = (await stopped) as { sent: number };
  await comesTrue(() => received.size >= sent && socket.peers.length === 0, patience);
  const count = received.size;
  const { connects, disconnects } = socket.statistics;
  const left = socket.peers.length;
  received.clear();
  const open = await recovered(before, patience);
  socket.close();
  await Promise.all([receiving, socket.ended]);
  return { received: count, twice, connects, disconnects, left, open };
}

async function churners({ args, tell }: Part): Promise<Values> {
  const { endpoints, count } = args as { endpoints: string[]; count: number };
  let next = 0;
  let dropped = 0;
  const lane = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      const socket = new Push();
      socket.connect(endpoints[number % endpoints.length]!);
      await socket.send(`${number}`);
      socket.close();
      dropped += (await socket.ended).dropped;
      if (number % 1000 === 999) tell({ number: number + 1 });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { sent: count - dropped, dropped };
}

export const churnRoles: Readonly<Record<string, Role>> = { pull, churners };
