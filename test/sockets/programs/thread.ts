// A thread with sockets of its own; what it does is its workerData's first word.

import { parentPort, workerData } from 'node:worker_threads';
import * as zmtp from '../../../src/index.js';

const [rule, endpoint] = workerData as [rule: string, endpoint: string];

const rules: Record<string, () => Promise<void>> = {
  /** Sends, and ends by itself with messages still queued. */
  sends: async () => {
    const push = new zmtp.Push({ sendHighWaterMark: 0 });
    push.connect(endpoint);
    for (let i = 0; i < 20_000; i++) await push.send(`${i}`);
  },
  /** Answers for ever; has a listener, a file and a queue that nobody takes. */
  serves: async () => {
    const reply = new zmtp.Reply();
    await reply.bind(endpoint);
    const push = new zmtp.Push();
    await push.bind('ipc://*');
    push.connect('tcp://127.0.0.1:1');
    await push.send('waits for ever');
    parentPort?.postMessage([reply.lastEndpoint]);
    for await (const message of reply) await reply.send(message);
  },
  /** Inproc names, contexts and their limits are a thread's own. */
  alone: async () => {
    const [one, two] = [new zmtp.Pair(), new zmtp.Pair()];
    await one.bind(endpoint);
    two.connect(endpoint);
    await two.send('own');
    parentPort?.postMessage([String(await one.receive()), zmtp.context.maxSockets]);
  },
};

await rules[rule]?.();
