// Bare `node:net` ends for fault tests: clients and servers that write any bytes, reset, half-close, go silent, and count
// what happens to them. Over tcp and ipc. Closed when the test ends.

import * as net from 'node:net';
import { onTestFinished } from 'vitest';
import { pipeOf } from '../../src/transport/pipe-name.js';
import { within } from './peers/deadline.js';

/** One connection whose other end is the library. */
export class NetPeer {
  readonly socket: net.Socket;
  /** Resolves once the connection is over, from whichever side, by whatever means. */
  readonly closed: Promise<void>;
  #received: Buffer[] = [];
  #wake: () => void = () => {};

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#wake();
    });
    // Half-open allowed: the library's end is answered here, and never by Node on its own.
    socket.on('end', () => socket.end());
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    onTestFinished(() => void socket.destroy());
  }

  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  /** Until the library has sent at least so many bytes. */
  async bytes(count: number): Promise<Buffer> {
    while (this.received.length < count) {
      await within(
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
        `${count} bytes from the library, ${this.received.length} so far`,
      );
    }
    return this.received;
  }

  /** Resolves when the bytes are with the system; false when the library has hung up instead. */
  write(bytes: Uint8Array): Promise<boolean> {
    const written = new Promise<boolean>((resolve) => this.socket.write(bytes, (error) => resolve(error == null)));
    // Windows does not always tell of a write that was under way.
    return Promise.race([written, this.closed.then(() => false)]);
  }

  /** Sends a RST; over ipc, where there is none, closes without reading what is there. */
  reset(): void {
    if (this.socket.remotePort === undefined) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  end(): void {
    this.socket.end();
  }

  /** Until the library has ended the connection. */
  async gone(): Promise<void> {
    await within(this.closed, 'the library ends the connection');
  }
}

export function dial(endpoint: string): Promise<NetPeer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...addressOf(endpoint), allowHalfOpen: true }, () => resolve(new NetPeer(socket)));
    socket.once('error', reject);
  });
}

export interface NetServer {
  readonly endpoint: string;
  /** Every connection so far. */
  readonly peers: NetPeer[];
  /** No further connections; those that are there stay. */
  close(): void;
}

/** Listens on a free port and does `behave` to everyone who comes. */
export function serve(behave: (peer: NetPeer, index: number) => void): Promise<NetServer> {
  const peers: NetPeer[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const peer = new NetPeer(socket);
    behave(peer, peers.push(peer) - 1);
  });
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      resolve({ endpoint: `tcp://127.0.0.1:${port}`, peers, close: () => void server.close() });
    });
  });
}

/** What `node:net` calls the path of an ipc endpoint. */
function fileOf(path: string, endpoint: string): string {
  return process.platform === 'win32' ? pipeOf(path, endpoint) : path;
}

function addressOf(endpoint: string): net.NetConnectOpts {
  if (endpoint.startsWith('ipc://')) return { path: fileOf(endpoint.slice('ipc://'.length), endpoint) };
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port) };
}
