import type { Message, MessageLike, Readable, Socket, Writable } from 'zeromq';

export function isSocket(value: object): value is Socket {
  return 'lastEndpoint' in value;
}
export async function pump(from: Readable<Message[]>, to: Writable<MessageLike | MessageLike[]>): Promise<void> {
  for (;;) await to.send(await from.receive());
}
