import { type Message, Pull, type Readable } from 'zeromq';

export async function count(socket: Pull): Promise<number> {
  let bytes = 0;
  for await (const frames of socket) for (const frame of frames) bytes += frame.length;
  return bytes;
}
export async function manual(socket: Readable): Promise<Message[] | undefined> {
  const iterator: AsyncIterator<Message[], undefined> = socket[Symbol.asyncIterator]();
  const { value, done } = await iterator.next();
  return done === true ? undefined : value;
}
export const pulls = [new Pull()].map(count);
