// Takes incoming connections on one bound endpoint and runs a Session for each. One for each `bind`.

import type { PeerInfo } from '../protocol/connection.js';
import type { ByteStream, ListenHandler, Listening, Target } from '../transport/transport.js';
import { type Closable, connectionOptions, type EndpointHost, emitEnd, refuse } from './endpoint-host.js';
import type { ErrnoError } from './monitor.js';
import type { OptionValues } from './options.js';
import type { Pipe } from './pipe.js';
import { Session, type SessionOwner } from './session.js';

/** Connections that may be in their handshake at once; the oldest goes first. Honest peers need a round trip. */
export const HANDSHAKES_MAX = 1024;

export class Listener implements Closable, SessionOwner, ListenHandler {
  readonly #host: EndpointHost;
  readonly #options: OptionValues;
  readonly #handshaking = new Set<Session>();
  readonly #pipes = new Map<Session, Pipe>();
  #listening: Listening | undefined;
  #finishing = false;

  constructor(host: EndpointHost, options: OptionValues) {
    this.#host = host;
    this.#options = options;
  }

  /** The resolved endpoint. */
  get endpoint(): string {
    return this.#listening?.endpoint ?? '';
  }

  /** Rejects with a system error. */
  async start(target: Target): Promise<void> {
    this.#listening = await target.listen(this.#options, this);
  }

  accepted(stream: ByteStream): void {
    if (this.#finishing) {
      stream.destroy();
      return;
    }
    this.#host.emit({ type: 'accept', address: this.endpoint });
    const options = connectionOptions(this.#host.socketType, this.#options);
    const session = new Session(stream, options, this.#host.clock, this);
    this.#handshaking.add(session);
    if (this.#handshaking.size > HANDSHAKES_MAX) this.#evictOldest();
    session.start();
  }

  failed(error: Error): void {
    this.#host.emit({ type: 'accept:error', address: this.endpoint, error: error as ErrnoError });
  }

  ready(session: Session, peer: PeerInfo): Pipe {
    this.#handshaking.delete(session);
    const { operations } = this.#host;
    const pipe = this.#host.newPipe(this.#options);
    pipe.open(session, peer);
    this.#pipes.set(session, pipe);
    if (!operations.attach(pipe) || !operations.connected(pipe)) refuse(pipe, peer);
    this.#host.emit({ type: 'handshake', address: this.endpoint });
    return pipe;
  }

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    this.#host.operations.subscription(pipe, topic, add);
  }

  ended(session: Session, reason: Error | undefined): void {
    this.#handshaking.delete(session);
    const pipe = this.#pipes.get(session);
    if (pipe !== undefined) {
      this.#pipes.delete(session);
      this.#host.operations.detach(pipe);
      this.#host.dropPipe(pipe);
    }
    emitEnd(this.#host, this.endpoint, session.established, reason);
    this.#doneWhenEmpty();
  }

  finish(): void {
    this.#stopListening();
    for (const [session, pipe] of [...this.#pipes]) {
      this.#host.operations.detach(pipe);
      session.finish();
    }
    this.#doneWhenEmpty();
  }

  abort(): void {
    this.#stopListening();
    for (const session of [...this.#pipes.keys()]) session.abort();
    this.#doneWhenEmpty();
  }

  #evictOldest(): void {
    for (const session of this.#handshaking) {
      session.abort();
      return;
    }
  }

  #stopListening(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#listening?.close();
    this.#host.emit({ type: 'close', address: this.endpoint });
    for (const session of this.#handshaking) session.abort();
  }

  #doneWhenEmpty(): void {
    if (this.#finishing && this.#pipes.size === 0 && this.#handshaking.size === 0) this.#host.endpointDone(this);
  }
}
