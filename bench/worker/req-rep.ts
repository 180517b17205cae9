// REQ ↔ REP: one request at a time, each round trip timed by the requester. The replier echoes.

import { emit, go, integer, type Role, text } from './parent.js';
import { summary } from './samples.js';

export const rep: Role = async (zmq, params) => {
  const socket = new zmq.Reply();
  await socket.bind(text(params, 'endpoint'));
  emit({ event: 'ready', endpoint: socket.lastEndpoint! });
  for await (const message of socket) await socket.send(message);
};

export const req: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const samples = new Float64Array(integer(params, 'count'));
  const socket = new zmq.Request();
  socket.connect(text(params, 'endpoint'));
  emit({ event: 'ready' });
  await go;
  for (let left = integer(params, 'warmup'); left > 0; left--) await roundTrip(socket, body);
  for (let index = 0; index < samples.length; index++) {
    const start = process.hrtime.bigint();
    await roundTrip(socket, body);
    samples[index] = Number(process.hrtime.bigint() - start) / 1e3;
  }
  emit({ event: 'result', values: summary(samples) });
};

async function roundTrip(
  socket: { send(body: Buffer): Promise<void>; receive(): Promise<Buffer[]> },
  body: Buffer,
): Promise<void> {
  await socket.send(body);
  const [answer] = await socket.receive();
  if (answer.length !== body.length) throw new Error(`received ${answer.length} bytes instead of ${body.length}`);
}
