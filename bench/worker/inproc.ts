// inproc://, both ends in one process and one thread, written as between two processes.

import { emit, go, integer, now, type Role } from './parent.js';

const ENDPOINT = 'inproc://bench';

export const inprocPushPull: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const count = integer(params, 'count');
  const warmup = integer(params, 'warmup');
  const pull = new zmq.Pull();
  await pull.bind(ENDPOINT);
  const push = new zmq.Push();
  push.connect(ENDPOINT);
  emit({ event: 'ready' });
  await go;
  const sending = (async () => {
    for (let left = warmup + count; left > 0; left--) await push.send(body);
  })();
  let received = 0;
  let start = 0;
  for await (const [part] of pull) {
    if (part.length !== body.length) throw new Error(`received ${part.length} bytes instead of ${body.length}`);
    received++;
    if (received === warmup) start = now();
    else if (received === warmup + count) break;
  }
  const seconds = now() - start;
  await sending;
  emit({ event: 'result', values: { seconds, messages: count / seconds } });
};

export const inprocReqRep: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const count = integer(params, 'count');
  const reply = new zmq.Reply();
  await reply.bind(ENDPOINT);
  const request = new zmq.Request();
  request.connect(ENDPOINT);
  emit({ event: 'ready' });
  await go;
  void (async () => {
    for await (const message of reply) await reply.send(message);
  })();
  const roundTrips = async (times: number) => {
    for (let left = times; left > 0; left--) {
      await request.send(body);
      const [answer] = await request.receive();
      if (answer.length !== body.length) throw new Error(`received ${answer.length} bytes instead of ${body.length}`);
    }
  };
  await roundTrips(integer(params, 'warmup'));
  const start = now();
  await roundTrips(count);
  const seconds = now() - start;
  emit({ event: 'result', values: { seconds, messages: count / seconds } });
};
