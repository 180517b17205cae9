// Runs libzmq peers on this side for tests that run in Wine: one connection, one peer process, whose standard input and
// output it is: its end is the end of the process, and tells of it. Its other end is test/support/peers/process.ts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Flavour, installed } from '../support/peers/installed.js';

export class PeerHost {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  static async start(): Promise<PeerHost> {
    const flavour = installed().find(({ name }) => name === 'python3-zmq');
    if (flavour?.missing !== undefined) throw new Error(flavour.missing);
    const host = new PeerHost(flavour as Flavour);
    host.#server.listen(0, '127.0.0.1');
    await once(host.#server, 'listening');
    return host;
  }

  private constructor(flavour: Flavour) {
    this.#server = createServer({ allowHalfOpen: true }, (connection) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
      connection.on('error', () => {}); // 'close' follows
      begin(flavour, connection);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }
}

function begin(flavour: Flavour, connection: Socket): void {
  const peer = spawn(flavour.command, flavour.args, { stdio: ['pipe', 'pipe', 'inherit'] });
  peer.stdin.on('error', () => {}); // EPIPE when it has just been killed
  connection.pipe(peer.stdin, { end: false });
  peer.stdout.pipe(connection);
  peer.once('close', () => connection.destroy());
  for (const over of ['end', 'close']) connection.once(over, () => void peer.kill('SIGKILL'));
}
