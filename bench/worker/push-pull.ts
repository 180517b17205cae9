// PUSH → PULL throughput, written as a user would write it: `await push.send(body)` in a loop, `for await` at the other end.
// The receiver measures, from the arrival of the last warm-up message to the arrival of the last counted one.

import { emit, go, integer, now, type Role, text } from './parent.js';

export const push: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const total = integer(params, 'warmup') + integer(params, 'count');
  const socket = new zmq.Push();
  socket.connect(text(params, 'endpoint'));
  emit({ event: 'ready' });
  await go;
  for (let sent = 0; sent < total; sent++) await socket.send(body);
};

export const pull: Role = async (zmq, params) => {
  const size = integer(params, 'size');
  const count = integer(params, 'count');
  const warmup = integer(params, 'warmup');
  const socket = new zmq.Pull();
  await socket.bind(text(params, 'endpoint'));
  emit({ event: 'ready', endpoint: socket.lastEndpoint! });
  let received = 0;
  let start = 0;
  for await (const [body] of socket) {
    if (body.length !== size) throw new Error(`received ${body.length} bytes instead of ${size}`);
    received++;
    if (received === warmup) start = now();
    else if (received === warmup + count) break;
  }
  const seconds = now() - start;
  emit({ event: 'result', values: { seconds, messages: count / seconds, bytes: (count * size) / seconds } });
};
