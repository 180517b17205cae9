import { type Message, Stream, type StreamConnectOptions } from 'zeromq';

const stream = new Stream({ notify: false });
const options: StreamConnectOptions = { routingId: 'web' };
stream.connect('tcp://127.0.0.1:80', options);
stream.notify = true;
export async function exchange(): Promise<[Message, Message]> {
  const pair = await stream.receive();
  const [id, data] = pair;
  await stream.send([id, 'GET / HTTP/1.0\r\n\r\n']);
  await stream.send([id, null]);
  return [id, data];
}
export async function each(): Promise<void> {
  for await (const [id, data] of stream) await stream.send([id, data.subarray(1)]);
}
