import { Dealer, Proxy, Reply, Request, Router } from 'zeromq';

const proxy = new Proxy(new Router(), new Dealer());
await proxy.frontEnd.bind('tcp://127.0.0.1:*');
await proxy.backEnd.bind('tcp://127.0.0.1:*');
const [front, back] = [proxy.frontEnd.lastEndpoint, proxy.backEnd.lastEndpoint];
const running = proxy.run();

const worker = new Reply();
worker.connect(back);
const serving = (async () => {
  for await (const [job] of worker) await worker.send(`done ${job}`);
})();
const clients = [1, 2, 3].map(() => new Request());
for (const client of clients) client.connect(front);
for (const [index, client] of clients.entries()) {
  await client.send(`${index}`);
  console.log(String(await client.receive()));
}
worker.close();
await serving;
proxy.terminate();
console.log(await running, proxy.frontEnd.closed, proxy.backEnd.closed);
