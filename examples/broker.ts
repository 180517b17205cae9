/**
 * A broker: clients talk to a Router in front, workers to a Dealer at the back, and whole messages are handed from one
 * to the other. Clients and workers know the broker only; the Dealer deals the requests out to the workers in turn.
 *
 *   npx tsx examples/broker.ts
 *
 * The envelope makes it work: the Router puts the client's routing id in front, a Reply sets the frames up to the empty
 * one aside and puts them in front of its answer again, and the Router finds the client by them.
 */

import { Dealer, Reply, Request, Router } from '../src/index.js'; // In a program of yours: from 'zmtp'.

async function forward(from: Router | Dealer, to: Router | Dealer): Promise<void> {
  for await (const message of from) await to.send(message);
}

async function work(name: string, worker: Reply): Promise<void> {
  for await (const [question] of worker) await worker.send(`${question} was answered by ${name}`);
}

async function ask(question: string, endpoint: string): Promise<string> {
  const client = new Request();
  client.connect(endpoint);
  await client.send(question);
  const [answer] = await client.receive();
  client.close();
  return String(answer);
}

const front = new Router();
const back = new Dealer();
await front.bind('tcp://127.0.0.1:*');
await back.bind('tcp://127.0.0.1:*');

const workers = ['Ann', 'Ben'].map((name) => {
  const socket = new Reply();
  socket.connect(back.lastEndpoint!);
  return { socket, done: work(name, socket) };
});
const forwarding = [forward(front, back), forward(back, front)];

const questions = ['question 1', 'question 2', 'question 3', 'question 4'];
const answers = await Promise.all(questions.map((question) => ask(question, front.lastEndpoint!)));
for (const answer of answers) console.log(answer);

for (const { socket } of workers) socket.close();
front.close();
back.close();
await Promise.all([...forwarding, ...workers.map(({ done }) => done)]);
