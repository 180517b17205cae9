// Takes incoming connections on one bound endpoint and runs a session for each. One for each `bind`.

import { ProtocolError, zmqError } from '../errors.js';
import type { PeerInfo } from '../protocol/connection.js';
import type { ByteStream, ListenHandler, Listening, Target } from '../transport/transport.js';
import { type Closable, type EndpointHost, emitEnd, emitReady, newSession, refuse } from './endpoint-host.js';
import type { ErrnoError } from './monitor.js';
import type { OptionValues } from './options.js';
import { Peer } from './peer.js';
import type { Pipe } from './pipe.js';
import type { PeerSession, SessionOwner } from './session.js';

export class Listener implements Closable, SessionOwner, ListenHandler {
  readonly #host: EndpointHost;
  readonly #options: OptionValues;
  readonly #handshaking = new Set<PeerSession>();
  readonly #pipes = new Map<PeerSession, Pipe>();
  /** Those that we end, and nobody needs to be told of. */
  readonly #dismissed = new WeakSet<PeerSession>();
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

  /** As `start`, done when it returns. @throws a system error, ENOTSUP */
  startSync(target: Target): void {
    if (target.listenSync === undefined)
      throw zmqError('ENOTSUP', 'this transport cannot bind at once: use "await bind()"');
    this.#listening = target.listenSync(this.#options, this);
  }

  accepted(stream: ByteStream): void {
    if (this.#finishing) {
      stream.destroy();
      return;
    }
    this.#host.emit({ type: 'accept', address: this.endpoint });
    const session = newSession(this.#host, stream, this.#options, this);
    this.#handshaking.add(session);
    if (this.#handshaking.size > this.#options.maxHandshakes) this.#evictOldest();
    session.start();
  }

  failed(error: Error): void {
    this.#host.emit({ type: 'accept:error', address: this.endpoint, error: error as ErrnoError });
  }

  ready(session: PeerSession, peer: PeerInfo): Pipe {
    this.#handshaking.delete(session);
    const { operations } = this.#host;
    const pipe = this.#host.newPipe(this.#options);
    const known = this.#newPeer(session, pipe, peer);
    pipe.open(session, peer, known);
    this.#pipes.set(session, pipe);
    if (!operations.attach(pipe) || !operations.connected(pipe)) refuse(pipe, peer);
    pipe.whenLeaving = () => process.nextTick(() => this.#finishSession(session, pipe));
    this.#host.peers.joined(known, false);
    emitReady(this.#host, this.endpoint, known);
    return pipe;
  }

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    this.#host.operations.subscription(pipe, topic, add);
  }

  ended(session: PeerSession, reason: Error | undefined): void {
    this.#handshaking.delete(session);
    this.#host.lost(session.unsent);
    const pipe = this.#pipes.get(session);
    if (pipe !== undefined) {
      this.#pipes.delete(session);
      this.#host.operations.detach(pipe);
      this.#host.dropPipe(pipe);
    }
    emitEnd(
      this.#host,
      this.endpoint,
      session.established ? pipe?.connection : undefined,
      reason,
      this.#finishing || this.#dismissed.has(session),
    );
    this.#doneWhenEmpty();
  }

  finish(): void {
    this.#stopListening();
    for (const [session, pipe] of [...this.#pipes]) this.#finishSession(session, pipe);
    this.#doneWhenEmpty();
  }

  abort(): void {
    this.#stopListening();
    for (const session of [...this.#pipes.keys()]) session.abort();
    this.#doneWhenEmpty();
  }

  #newPeer(session: PeerSession, pipe: Pipe, info: PeerInfo): Peer {
    return new Peer(pipe, info, {
      address: this.endpoint,
      remoteAddress: session.remoteAddress,
      reconnects: 0,
      disconnect: () => {
        this.#host.operations.detach(pipe);
        session.leave();
      },
    });
  }

  #finishSession(session: PeerSession, pipe: Pipe): void {
    this.#dismissed.add(session);
    this.#host.operations.detach(pipe);
    session.finish();
  }

  /** Honest peers need a round trip: who has been here longest will most likely never be done. */
  #evictOldest(): void {
    const { maxHandshakes } = this.#options;
    const [oldest] = this.#handshaking;
    const text = `more than ${maxHandshakes} connections in their handshake (option maxHandshakes), and this was the oldest`;
    oldest?.abort(new ProtocolError('handshake-evicted', text));
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
