// Keeps one outgoing connection alive: connects, hands the stream to a Session, and when that ends waits a while and
// tries again. One for each `connect`.
//
//   connecting ──▶ connected ──▶ waiting ──▶ connecting …        delay = interval (doubling up to the maximum) + jitter

import { ProtocolError, VIOLATIONS } from '../errors.js';
import type { PeerInfo } from '../protocol/connection.js';
import type { ByteStream, Target } from '../transport/transport.js';
import type { Timer } from './clock.js';
import { type Closable, connectionOptions, type EndpointHost, emitEnd, refuse } from './endpoint-host.js';
import type { OptionValues } from './options.js';
import type { Pipe } from './pipe.js';
import { Session, type SessionOwner } from './session.js';

/** A peer that breaks the protocol is asked ever less often, but not less than once in this many ms. */
const FAULT_DELAY_MAX = 30_000;

export class Dialer implements Closable, SessionOwner {
  readonly #host: EndpointHost;
  readonly #target: Target;
  readonly #endpoint: string;
  readonly #options: OptionValues;
  /** Without `immediate` the pipe is there from the start and takes messages while nobody is connected. */
  #pipe: Pipe | undefined;
  #session: Session | undefined;
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
    this.#pipe?.discard();
    this.#session?.abort();
    this.#stop();
  }

  ready(session: Session, peer: PeerInfo): Pipe {
    if (this.#pipe === undefined && !this.#attach())
      throw new ProtocolError('peer-refused', 'the socket takes no further peer');
    const pipe = this.#pipe as Pipe;
    pipe.open(session, peer);
    if (!this.#host.operations.connected(pipe)) refuse(pipe, peer);
    this.#delay = this.#options.reconnectInterval;
    this.#host.emit({ type: 'handshake', address: this.#endpoint });
    if (this.#finishing) process.nextTick(() => session.finish());
    return pipe;
  }

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    this.#host.operations.subscription(pipe, topic, add);
  }

  ended(session: Session, reason: Error | undefined): void {
    this.#session = undefined;
    emitEnd(this.#host, this.#endpoint, session.established, reason);
    if (this.#options.immediate) this.#detach();
    if (this.#stopped) return;
    if (reason instanceof ProtocolError) {
      this.#retryAfterFault(reason);
      return;
    }
    this.#faults = 0;
    this.#retry(this.#nextDelay());
  }

  /** Messages wait in the pipe, and a peer may still come for them. */
  get #waitsForPeer(): boolean {
    const pipe = this.#pipe;
    return pipe !== undefined && pipe.queuedOut > 0 && !pipe.connected;
  }

  #attach(): boolean {
    this.#pipe = this.#host.attachPipe(this.#options, this.#routingId);
    return this.#pipe !== undefined;
  }

  #detach(): void {
    if (this.#pipe === undefined) return;
    this.#host.operations.detach(this.#pipe);
    this.#host.dropPipe(this.#pipe);
    this.#pipe = undefined;
  }

  #connect(): void {
    this.#host.emit({ type: 'connect:delay', address: this.#endpoint });
    const timeout = this.#options.connectTimeout;
    if (timeout > 0) this.#timer = this.#host.clock.after(timeout, () => this.#connectTimedOut());
    this.#cancel = this.#target.connect(this.#options, (_error, stream) => {
      this.#cancel = undefined;
      this.#timer?.cancel();
      if (stream === undefined) this.#connectFailed();
      else this.#connected(stream);
    });
  }

  #connected(stream: ByteStream): void {
    this.#host.emit({ type: 'connect', address: this.#endpoint });
    const options = connectionOptions(this.#host.socketType, this.#options);
    this.#session = new Session(stream, options, this.#host.clock, this);
    this.#session.start();
  }

  #connectFailed(): void {
    this.#host.emit({ type: 'close', address: this.#endpoint });
    this.#retry(this.#nextDelay());
  }

  #connectTimedOut(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#connectFailed();
  }

  #retryAfterFault(error: ProtocolError): void {
    if (!VIOLATIONS[error.violation].retry) {
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

  #retry(delay: number): void {
    const never = this.#options.reconnectInterval <= 0;
    if (never || (this.#finishing && !this.#waitsForPeer)) {
      this.#stop();
      return;
    }
    this.#host.emit({ type: 'connect:retry', address: this.#endpoint, interval: delay });
    this.#timer = this.#host.clock.after(delay, () => this.#connect());
  }

  /** No further attempt will be made: the pipe takes no more messages, and what waits in it is dropped, as with libzmq. */
  #stop(): void {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#timer?.cancel();
      this.#cancel?.();
      this.#detach();
    }
    this.#host.endpointDone(this);
  }
}
