// `npm run bench:memory`: what connections, subscriptions, a reader that does not read, and a few kept messages cost in memory. Each
// end is a process of its own, so that its memory is its own; what is weighed is the resident size after a collection.

import { execFileSync } from 'node:child_process';
import { type Agent, withAgents } from './agent.js';
import { type Round, runSideBench } from './side-bench.js';

interface Weight {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

await runSideBench({
  kind: 'memory',
  rounds: 3,
  parts: ['connections', 'subscriptions', 'stalled', 'kept'],
  libraries: ['zmtp', 'zeromq.js'],
  async round(round) {
    await round.part('connections', () => connections(round));
    for (const form of ['counted', 'scattered']) await round.part('subscriptions', () => subscriptions(round, form));
    for (const mode of ['waiting', 'trying', 'publishing']) await round.part('stalled', () => stalled(round, mode));
    for (const copy of [0, 1]) await round.part('kept', () => kept(round, copy));
  },
});

/** One ROUTER, and as many DEALER sockets in another process. */
async function connections(round: Round): Promise<void> {
  const { library, workers } = round;
  const wanted = round.smoke ? 50 : 10_000;
  // libzmq needs a second descriptor for each socket.
  const count = Math.min(wanted, Math.floor((openFilesLimit() - 200) / (library.name === 'zmtp' ? 1 : 2)));
  if (count < wanted)
    round.note(`${library.name}: ${count} connections instead of ${wanted}, by this system's limit of open files.`);
  await withAgents(['router', 'dealers'], library, workers, async (router, dealers) => {
    const { endpoint } = await router!.call<{ endpoint: string }>('bindRouter');
    const connect = async (add: number) => dealers!.call('connectDealers', { endpoint, count: add });
    await dealers!.call('makeDealers', { count: 1, most: count });
    await connect(1); // what the first one loads is not a connection's
    await dealers!.call('exchangeOnAll');
    const before = await weighAll(router!, dealers!);
    await dealers!.call('makeDealers', { count: count - 1, most: count });
    const made = await weighAll(router!, dealers!);
    for (let done = 1; done < count; ) {
      const add = Math.min(200, count - done);
      await connect(add);
      done += add;
      await router!.call('waitForPeers', { count: done });
    }
    const idle = await weighAll(router!, dealers!);
    await dealers!.call('exchangeOnAll');
    const used = await weighAll(router!, dealers!);
    const name = 'of an idle connection';
    for (const [end, index] of [
      ['ROUTER', 0],
      ['DEALER', 1],
    ] as const) {
      const each = (after: Weight[], of: keyof Weight) => (after[index]![of] - made[index]![of]) / (count - 1);
      figure(round, name, `${end}'s end`, each(idle, 'rss'), 16 * 1024);
      figure(round, name, `${end}'s end, of which in the JavaScript heap`, each(idle, 'heapUsed'));
      figure(round, name, `${end}'s end, after a message each way`, each(used, 'rss'), 16 * 1024);
    }
    figure(round, name, 'a DEALER socket without one', (made[1]!.rss - before[1]!.rss) / (count - 1));
    await roundTrips(round, dealers!, count);
  });
}

async function roundTrips(round: Round, dealers: Agent, count: number): Promise<void> {
  for (const [name, index] of [
    ['first', 0],
    ['last', count - 1],
  ] as const) {
    const args = { index, times: round.smoke ? 10 : 2000 };
    const { median } = await dealers.call<{ median: number }>('roundTrips', args);
    const group = 'round trip among many connections';
    round.table.add(round.library.name, median, { group, name: `of the ${name} one`, unit: 'µs' });
  }
}

async function subscriptions(round: Round, form: string): Promise<void> {
  const { library, workers, smoke, table } = round;
  const count = smoke ? 2000 : 1_000_000;
  const group = `${count} subscriptions of one XPUB, ${form} topics`;
  await withAgents(['XPUB', 'SUB'], library, workers, async (xpub, sub) => {
    const { endpoint } = await xpub!.call<{ endpoint: string }>('bindXpub');
    const send = async (wanted: number) => {
      const args = { count, form, wanted, messages: smoke ? 1000 : 200_000 };
      await xpub!.call('publish', args); // warm-up
      return (await xpub!.call<{ microseconds: number }>('publish', args)).microseconds;
    };
    const add = (name: string, value: number, limit = {}) =>
      table.add(library.name, value, { group, name, unit: 'µs', ...limit });
    const alone = await send(0);
    const before = await weighAll(xpub!, sub!);
    await sub!.call('subscribe', { endpoint, count, form });
    await xpub!.call('waitForSubscriptions', { count });
    const after = await weighAll(xpub!, sub!);
    for (const [index, end] of ['XPUB', 'SUB'].entries()) {
      const limit = end === 'XPUB' ? 250 : undefined;
      figure(round, group, `each, in the ${end}`, (after[index]!.rss - before[index]!.rss) / count, limit);
    }
    const unwanted = await send(0);
    add('a send before there are any', alone);
    add('a send that nobody wants', unwanted);
    add('a send that one wants', await send(1));
    add('matching: what the subscriptions add to a send that nobody wants', unwanted - alone, { limit: 2 });
  });
}

async function stalled(round: Round, mode: string): Promise<void> {
  const { library, workers, smoke, table } = round;
  const group = '1 GB in 1 KiB messages at a reader that does not read';
  const names: Record<string, string> = {
    waiting: 'PUSH that waits',
    trying: 'PUSH with sendTimeout 0',
    publishing: 'PUB',
  };
  await withAgents(['reader', 'sender'], library, workers, async (reader, sender) => {
    const type = mode === 'publishing' ? 'sub' : 'pull';
    const { endpoint } = await reader!.call<{ endpoint: string }>('bindDeaf', { type });
    const args = { endpoint, mode, messages: smoke ? 20_000 : 1_000_000 };
    const { sent, growth } = await sender!.call<{ sent: number; growth: number }>('pushAtDeaf', args);
    figure(round, group, `${names[mode]}: growth of the sender`, growth, 1e8);
    if (mode === 'publishing') return; // which drops without a word
    table.add(library.name, sent, { group, name: `${names[mode]}: messages taken`, unit: 'count' });
  });
}

async function kept(round: Round, copy: number): Promise<void> {
  const { library, workers, smoke, table } = round;
  const messages = smoke ? 20_000 : 10_000_000;
  const group = `One in a thousand of ${messages / 1e6} million messages of 100 B kept by the receiver`;
  await withAgents(['PULL', 'PUSH'], library, workers, async (pull, push) => {
    const { endpoint } = await pull!.call<{ endpoint: string }>('bindPull');
    const [before] = await weighAll(pull!);
    void push!.call('push', { endpoint, messages, size: 100 }).catch(() => {}); // stopped with the others
    const { kept } = await pull!.call<{ kept: number }>('keepSome', { messages, copy });
    const [after] = await weighAll(pull!);
    const name = copy ? 'copied' : 'as they came';
    table.add(library.name, kept * 100, { group, name: `${name}: bytes kept`, unit: 'B' });
    figure(round, group, `${name}: growth of the receiver`, after!.rss - before!.rss);
    figure(round, group, `${name}: growth for each`, (after!.rss - before!.rss) / kept);
  });
}

function figure({ table, library }: Round, group: string, name: string, value: number, limit?: number): void {
  table.add(library.name, value, { group, name, unit: 'B', ...(limit !== undefined && { limit }) });
}

function weighAll(...agents: Agent[]): Promise<Weight[]> {
  return Promise.all(agents.map((agent) => agent.call<Weight>('weigh')));
}

/** Node raises its own limit to the hard one when it starts. */
function openFilesLimit(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const text = String(execFileSync('/bin/sh', ['-c', 'ulimit -Hn'])).trim();
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
