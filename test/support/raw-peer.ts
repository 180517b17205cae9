// A ZMTP peer made of a bare node:net socket and hand-written bytes, for the tests that need a peer to misbehave
// or need to see exactly what the library puts on the wire.
//
// Reading is by frames and waits for them; nothing here sleeps. `sync()` sends a PING and waits for its PONG: what
// was written before it has been processed by the other side when it returns. Everything opened here is closed at
// the end of the test that opened it.
import * as net from 'node:net';
import { onTestFinished } from 'vitest';
import * as wire from './wire.js';

export interface Introduction {
  identity?: string | Buffer;
  minor?: number;
  properties?: Buffer[];
}

export class RawPeer {
  /** Resolves with what was left unread once the other side has closed the connection. */
  readonly closed: Promise<Buffer>;
  readonly #socket: net.Socket;
  #unread: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};
  #pings = 0;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', () => {}); // a reset is a close; `closed` tells
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        this.#wake();
        resolve(this.#unread);
      });
    });
    onTestFinished(() => this.close());
  }

  static connect(endpoint: string): Promise<RawPeer> {
    const { hostname, port } = new URL(endpoint);
    return new Promise((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () => resolve(new RawPeer(socket)));
      socket.once('error', reject);
    });
  }

  /** Connects and completes the NULL handshake. */
  static async join(endpoint: string, socketType: string, introduction?: Introduction): Promise<RawPeer> {
    const peer = await RawPeer.connect(endpoint);
    await peer.handshake(socketType, introduction);
    return peer;
  }

  write(...chunks: Uint8Array[]): void {
    this.#socket.write(Buffer.concat(chunks));
  }

  /** Both greetings and both READYs; returns the metadata the library sent. */
  async handshake(socketType: string, introduction: Introduction = {}): Promise<Map<string, Buffer>> {
    const properties = [...(introduction.properties ?? [])];
    if (introduction.identity !== undefined) properties.push(wire.property('Identity', introduction.identity));
    this.write(wire.greeting({ minor: introduction.minor ?? 1 }), wire.ready(socketType, ...properties));
    await this.bytes(64);
    const { name, data } = await this.command();
    if (name !== 'READY') throw new Error(`${name} where READY was expected: ${data}`);
    return new Map(wire.readMetadata(data));
  }

  /** Exactly the next `length` bytes. */
  async bytes(length: number): Promise<Buffer> {
    while (this.#unread.length < length) await this.#more();
    return this.#take(length);
  }

  async frame(): Promise<wire.WireFrame> {
    for (;;) {
      const next = wire.readFrame(this.#unread);
      if (next !== undefined) {
        this.#take(next.length);
        return next.frame;
      }
      await this.#more();
    }
  }

  async command(): Promise<wire.WireCommand> {
    return wire.readCommand(await this.frame());
  }

  /** The next message, all its parts. */
  async message(): Promise<Buffer[]> {
    const parts: Buffer[] = [];
    for (;;) {
      const { flags, body } = await this.frame();
      if (flags & wire.COMMAND) throw new Error(`a command where a message was expected: ${body}`);
      parts.push(body);
      if ((flags & wire.MORE) === 0) return parts;
    }
  }

  /** The next message, its parts as text. */
  async text(): Promise<string[]> {
    return (await this.message()).map(String);
  }

  /** PING, then everything that comes before its PONG. */
  async sync(): Promise<wire.WireFrame[]> {
    const context = `sync ${++this.#pings}`;
    this.write(wire.ping(0, context));
    const before: wire.WireFrame[] = [];
    for (;;) {
      const next = await this.frame();
      if (next.flags & wire.COMMAND) {
        const { name, data } = wire.readCommand(next);
        if (name === 'PONG' && data.toString() === context) return before;
      }
      before.push(next);
    }
  }

  /** Stops reading, so that the other side's writes back up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Half-closes: no more bytes from us. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    this.#wake();
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error(`the library closed the connection; unread: ${this.#unread.toString('hex')}`);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(length: number): Buffer {
    const taken = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return taken;
  }
}

/** Listens on a free TCP port and hands out the connections the library makes, in order. */
export class RawServer {
  readonly endpoint: string;
  readonly #server: net.Server;
  readonly #arrived: RawPeer[] = [];
  readonly #waiting: ((peer: RawPeer) => void)[] = [];

  private constructor(server: net.Server) {
    this.#server = server;
    this.endpoint = `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    server.on('connection', (socket) => {
      const peer = new RawPeer(socket);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(peer);
      else this.#arrived.push(peer);
    });
    onTestFinished(() => this.close());
  }

  static listen(): Promise<RawServer> {
    return new Promise((resolve, reject) => {
      const server = net.createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(new RawServer(server)));
    });
  }

  /** How many connections have arrived and not been handed out. */
  get backlog(): number {
    return this.#arrived.length;
  }

  accept(): Promise<RawPeer> {
    const peer = this.#arrived.shift();
    return peer ? Promise.resolve(peer) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, its handshake done. */
  async join(socketType: string, introduction?: Introduction): Promise<RawPeer> {
    const peer = await this.accept();
    await peer.handshake(socketType, introduction);
    return peer;
  }

  close(): void {
    this.#server.close();
  }
}
