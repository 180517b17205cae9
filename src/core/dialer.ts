// Keeps one outgoing connection alive: connects, hands the stream to a Session, and when that ends waits a while and
// tries again. One for each `connect`.
//
//   connecting ──▶ connected ──▶ waiting ──▶ connecting …        delay = interval (doubling up to the maximum) + jitter

import { AuthError, asZmqError, isPeerFault, ProtocolError, VIOLATIONS, zmqError } from '../errors.js';
import type { PeerInfo } from '../protocol/connection.js';
import type { ByteStream, Target } from '../transport/transport.js';
import { copyOf } from '../util/bytes.js';
import type { Timer } from './clock.js';
import { type Closable, type EndpointHost, emitEnd, emitReady, newSession, refuse } from './endpoint-host.js';
import type { OptionValues } from './options.js';
import { Peer } from './peer.js';
import type { Pipe } from './pipe.js';
import type { PeerSession, SessionOwner } from './session.js';

/** A peer that breaks the protocol is asked ever less often, but not less than once in this many ms. */
const FAULT_DELAY_MAX = 30_000;

/** ZMQ_RECONNECT_STOP_CONN_REFUSED and _HANDSHAKE_FAILED; after disconnect nothing is dialled in any case. */
const STOP_REFUSED = 1;
const STOP_HANDSHAKE_FAILED = 2;

export class Dialer implements Closable, SessionOwner {
  readonly #host: EndpointHost;
  readonly #target: Target;
  readonly #endpoint: string;
  readonly #options: OptionValues;
  /** Without `immediate` the pipe is there from the start and takes messages while nobody is connected. */
  #pipe: Pipe | undefined;
  #session: PeerSession | undefined;
  /** From its handshake to its end. */
  #peer: Peer | undefined;
  #handshakes = 0;
  #cancel: (() => void) | undefined;
  #timer: Timer | undefined;
  #routingId: Buffer | undefined;
  #delay: number;
  #faults = 0;
  #finishing = false;
  #stopped = false;

  constructor(host: EndpointHost, target: Target, endpoint: string, options: OptionValues) {
    this.#host = host;
    this.#target = target;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#delay = options.reconnectInterval;
  }

  /** @param routingId for ROUTER: the id that the peer shall have */
  start(routingId: Buffer | undefined): void {
    this.#routingId = routingId;
    if (!this.#options.immediate && !this.#attach()) return;
    this.#connect();
  }

  /** Sends what waits, then ends; `abort` when time is up. */
  finish(): void {
    this.#finishing = true;
    if (this.#pipe !== undefined) this.#host.operations.detach(this.#pipe);
    if (this.#waitsForPeer) return;
    if (this.#session !== undefined) this.#session.finish();
    else this.#stop();
  }

  abort(): void {
    this.#finishing = true;
    if (this.#pipe !== undefined) this.#host.discard(this.#pipe);
    this.#session?.abort();
    this.#stop();
  }

  ready(session: PeerSession, peer: PeerInfo): Pipe {
    if (this.#pipe === undefined && !this.#attach())
      throw new ProtocolError('peer-refused', 'the socket takes no further peer');
    const pipe = this.#pipe as Pipe;
    const known = this.#newPeer(session, pipe, peer);
    pipe.open(session, peer, known);
    if (!this.#host.operations.connected(pipe)) refuse(pipe, peer);
    this.#delay = this.#options.reconnectInterval;
    this.#peer = known;
    this.#host.peers.joined(known, this.#handshakes++ > 0);
    emitReady(this.#host, this.#endpoint, known);
    if (this.#finishing) process.nextTick(() => session.finish());
    return pipe;
  }

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    this.#host.operations.subscription(pipe, topic, add);
  }

  ended(session: PeerSession, reason: Error | undefined, again = false): void {
    this.#session = undefined;
    const peer = this.#peer;
    this.#peer = undefined;
    this.#host.lost(session.unsent);
    emitEnd(this.#host, this.#endpoint, peer, reason, this.#finishing);
    if (peer !== undefined) this.#tellOfLoss();
    if (this.#options.immediate) this.#detach();
    if (this.#stopped) return;
    if (peer === undefined && this.#options.reconnectStop & STOP_HANDSHAKE_FAILED) {
      this.#stop();
      return;
    }
    if (again && !this.#finishing) {
      this.#connect();
      return;
    }
    if (isPeerFault(reason)) {
      this.#retryAfterFault(reason);
      return;
    }
    this.#faults = 0;
    this.#retry(this.#nextDelay());
  }

  /** ZMQ_HICCUP_MSG: a DEALER receives it each time a peer it connected to is gone. */
  #tellOfLoss(): void {
    const { hiccupMessage } = this.#options;
    if (hiccupMessage !== undefined && this.#host.socketType === 'DEALER') this.#pipe?.deliver([copyOf(hiccupMessage)]);
  }

  /** Messages wait in the pipe, and a peer may still come for them. */
  get #waitsForPeer(): boolean {
    const pipe = this.#pipe;
    return pipe !== undefined && pipe.queuedOut > 0 && !pipe.connected;
  }

  #newPeer(session: PeerSession, pipe: Pipe, info: PeerInfo): Peer {
    return new Peer(pipe, info, {
      address: this.#endpoint,
      remoteAddress: session.remoteAddress,
      reconnects: this.#handshakes,
      disconnect: (reconnect) => (reconnect ? session.leave() : this.#host.giveUp(this)),
    });
  }

  #attach(): boolean {
    const pipe = this.#host.attachPipe(this.#options, this.#routingId);
    this.#pipe = pipe;
    if (pipe !== undefined) pipe.whenLeaving = () => process.nextTick(() => this.finish());
    return pipe !== undefined;
  }

  #detach(): void {
    if (this.#pipe === undefined) return;
    this.#host.operations.detach(this.#pipe);
    this.#host.dropPipe(this.#pipe);
    this.#pipe = undefined;
  }

  #connect(): void {
    // libzmq: only what takes time is delayed, and a local connection takes none.
    if (!this.#endpoint.startsWith('ipc:')) this.#host.emit({ type: 'connect:delay', address: this.#endpoint });
    const timeout = this.#connectTimeout;
    if (timeout > 0) this.#timer = this.#host.clock.after(timeout, () => this.#connectTimedOut(timeout));
    this.#cancel = this.#target.connect(this.#options, (error, stream) => {
      this.#cancel = undefined;
      this.#timer?.cancel();
      if (stream === undefined) this.#connectFailed(error);
      else this.#connected(stream);
    });
  }

  #connected(stream: ByteStream): void {
    this.#host.emit({ type: 'connect', address: this.#endpoint });
    this.#session = newSession(this.#host, stream, this.#options, this);
    this.#session.start();
  }

  #connectFailed(error: NodeJS.ErrnoException | undefined): void {
    this.#host.emit({ type: 'close', address: this.#endpoint });
    if (error?.code === 'ECONNREFUSED' && this.#options.reconnectStop & STOP_REFUSED) this.#stop();
    else this.#retry(this.#nextDelay(), error);
  }

  /** A proxy that answers no more would hold us for ever: it has the time of a handshake, if no other was set. */
  get #connectTimeout(): number {
    const { connectTimeout, handshakeInterval, socksProxy } = this.#options;
    return connectTimeout === 0 && socksProxy !== null ? handshakeInterval : connectTimeout;
  }

  #connectTimedOut(timeout: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#connectFailed(zmqError('ETIMEDOUT', `no connection within ${timeout} ms`, this.#endpoint));
  }

  /** RFC 23: after ERROR, not again with the same credentials; a temporary refusal (RFC 27) is another matter. */
  #retryAfterFault(error: ProtocolError | AuthError): void {
    if (error instanceof AuthError ? error.status !== 300 : !VIOLATIONS[error.violation].retry) {
      this.#stop();
      return;
    }
    const delay = this.#nextDelay();
    this.#retry(Math.max(delay, Math.min(delay * 2 ** Math.min(this.#faults, 10), FAULT_DELAY_MAX)));
    this.#faults++;
  }

  /** Doubles up to `reconnectMaxInterval`, where there is one; a random part keeps crowds from coming all at once. */
  #nextDelay(): number {
    const { reconnectInterval, reconnectMaxInterval } = this.#options;
    const delay = this.#delay + Math.floor(this.#host.random() * reconnectInterval);
    if (reconnectMaxInterval <= reconnectInterval) return delay;
    this.#delay = Math.min(this.#delay * 2, reconnectMaxInterval);
    return Math.min(delay, reconnectMaxInterval);
  }

  /** @param error why the attempt failed; none when a connection has ended, for its own event tells */
  #retry(delay: number, error?: NodeJS.ErrnoException): void {
    const never = this.#options.reconnectInterval <= 0;
    if (never || (this.#finishing && !this.#waitsForPeer)) {
      this.#stop();
      // As in libzmq, who was refused is still connecting, and who has lost its peer is not.
      if (never && error === undefined) this.#host.forget(this);
      return;
    }
    const reason = error === undefined ? {} : { error: asZmqError(error, this.#endpoint) };
    this.#host.emit({ type: 'connect:retry', address: this.#endpoint, interval: delay, ...reason });
    this.#timer = this.#host.clock.after(delay, () => this.#connect());
  }

  /** No further attempt will be made: the pipe takes no more messages, and what waits in it is dropped, as with libzmq. */
  #stop(): void {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#timer?.cancel();
      if (this.#cancel !== undefined) {
        this.#cancel();
        this.#host.emit({ type: 'close', address: this.#endpoint });
      }
      this.#detach();
    }
    this.#host.endpointDone(this);
  }
}
