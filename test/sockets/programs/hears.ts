// A thread that connects, says so once it has the first message, and counts the rest in shared memory.

import { parentPort, workerData } from 'node:worker_threads';
import { Pull, Subscriber } from '../../../src/index.js';

const [type, endpoint, heard] = workerData as ['PULL' | 'SUB', string, Int32Array];

const socket = type === 'PULL' ? new Pull() : new Subscriber();
if (socket instanceof Subscriber) socket.subscribe();
socket.connect(endpoint);
await socket.receive();
parentPort?.postMessage('ready');
for await (const _ of socket) {
  Atomics.add(heard, 0, 1);
  Atomics.notify(heard, 0);
}
