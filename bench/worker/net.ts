// Bare `node:net` in the same shapes: what the platform gives to a program that needs no messages. Callbacks instead of
// promises, and no framing: the figures are a ceiling, not a competitor.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { emit, go, integer, now, type Params, text } from './parent.js';
import { EchoTally } from './router-dealer.js';
import { summary } from './samples.js';

type NetRole = (params: Params) => Promise<void>;

const pull: NetRole = async (params) => {
  const size = integer(params, 'size');
  const warmup = integer(params, 'warmup') * size;
  const counted = integer(params, 'count') * size;
  let received = 0;
  let from = 0;
  let start = 0;
  let reported = false;
  await listen(params, (socket) => {
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (start === 0 && received >= warmup) {
        start = now();
        from = received;
      }
      if (reported || received < warmup + counted) return;
      reported = true;
      const seconds = now() - start;
      const bytes = (received - from) / seconds;
      emit({ event: 'result', values: { seconds, bytes, messages: bytes / size } });
    });
  });
};

const push: NetRole = async (params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const socket = await dial(params);
  emit({ event: 'ready' });
  await go;
  for (let left = integer(params, 'warmup') + integer(params, 'count'); left > 0; left--) {
    if (!socket.write(body)) await once(socket, 'drain');
  }
};

const rep: NetRole = (params) => listen(params, echo);
const router: NetRole = (params) => listen(params, echo);

const req: NetRole = async (params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const warmup = integer(params, 'warmup');
  const samples = new Float64Array(integer(params, 'count'));
  const socket = await dial(params);
  emit({ event: 'ready' });
  await go;
  let done = 0;
  let start = 0n;
  const ask = () => {
    start = process.hrtime.bigint();
    socket.write(body);
  };
  onMessages(socket, body.length, () => {
    const elapsed = Number(process.hrtime.bigint() - start) / 1e3;
    if (done >= warmup) samples[done - warmup] = elapsed;
    if (++done < warmup + samples.length) ask();
    else emit({ event: 'result', values: summary(samples) });
  });
  ask();
};

const dealer: NetRole = async (params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const sockets = await Promise.all(Array.from({ length: integer(params, 'peers') }, () => dial(params)));
  emit({ event: 'ready' });
  await go;
  const tally = new EchoTally(params);
  for (const socket of sockets) {
    onMessages(socket, body.length, () => {
      if (tally.add()) socket.write(body);
    });
    for (let ahead = integer(params, 'window'); ahead > 0; ahead--) socket.write(body);
  }
};

export const netRoles: Readonly<Record<string, NetRole>> = { pull, push, rep, req, router, dealer };

function echo(socket: Socket): void {
  socket.on('data', (chunk) => socket.write(chunk));
}

/** Calls back once for each `size` bytes that came. */
function onMessages(socket: Socket, size: number, message: () => void): void {
  let pending = 0;
  socket.on('data', (chunk) => {
    for (pending += chunk.length; pending >= size; pending -= size) message();
  });
}

async function listen(params: Params, serve: (socket: Socket) => void): Promise<void> {
  const path = ipcPath(params);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {}); // the other side is stopped first
    serve(socket);
  });
  server.listen(path === undefined ? { host: '127.0.0.1', port: 0, backlog: 1024 } : { path });
  await once(server, 'listening');
  emit({
    event: 'ready',
    endpoint: path ? `ipc://${path}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

async function dial(params: Params): Promise<Socket> {
  const path = ipcPath(params);
  const port = Number(text(params, 'endpoint').split(':').at(-1));
  const socket = path === undefined ? connect({ host: '127.0.0.1', port, noDelay: true }) : connect({ path });
  await once(socket, 'connect');
  socket.on('error', () => {}); // the other side is stopped first
  return socket;
}

function ipcPath(params: Params): string | undefined {
  const endpoint = text(params, 'endpoint');
  return endpoint.startsWith('ipc://') ? endpoint.slice('ipc://'.length) : undefined;
}
