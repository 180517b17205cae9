import type { Message, MessageLike, Readable, Writable } from 'zeromq';

export async function pairs(
  from: Readable<[Message, Message]>,
  to: Writable<[MessageLike, MessageLike]>,
): Promise<string> {
  const [key, value] = await from.receive();
  await to.send([key, value]);
  for await (const [id] of from) return id.toString();
  return '';
}
export function single(to: Writable<string>): Promise<void> {
  return to.send('text');
}
export function grouped(to: Writable<MessageLike, [{ group: string }]>): Promise<void> {
  return to.send('text', { group: 'all' });
}
export function bare(to: Writable<MessageLike, []>): Promise<void> {
  return to.send('text');
}
