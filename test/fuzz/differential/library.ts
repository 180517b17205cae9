// One library at the other end of TCP: a process with its listeners, a connection to each, and a way to know, without a clock, that what
// was written has been dealt with.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { SocketType } from '../../../src/protocol/socket-types.js';
import * as wire from '../../support/wire.js';
import type { Answer, Request } from './listeners.js';

export type LibraryName = 'zeromq' | 'ours';

/** What can be seen of one connection. */
export interface Sight {
  /** Messages that the program was given, in hex. */
  readonly messages: readonly string[];
  /** The contexts of the PONGs that came back, in hex. */
  readonly pongs: readonly string[];
  /** Whether the library ended the connection. */
  readonly closed: boolean;
}

/** What a batch sends on one connection: each step is dealt with before the next is sent. */
export interface Conversation {
  readonly socketType: SocketType;
  readonly steps: readonly Buffer[];
}

const LISTENERS = fileURLToPath(new URL('./listeners.ts', import.meta.url));
/** PINGs to and fro: after the first, what was written before may still wait behind it in the same turn of the I/O thread. */
const ROUNDS = 4;

class Line {
  readonly socket: net.Socket;
  readonly #chunks: Buffer[] = [];
  closed = false;

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.socket.on('error', () => {}); // A reset is an end like any other.
    for (const end of ['end', 'close']) {
      this.socket.on(end, () => {
        this.closed = true;
      });
    }
  }

  get heard(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  async hears(text: string): Promise<void> {
    while (!this.heard.includes(text)) await once(this.socket, 'data');
    this.#chunks.length = 0;
  }

  write(bytes: Buffer): Promise<void> {
    if (this.closed || bytes.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }
}

export class RemoteLibrary {
  readonly #child: ChildProcess;
  readonly #pace: Line;
  #rounds = 0;

  private constructor(child: ChildProcess, pace: Line) {
    this.#child = child;
    this.#pace = pace;
  }

  static async start(name: LibraryName): Promise<RemoteLibrary> {
    const options = {
      execArgv: ['--no-warnings', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'] as const,
    };
    const child = fork(LISTENERS, [name], { ...options, stdio: [...options.stdio] });
    const { ports } = await answerOf(child, 'ports');
    const pace = new Line(ports[0]!);
    await pace.write(Buffer.concat([wire.greeting(), wire.ready('PUSH')]));
    await pace.hears('READY');
    return new RemoteLibrary(child, pace);
  }

  async converse(conversations: readonly Conversation[]): Promise<Sight[]> {
    const { ports } = await this.#ask({ open: conversations.map(({ socketType }) => socketType) }, 'ports');
    const lines = ports.map((port) => new Line(port));
    await Promise.all(lines.map(({ socket }) => once(socket, 'connect')));
    const steps = Math.max(...conversations.map((conversation) => conversation.steps.length));
    for (let step = 0; step < steps; step++) {
      await Promise.all(lines.map((line, i) => line.write(conversations[i]!.steps[step] ?? Buffer.alloc(0))));
      await this.#keepStep();
    }
    const sights = lines.map((line) => ({ pongs: pongsIn(line.heard), closed: line.closed }));
    const { messages } = await this.#ask({ drain: true }, 'messages');
    for (const { socket } of lines) socket.destroy();
    return sights.map((sight, i) => ({ ...sight, messages: messages[i]! }));
  }

  stop(): void {
    this.#pace.socket.destroy();
    this.#child.kill('SIGKILL');
  }

  /** Until the other side has dealt with everything written so far, and we have read what it answered. */
  async #keepStep(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const context = `step ${++this.#rounds}`;
      await this.#pace.write(wire.ping(0, context));
      await this.#pace.hears(context);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }

  #ask<Key extends 'ports' | 'messages'>(request: Request, key: Key): Promise<Extract<Answer, Record<Key, unknown>>> {
    this.#child.send(request);
    return answerOf(this.#child, key);
  }
}

async function answerOf<Key extends 'ports' | 'messages'>(
  child: ChildProcess,
  key: Key,
): Promise<Extract<Answer, Record<Key, unknown>>> {
  const gone = new AbortController();
  const died = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`the listeners ended with ${code}`);
  });
  died.catch(() => {}); // Not waiting any more.
  try {
    const [answer] = (await Promise.race([once(child, 'message'), died])) as [Answer];
    if (!(key in answer)) throw new Error(`no ${key} in the answer`);
    return answer as Extract<Answer, Record<Key, unknown>>;
  } finally {
    gone.abort();
  }
}

/** The contexts of all PONGs behind the greeting; a frame that is cut off ends the list. */
function pongsIn(heard: Buffer): string[] {
  const pongs: string[] = [];
  for (let rest = heard.subarray(64); ; ) {
    const next = wire.readFrame(rest);
    if (next === undefined) return pongs;
    rest = rest.subarray(next.length);
    if ((next.frame.flags & wire.COMMAND) === 0) continue;
    const { name, data } = wire.readCommand(next.frame);
    if (name === 'PONG') pongs.push(data.toString('hex'));
  }
}
