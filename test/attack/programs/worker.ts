// A thread that ends itself with process.exit() while its sockets are at work: a receive pending, a send waiting for its peer.

import { workerData } from 'node:worker_threads';
import * as zmtp from '../../../src/index.js';

const [endpoint] = workerData as [endpoint: string];

const pull = new zmtp.Pull();
void pull.receive();
await pull.bind('tcp://127.0.0.1:*');
const push = new zmtp.Push({ sendHighWaterMark: 1 });
push.events.on('handshake', () => process.exit(7));
push.connect(endpoint);
for (;;) await push.send(Buffer.alloc(100_000));
