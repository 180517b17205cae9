// What Unix sockets and named pipes have in common in Node: a server at a path, a connection to one.

import type { NetConnectOpts, Server } from 'node:net';
import { zmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { listenOn } from './bound-handle.js';
import { NetStream, WRITE_HIGH_WATER_MARK, whenConnected, whenListening } from './net-stream.js';
import type { ConnectDone, ListenHandler, Listening, TransportOptions } from './transport.js';

/**
 * @param path as Node takes it
 * @param endpoint for peers and for errors
 * @param bound called as soon as the socket has its path, before anything else can happen in this process
 * @throws EADDRINUSE; what `bound` throws
 */
export async function listenAt(
  path: string,
  endpoint: string,
  { backlog }: TransportOptions,
  handler: ListenHandler,
  bound: () => void = () => {},
): Promise<Listening> {
  const server = newServer(handler);
  try {
    // Exclusive: the workers of a cluster would share the path otherwise.
    await whenListening(server, handler, () => {
      server.listen({ path, backlog, exclusive: true });
      if (server.listening) bound();
    });
  } catch (error) {
    server.close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? inUse(endpoint, 'somebody listens there') : error;
  }
  return { endpoint, close: () => server.close() };
}

/** As `listenAt`, done when it returns. */
export function listenAtNow(
  path: string,
  endpoint: string,
  { backlog }: TransportOptions,
  handler: ListenHandler,
  bound: () => void = () => {},
): Listening {
  const server = newServer(handler);
  try {
    listenOn(server, () => server.listen({ path, backlog, exclusive: true }));
    bound();
  } catch (error) {
    server.close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? inUse(endpoint, 'somebody listens there') : error;
  }
  server.on('error', (error) => handler.failed(error));
  return { endpoint, close: () => server.close() };
}

function newServer(handler: ListenHandler): Server {
  return node.net.createServer({ highWaterMark: WRITE_HIGH_WATER_MARK }, (socket) =>
    handler.accepted(new NetStream(socket)),
  );
}

export function connectTo(path: string, done: ConnectDone): () => void {
  return whenConnected(node.net.connect({ path, highWaterMark: WRITE_HIGH_WATER_MARK } as NetConnectOpts), done);
}

export function inUse(endpoint: string, detail: string): Error {
  return zmqError('EADDRINUSE', `${quoted(endpoint)}: ${detail}`, endpoint);
}
