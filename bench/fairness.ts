// `npm run bench:fairness`: what a flood on one connection leaves to the others. Three processes: a server, one peer that sends to it
// as fast as it can, and one that asks a question at a time. Meanwhile a timer of 10 ms runs in the server and in the flooding peer.

import { type Agent, withAgents } from './agent.js';
import { type Round, runSideBench } from './side-bench.js';

interface Tail {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const SHAPES = [
  { serve: 'serveTogether', flooder: 'dealer', name: 'flood and requests on one ROUTER' },
  { serve: 'serveApart', flooder: 'push', name: 'flood on a PULL, requests on a REP of the same process' },
] as const;

await runSideBench({
  kind: 'fairness',
  rounds: 3,
  parts: ['together', 'apart'],
  libraries: ['zmtp', 'zeromq.js'],
  async round(round) {
    for (const [index, part] of ['together', 'apart'].entries()) {
      for (const size of [10, 1024]) await round.part(part, () => flooded(round, SHAPES[index]!, size));
    }
  },
});

async function flooded(round: Round, { serve, flooder, name }: (typeof SHAPES)[number], size: number): Promise<void> {
  const { library, workers, smoke } = round;
  const seconds = smoke ? 0.3 : 5;
  await withAgents(['server', 'flooder', 'asker'], library, workers, async (server, peer, asker) => {
    const endpoints = await server!.call<{ flood: string; ask: string }>(serve);
    const before = await asker!.call<Tail>('ask', { endpoint: endpoints.ask, seconds: seconds / 5 });
    await peer!.call('flood', { endpoint: endpoints.flood, size, type: flooder });
    await server!.call('watchTimer', { seconds: seconds / 5 }); // the flood has come to its full rate
    await server!.call('countFlood');
    const [asked, served, sending] = await watch(server!, peer!, asker!, endpoints.ask, seconds);
    const { count } = await server!.call<{ count: number }>('countFlood');
    await peer!.call('stopFlood');
    const group = `${name}, ${size} B`;
    const add = (label: string, value: number, unit: 'ms' | 'msg/s', limit?: number) =>
      round.table.add(library.name, value, { group, name: label, unit, ...(limit !== undefined && { limit }) });
    add('flood', count / seconds, 'msg/s');
    add('requests answered', asked.count / seconds, 'msg/s');
    add('round trip without the flood, median', before.p50, 'ms');
    add('round trip in the flood, median', asked.p50, 'ms');
    add('round trip in the flood, p99', asked.p99, 'ms');
    add('timer of the server late by, p99', served.p99, 'ms', 20);
    add('timer of the server late by, at most', served.max, 'ms');
    add('timer of the flooding peer late by, p99', sending.p99, 'ms', 20);
  });
}

function watch(
  server: Agent,
  peer: Agent,
  asker: Agent,
  endpoint: string,
  seconds: number,
): Promise<[asked: Tail, served: Tail, sending: Tail]> {
  return Promise.all([
    asker.call<Tail>('ask', { endpoint, seconds }),
    server.call<Tail>('watchTimer', { seconds }),
    peer.call<Tail>('watchTimer', { seconds }),
  ]);
}
