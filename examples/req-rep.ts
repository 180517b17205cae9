/**
 * Request and reply: a client asks, a server answers, strictly in turn.
 *
 *   npx tsx examples/req-rep.ts
 *
 * Both live in one program here; in two, only the endpoint has to be told. TCP port `*` leaves the choice of a free
 * port to the operating system, and `lastEndpoint` says which one it was.
 */

import { Reply, Request } from '../src/index.js'; // In a program of yours: from 'zmtp'.

async function serve(server: Reply): Promise<void> {
  for await (const [name] of server) {
    await server.send(`Hello, ${name}!`);
  }
}

const server = new Reply();
await server.bind('tcp://127.0.0.1:*');
const serving = serve(server);

const client = new Request();
client.connect(server.lastEndpoint!);

for (const name of ['Ada', 'Grace', 'Barbara']) {
  await client.send(name);
  const [answer] = await client.receive();
  console.log(`${name} asked; the answer was: ${answer}`);
}

client.close();
server.close(); // Ends the iteration in serve().
await serving;
