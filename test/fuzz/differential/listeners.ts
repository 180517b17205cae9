// A process with listeners of one library, `zeromq` or this one: a bound socket for each input of a batch, and one to keep step with. Told
// over its channel what to open, and asked what was delivered. Started by library.ts with the library's name as its argument.

import type { SocketType } from '../../../src/protocol/socket-types.js';

export type Request = { readonly open: readonly SocketType[] } | { readonly drain: true };
export type Answer = { readonly ports: readonly number[] } | { readonly messages: readonly (readonly string[])[] };

/** What both libraries have, as far as it is used here. */
interface AnySocket {
  linger: number;
  receiveTimeout?: number;
  receiveHighWaterMark?: number;
  readonly lastEndpoint: string | null;
  bind(endpoint: string): Promise<void>;
  close(): void;
  receive?(): Promise<Buffer[]>;
  send?(message: string): Promise<void>;
  subscribe?(topic: string): void;
}

type Library = Record<string, new () => AnySocket>;

const CLASSES: Record<SocketType, string> = {
  PAIR: 'Pair',
  PUB: 'Publisher',
  SUB: 'Subscriber',
  REQ: 'Request',
  REP: 'Reply',
  DEALER: 'Dealer',
  ROUTER: 'Router',
  PULL: 'Pull',
  PUSH: 'Push',
  XPUB: 'XPublisher',
  XSUB: 'XSubscriber',
};
/** A message is told by its bytes, but for ROUTER's own names for its peers, which are made up. */
const MADE_UP = /^00[0-9a-f]{8}$/;

const library = (await import(process.argv[2] === 'zeromq' ? 'zeromq' : '../../../src/index.js')) as unknown as Library;
let open: { readonly type: SocketType; readonly socket: AnySocket }[] = [];

async function opened(type: SocketType): Promise<number> {
  const socket = new library[CLASSES[type]]!();
  socket.linger = 0;
  if ('receiveTimeout' in socket) Object.assign(socket, { receiveTimeout: 0, receiveHighWaterMark: 0 });
  if (type === 'SUB') socket.subscribe?.('');
  await socket.bind('tcp://127.0.0.1:*');
  open.push({ type, socket });
  return Number(new URL(socket.lastEndpoint!).port);
}

/** Everything delivered to the socket; a REP has to answer to be given more. */
async function drained(type: SocketType, socket: AnySocket): Promise<string[]> {
  const messages: string[] = [];
  if (socket.receive === undefined || !('receiveTimeout' in socket)) return messages;
  for (;;) {
    try {
      const parts = (await socket.receive()).map((part) => part.toString('hex'));
      if (type === 'ROUTER') parts[0] = parts[0]!.replace(MADE_UP, 'id');
      messages.push(parts.join(' '));
      if (type === 'REP') await socket.send?.('answer');
    } catch (error) {
      if ((error as { code?: string }).code === 'EAGAIN') return messages;
      throw error;
    }
  }
}

async function answered(request: Request): Promise<Answer> {
  if ('open' in request) {
    const ports: number[] = [];
    for (const type of request.open) ports.push(await opened(type));
    return { ports };
  }
  const messages: string[][] = [];
  for (const { type, socket } of open) messages.push(await drained(type, socket));
  for (const { socket } of open) socket.close();
  open = [];
  return { messages };
}

process.on('message', (request: Request) => {
  answered(request).then(
    (answer) => process.send?.(answer),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
// What is bound at first is for keeping step. It is held on to: a socket that nobody holds is closed.
const port = await opened('PULL');
const pace = open;
open = [];
process.once('exit', () => {
  for (const { socket } of pace) socket.close();
});
process.send?.({ ports: [port] } satisfies Answer);
