/**
 * A libzmq peer in a child process, driven by newline-delimited JSON over its standard streams: one command, one
 * answer, matched by id. The scripts are node-peer.mjs and python-peer.py. One child holds any number of sockets.
 *
 * Every call has a deadline. A child is only ever ended through its own handle, and goes by itself when its standard
 * input ends, so that none outlives the test process.
 */
import { decodeFrame, encodeFrame, type Frame, type Received, type WireFrame } from './body.js';
import { DEADLINE, within } from './deadline.js';
import { type End, type EndOptions, type SocketType, subscriptionFrame } from './end.js';
import { type PeerCommand, type PeerProcess, startProcess } from './process.js';

export class Peer {
  readonly #process: PeerProcess;
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #closed: Promise<unknown>;
  #lastCall = 0;
  #lastSocket = 0;
  #stdout = '';
  #stderr = '';
  #gone = false;

  static async start(command: PeerCommand): Promise<Peer> {
    const peer = new Peer(await startProcess(command));
    await peer.call('hello', {});
    return peer;
  }

  private constructor(process: PeerProcess) {
    this.#process = process;
    process.output.setEncoding('utf8').on('data', (text: string) => this.#answered(text));
    process.errors?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    process.input.on('error', () => {}); // EPIPE after a kill; the pending calls are rejected on 'close'
    this.#closed = process.closed.then(() => this.#ended());
  }

  async call(op: string, args: object, deadline = DEADLINE): Promise<unknown> {
    const id = ++this.#lastCall;
    if (this.#gone) throw new Error(`The peer process has ended${this.#said()}`);
    const answer = new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    this.#process.input.write(`${JSON.stringify({ id, op, ...args })}\n`);
    try {
      return await within(answer, `answer of the peer to ${op} ${JSON.stringify(args).slice(0, 100)}`, deadline);
    } finally {
      this.#calls.delete(id);
    }
  }

  async socket(type: SocketType, options: EndOptions = {}): Promise<PeerSocket> {
    const name = `${type}${++this.#lastSocket}`;
    await this.call('socket', { socket: name, type, options: encodeOptions(options) });
    return new PeerSocket(this, name, type);
  }

  /** Runs a libzmq proxy between two sockets bound in the peer process, and gives their endpoints. */
  async proxy(front: ProxySide, back: ProxySide): Promise<{ name: string; front: string; back: string }> {
    const name = `proxy${++this.#lastSocket}`;
    return { name, ...((await this.call('proxy', { socket: name, front, back })) as { front: string; back: string }) };
  }

  async endProxy(name: string): Promise<void> {
    await this.call('endProxy', { socket: name });
  }

  /** Stops the process where it stands: sockets stay open, nothing is answered. */
  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  /** Ends the process as a crash would: the kernel closes its connections, nothing is flushed. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL');
    await within(this.#closed, 'end of the killed peer');
  }

  /** Ends the process in an orderly way, and by force when it does not go. */
  async stop(): Promise<void> {
    this.#process.input.end();
    await within(this.#closed, 'exit of the peer', EXIT_GRACE).catch(() => this.kill());
  }

  #answered(text: string): void {
    const lines = (this.#stdout + text).split('\n');
    this.#stdout = lines.pop()!;
    for (const line of lines) {
      const { id, value, error } = JSON.parse(line);
      const call = this.#calls.get(id);
      if (error) call?.reject(Object.assign(new Error(`The peer failed: ${error.message}`), { code: error.code }));
      else call?.resolve(value);
    }
  }

  #ended(): void {
    this.#gone = true;
    for (const call of this.#calls.values()) call.reject(new Error(`The peer process ended${this.#said()}`));
  }

  #said(): string {
    return this.#stderr === '' ? '' : `, last words:\n${this.#stderr}`;
  }
}

/** A socket in the peer process. */
export class PeerSocket implements End {
  readonly type: SocketType;
  readonly #peer: Peer;
  readonly #name: string;

  constructor(peer: Peer, name: string, type: SocketType) {
    this.#peer = peer;
    this.#name = name;
    this.type = type;
  }

  async bind(endpoint: string): Promise<string> {
    return (await this.#call('bind', { endpoint })) as string;
  }

  async connect(endpoint: string, routingId?: string): Promise<void> {
    await this.#call('connect', { endpoint, routingId });
  }

  async send(frames: readonly Frame[]): Promise<void> {
    await this.sendAll([frames]);
  }

  async sendAll(messages: readonly (readonly Frame[])[]): Promise<void> {
    await this.#call('send', { messages: messages.map((frames) => frames.map(encodeFrame)) });
  }

  async receive(): Promise<Received[]> {
    return (await this.receiveAll(1))[0]!;
  }

  async receiveAll(count: number): Promise<Received[][]> {
    const messages = (await this.#call('receive', { count })) as WireFrame[][];
    return messages.map((frames) => frames.map(decodeFrame));
  }

  /** A property of the peer that sent the next message, as the message tells it; null for none. python3-zmq only. */
  async receiveProperty(name: string): Promise<string | null> {
    return (await this.#call('property', { name })) as string | null;
  }

  async subscribe(topic: string): Promise<void> {
    if (this.type === 'XSUB') return this.send([subscriptionFrame(topic, true)]);
    await this.#call('subscribe', { topic: encodeFrame(topic) });
  }

  async unsubscribe(topic: string): Promise<void> {
    if (this.type === 'XSUB') return this.send([subscriptionFrame(topic, false)]);
    await this.#call('unsubscribe', { topic: encodeFrame(topic) });
  }

  /** A round trip through the driver, past this socket. */
  async alive(): Promise<void> {
    await this.#peer.call('hello', {});
  }

  async close(): Promise<void> {
    await this.#call('close', {});
  }

  #call(op: string, args: object): Promise<unknown> {
    return this.#peer.call(op, { socket: this.#name, ...args });
  }
}

export interface ProxySide {
  readonly type: SocketType;
  readonly endpoint: string;
}

/** A binary option value is told from a string by its wrapping. */
function encodeOptions(options: EndOptions): object {
  const encode = (value: EndOptions[string]) => (Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value);
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, encode(value)]));
}

const EXIT_GRACE = 3_000;
