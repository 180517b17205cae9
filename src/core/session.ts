// Ties one Connection to a byte stream, a clock and, once the handshake is done, a pipe.
//
//   stream ── data ──▶ Connection ── message ──▶ pipe.deliver          stream ◀── flush ── Connection ◀── send ── pipe
//
// Output gathers in the Connection and leaves when 64 KiB are there, else on the next tick: a loop of awaited sends keeps
// the microtask queue busy, and ticks do not run until it pauses, so thousands of small messages share one write.

import { ProtocolError, zmqError } from '../errors.js';
import { Connection, type ConnectionEvents, type ConnectionOptions, type PeerInfo } from '../protocol/connection.js';
import type { ByteStream, StreamHandler } from '../transport/transport.js';
import type { Clock, Timer } from './clock.js';
import type { Message } from './message.js';
import type { Outlet, Pipe } from './pipe.js';

/** After our last byte the peer has this many ms to close its side: closing with unread input would reset the stream. */
const GRACE = 1000;

/** Who made the session: a dialer, or a listener. */
export interface SessionOwner {
  /** The handshake is done. The pipe to use. @throws ProtocolError to refuse the peer */
  ready(session: Session, peer: PeerInfo): Pipe;
  subscription(pipe: Pipe, topic: Buffer, add: boolean): void;
  /** The connection is over; `reason` when a fault ended it. Called once. */
  ended(session: Session, reason: Error | undefined): void;
}

export class Session implements ConnectionEvents, Outlet, StreamHandler {
  readonly #stream: ByteStream;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #owner: SessionOwner;
  #pipe: Pipe | undefined;
  /** The stream takes bytes. */
  #writable = true;
  #reading = true;
  #flushDue = false;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Set when the stream closed while input was held back: what came before is still to be delivered. */
  #closed: { readonly error: Error | undefined } | undefined;
  /** No more from the user: send what waits, then end. */
  #finishing = false;
  #ended = false;

  constructor(stream: ByteStream, options: ConnectionOptions, clock: Clock, owner: SessionOwner) {
    this.#stream = stream;
    this.#connection = new Connection(options, this);
    this.#clock = clock;
    this.#owner = owner;
  }

  /** The handshake was done and the peer accepted. */
  get established(): boolean {
    return this.#pipe !== undefined;
  }

  start(): void {
    this.#connection.start(this.#clock.now());
    this.#stream.start(this);
    this.#flush();
    this.#arm();
  }

  /** Sends what waits in the pipe and in the stream, says goodbye, and ends. */
  finish(): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    if (this.#pipe === undefined || this.#closed !== undefined) this.#end(undefined);
    else this.resumeInput();
    this.#finishIfDrained();
  }

  /** Ends now; what waits in the stream is lost. */
  abort(): void {
    this.#end(undefined);
  }

  // Outlet: what the pipe asks of us.

  send(message: Message): boolean {
    this.#connection.send(message);
    if (this.#connection.output.full) this.#flush();
    else this.#flushSoon();
    return this.#writable;
  }

  subscribe(topic: Buffer, add: boolean): void {
    this.#connection.subscribe(topic, add);
    this.#flushSoon();
  }

  resumeInput(): void {
    this.#run(() => {
      if (!this.#connection.resume(this.#clock.now())) return;
      if (this.#closed !== undefined) this.#end(this.#closed.error);
      else this.#read(true);
    });
  }

  disconnect(): void {
    this.#end(undefined);
  }

  // StreamHandler: what the stream tells us.

  data(chunk: Buffer): void {
    this.#run(() => this.#read(this.#connection.receive(chunk, this.#clock.now())));
  }

  drain(): void {
    this.#writable = true;
    this.#connection.congested = false;
    this.#flush();
    if (this.#writable) this.#pipe?.outletReady();
    this.#finishIfDrained();
  }

  closed(error: Error | undefined): void {
    if (this.#ended) return;
    if (this.#pipe !== undefined && !this.#finishing && this.#connection.paused) {
      this.#closed = { error };
      this.#writable = false;
      this.#pipe.outletBlocked();
      this.#timer?.cancel();
      return;
    }
    const early = this.established ? undefined : zmqError('ECONNRESET', 'the peer left during the handshake');
    this.#end(error ?? early);
  }

  // ConnectionEvents: what the peer says.

  ready(peer: PeerInfo): void {
    this.#pipe = this.#owner.ready(this, peer);
  }

  message(parts: Message): boolean {
    return this.#finishing || this.#pipe === undefined || this.#pipe.deliver(parts);
  }

  subscription(topic: Buffer, add: boolean): boolean {
    if (this.#finishing || this.#pipe === undefined) return true;
    this.#owner.subscription(this.#pipe, topic, add);
    return !this.#pipe.inputHeld;
  }

  /** Runs a step of the connection; a peer's fault ends the session and nothing else. */
  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
      return;
    }
    if (this.#ended) return;
    if (this.#connection.output.pending > 0) this.#flushSoon();
    this.#arm();
  }

  #read(on: boolean): void {
    if (this.#ended || on === this.#reading) return;
    this.#reading = on;
    if (on) this.#stream.resume();
    else this.#stream.pause();
  }

  #flushSoon(): void {
    if (this.#flushDue || !this.#writable) return;
    this.#flushDue = true;
    process.nextTick(() => {
      this.#flushDue = false;
      this.#flush();
      this.#finishIfDrained();
    });
  }

  #flush(): void {
    if (!this.#writable || this.#ended) return;
    const output = this.#connection.output;
    if (output.pending === 0) return;
    this.#writable = this.#stream.write(output.take());
    if (this.#writable) return;
    this.#connection.congested = true;
    // Told at once: the next message then waits in the pipe, counts there, and outlives the connection.
    this.#pipe?.outletBlocked();
  }

  #finishIfDrained(): void {
    if (!this.#finishing || this.#ended || !this.#writable) return;
    if ((this.#pipe?.queuedOut ?? 0) > 0) return;
    this.#flush();
    if (!this.#writable) return;
    this.#writable = false;
    this.#endStream();
  }

  /** Half-closes, and waits a little for the peer to do the same. */
  #endStream(): void {
    this.#timer?.cancel();
    this.#timerAt = Number.NEGATIVE_INFINITY;
    this.#stream.end(() => {
      if (!this.#ended) this.#timer = this.#clock.after(GRACE, () => this.#end(undefined));
    });
  }

  /** The last word to a peer at fault, where there is one, goes out before the stream ends. */
  #fail(error: ProtocolError): void {
    const farewell = this.#connection.output;
    if (farewell.pending > 0 && this.#writable) this.#stream.write(farewell.take());
    this.#end(error);
  }

  #end(reason: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#connection.close();
    this.#pipe?.shut();
    this.#stream.destroy();
    this.#owner.ended(this, reason);
  }

  /** One timer, set anew only when the deadline came earlier; when it fires early it looks again. */
  #arm(): void {
    const deadline = this.#connection.deadline;
    if (deadline >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = deadline;
    this.#timer = this.#clock.after(deadline - this.#clock.now(), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (!this.#ended) this.#run(() => this.#connection.timeout(this.#clock.now()));
    });
  }
}
