// A broker that is killed and started again under the same endpoints: every request is answered in the end, and what had no
// connection to go to is kept. Only what the dead broker had in its hands may be lost.

import * as net from 'node:net';
import type { Actor, Cast } from '../cast.js';
import { pause } from '../health.js';
import type { Outcome } from '../judge.js';

/** ms without a broker. */
const GAP = 300;

export async function brokers(cast: Cast): Promise<Outcome> {
  const { kills, seconds } = cast.options;
  const tally = cast.start('PULL', 'tally');
  const { endpoint: out } = await tally.told();
  const [front, back, into] = await freeEndpoints(3);
  const startBroker = async (): Promise<Actor> => {
    const actor = cast.start('broker', 'broker', { front, back, into, out });
    await actor.told();
    return actor;
  };
  let broker = await startBroker();
  const workers = cast.start('workers', 'workers', { endpoint: back });
  const pirates = cast.start('clients', 'pirates', { endpoint: front });
  const pusher = cast.start('PUSH', 'pusher', { endpoint: into });
  const start = performance.now();
  for (let i = 0; i < kills; i++) {
    await Promise.all([throughput(pirates, tally), pause((seconds * 1000) / (kills + 1))]);
    await broker.kill();
    await pause(GAP);
    broker = await startBroker();
    // The next death shall not take what was kept in this one.
    const { sent } = await pusher.newest();
    while (((await tally.newest()).last as number) < (sent as number)) {}
  }
  await throughput(pirates, tally);
  await pause(Math.max(0, seconds * 1000 - (performance.now() - start)));
  pirates.stop();
  const clients = await pirates.done();
  pusher.stop();
  const push = await pusher.done();
  const { sent, kept } = push.values as { sent: number; kept: number[] };
  tally.stop({ sent, kept });
  const pull = await tally.done();
  workers.stop();
  broker.stop();
  const { asked, answered } = clients.values as Record<string, number>;
  const { received, missing } = pull.values as Record<string, number>;
  const inFlight = sent - received! - missing!;
  return {
    performances: [await broker.done(), await workers.done(), clients, push, pull],
    sent: asked! + sent,
    received: answered! + received!,
    lost: asked! - answered! + missing! + (kills === 0 ? inFlight : 0),
    failures: answered === 0 ? ['no request was answered'] : [],
    notes: [
      `${kills} times killed; ${answered} of ${asked} requests answered`,
      `PUSH: ${received} of ${sent} arrived; ${kept.length} had nobody to go to, of which ${missing} were lost; ${inFlight} died with a broker`,
      `PUSH says: ${push.values.messagesOut} handed out, ${push.values.droppedLost} dropped with a connection, ${push.values.dropped} at its end`,
    ],
  };
}

/** Both ways through the broker work. */
async function throughput(...actors: Actor[]): Promise<void> {
  await Promise.all(actors.map((actor) => actor.newest()));
  await Promise.all(actors.map((actor) => actor.told()));
}

async function freeEndpoints(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  const endpoints = await Promise.all(
    servers.map(
      (server) =>
        new Promise<string>((resolve) => {
          server.once('listening', () => resolve(`tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return endpoints;
}
