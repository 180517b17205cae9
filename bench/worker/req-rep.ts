// REQ ↔ REP: one request at a time, each round trip timed by the requester. The replier echoes.
// The median is the figure to compare; the mean also carries the pauses of collector and scheduler.

import { emit, go, integer, type Role, text } from './parent.js';

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

function summary(samples: Float64Array): Record<string, number> {
  const total = samples.reduce((sum, sample) => sum + sample, 0);
  samples.sort();
  return {
    seconds: total / 1e6,
    median: samples[samples.length >> 1],
    mean: total / samples.length,
  };
}
