// PUSH → PULL throughput, written as a user would write it: `await push.send(body)` in a loop, `for await` at the other end.
// The receiver measures, from the arrival of the last warm-up message to the arrival of the last counted one.

import { clientSecurity, emit, go, hold, integer, now, type Role, serverSecurity, text } from './parent.js';

export const push: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const parts = integer(params, 'parts');
  const message = parts === 1 ? body : new Array<Buffer>(parts).fill(body);
  const total = integer(params, 'warmup') + integer(params, 'count');
  const socket = hold(new zmq.Push(clientSecurity(params)));
  socket.connect(text(params, 'endpoint'));
  emit({ event: 'ready' });
  await go;
  for (let sent = 0; sent < total; sent++) await socket.send(message);
};

export const pull: Role = async (zmq, params) => {
  const size = integer(params, 'size');
  const parts = integer(params, 'parts');
  const count = integer(params, 'count');
  const warmup = integer(params, 'warmup');
  const socket = new zmq.Pull(serverSecurity(params));
  await socket.bind(text(params, 'endpoint'));
  emit({ event: 'ready', endpoint: socket.lastEndpoint! });
  let received = 0;
  let start = 0;
  for await (const message of socket) {
    if (message.length !== parts || message[0].length !== size)
      throw new Error(`received ${message.length} parts, ${message[0].length} bytes in the first`);
    received++;
    if (received === warmup) start = now();
    else if (received === warmup + count) break;
  }
  const seconds = now() - start;
  emit({ event: 'result', values: { seconds, messages: count / seconds, bytes: (count * size * parts) / seconds } });
};
