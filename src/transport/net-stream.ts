// A ByteStream over Node's `net.Socket`, for every transport that is one: TCP, Unix sockets, named pipes.
//
// Never keeps the process alive by itself; a socket with something to wait for holds it through its context.

import type { Server, Socket } from 'node:net';
import { explainedError } from '../errors.js';
import { reclaim } from './reclaim.js';
import type { ByteStream, ConnectDone, ListenHandler, StreamHandler } from './transport.js';

/**
 * Bytes that a stream holds before it says full: one chunk on its way and room to fill the next. Node's default is a
 * quarter of our chunk, and would make every write look like congestion.
 */
export const WRITE_HIGH_WATER_MARK = 128 * 1024;

/** Windows takes what goes into a pipe at once as well, but says so later, and Node holds the next write back until then. */
const PIPES_TELL_LATE = process.platform === 'win32';
/** Milliseconds that a pipe has for it. */
const LAST_WRITES = 100;

export class NetStream implements ByteStream {
  readonly #socket: Socket;
  #handler: StreamHandler | undefined;
  #error: Error | undefined;
  #unfinished = 0;
  /** Destroyed as soon as the writes are done. */
  #leaving = false;
  /** One for all writes. */
  readonly #wrote = (error?: Error | null): void => {
    if (!error) this.#unfinished--;
    if (this.#leaving && this.#unfinished === 0) this.#socket.destroy();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.unref();
    // From the first moment: an error without a listener would end the process.
    socket.on('error', (error) => {
      this.#error = reset(error);
    });
    socket.on('close', () => this.#closed());
  }

  /** Unix sockets and pipes have none. */
  get remoteAddress(): string | undefined {
    const { remoteAddress, remotePort } = this.#socket;
    if (remoteAddress === undefined || remotePort === undefined) return undefined;
    return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
  }

  start(handler: StreamHandler): void {
    this.#handler = handler;
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#handler?.data(chunk) === true) reclaim(chunk);
    });
    socket.on('drain', () => this.#handler?.drain());
    socket.on('end', () => this.#closed());
    if (socket.destroyed) process.nextTick(() => this.#closed());
  }

  write(chunks: readonly Buffer[]): boolean {
    const socket = this.#socket;
    const last = chunks.length - 1;
    this.#unfinished++;
    if (last === 0) return socket.write(chunks[0] as Buffer, this.#wrote);
    socket.cork();
    for (let i = 0; i < last; i++) socket.write(chunks[i] as Buffer);
    socket.write(chunks[last] as Buffer, this.#wrote);
    socket.uncork();
    return !socket.writableNeedDrain && socket.errored === null;
  }

  /** Node tells of a finished write a tick late; an empty queue tells at once, unless it is empty because a write has failed. */
  get unfinished(): number {
    const { writableLength, errored, destroyed } = this.#socket;
    return writableLength === 0 && errored === null && !destroyed ? 0 : this.#unfinished;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(sent: () => void): void {
    this.#socket.end(sent);
  }

  destroy(): void {
    this.#handler = undefined;
    if (PIPES_TELL_LATE && this.unfinished > 0 && this.remoteAddress === undefined) {
      this.#leaving = true;
      this.#socket.setTimeout(LAST_WRITES, () => this.#socket.destroy());
    } else {
      this.#socket.destroy();
    }
  }

  /** A peer that has ended its side gets nothing more from us either: ZMTP has no use for half a connection. */
  #closed(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#socket.destroy();
    handler?.closed(this.#error);
  }
}

/** A peer that went while we wrote has as many codes as there are systems; here it has one. */
function reset(error: NodeJS.ErrnoException): Error {
  return error.code === 'EPIPE' || error.code === 'EOF' ? explainedError('ECONNRESET', error.message) : error;
}

/** Reports the outcome of a connecting socket once. Returns how to give up. */
export function whenConnected(socket: Socket, done: ConnectDone): () => void {
  socket.unref();
  const finish = (error: NodeJS.ErrnoException | undefined): void => {
    socket.off('connect', onConnect);
    socket.off('error', finish);
    if (error === undefined) done(undefined, new NetStream(socket));
    else done(error, undefined);
  };
  const onConnect = (): void => finish(undefined);
  socket.once('connect', onConnect);
  socket.once('error', finish);
  return () => {
    socket.off('connect', onConnect);
    socket.off('error', finish);
    socket.on('error', () => {});
    socket.destroy();
  };
}

/** Starts a server; resolves when it listens, and from then on reports its errors to the handler. */
export function whenListening(server: Server, handler: ListenHandler, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      server.on('error', (error) => handler.failed(error));
      server.unref();
      resolve();
    });
    listen();
  });
}
