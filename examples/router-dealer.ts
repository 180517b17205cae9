/**
 * Router and dealer: many requests at once, answered in whatever order the answers are ready.
 *
 *   npx tsx examples/router-dealer.ts
 *
 * A Router puts the routing id of the sender in front of every message it receives, and takes it off the messages it
 * sends to know where they go. A Dealer may send on without waiting; a number in each message tells the answers apart.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Router } from '../src/index.js'; // In a program of yours: from 'zmtp'.

/** Collects three requests of each client, then answers the last one first. */
async function serve(server: Router, clients: number): Promise<void> {
  const requests: Buffer[][] = [];
  while (requests.length < 3 * clients) requests.push(await server.receive());
  for (const [sender, number, text] of requests.reverse()) {
    await server.send([sender!, number!, text!.toString().toUpperCase()]);
  }
}

async function ask(routingId: string, endpoint: string, texts: string[]): Promise<string> {
  const client = new Dealer({ routingId });
  client.connect(endpoint);
  for (const [number, text] of texts.entries()) await client.send([String(number), text]);
  const answers: string[] = [];
  for (const _ of texts) {
    const [number, answer] = await client.receive();
    answers.push(`${number} ${answer}`);
  }
  client.close();
  return `${routingId} received: ${answers.join(', ')}`;
}

const folder = await mkdtemp(join(tmpdir(), 'zmtp-example-'));
const server = new Router();
await server.bind(`ipc://${join(folder, 'server')}`);
const endpoint = server.lastEndpoint!;

const serving = serve(server, 2);
const asking = [ask('alice', endpoint, ['red', 'green', 'blue']), ask('bob', endpoint, ['one', 'two', 'three'])];
for (const line of await Promise.all(asking)) console.log(line);

await serving;
server.close();
await rm(folder, { recursive: true });
