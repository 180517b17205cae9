/**
 * Push and pull: a pipeline. One source hands tasks to workers in turn, and all workers feed one sink.
 *
 *   npx tsx examples/push-pull.ts
 *
 * Inside one process, `inproc://` connects sockets without any network. Every `send` waits while the queues are full:
 * a slow sink slows the workers down, and they the source; nothing is lost, and nothing piles up.
 */

import { Pull, Push } from '../src/index.js'; // In a program of yours: from 'zmtp'.

const TASKS = 1_000;

/** Squares what it pulls until it is closed; resolves with the number of tasks it had. */
async function work(tasks: Pull, results: Push): Promise<number> {
  let done = 0;
  for await (const [task] of tasks) {
    await results.send(String(Number(task) ** 2));
    done++;
  }
  return done;
}

const source = new Push();
const sink = new Pull();
await source.bind('inproc://tasks');
await sink.bind('inproc://results');

const workers = [1, 2, 3].map(() => {
  const tasks = new Pull();
  const results = new Push();
  tasks.connect('inproc://tasks');
  results.connect('inproc://results');
  return { tasks, results, done: work(tasks, results) };
});

async function distribute(): Promise<void> {
  for (let task = 1; task <= TASKS; task++) await source.send(String(task));
}

const distributing = distribute();
let sum = 0;
for (let result = 1; result <= TASKS; result++) sum += Number((await sink.receive())[0]);
await distributing;
console.log(`The sum of the squares of 1 to ${TASKS} is ${sum}.`);

for (const { tasks, results } of workers) {
  tasks.close();
  results.close();
}
console.log(`Tasks of each worker: ${(await Promise.all(workers.map(({ done }) => done))).join(', ')}.`);
source.close();
sink.close();
