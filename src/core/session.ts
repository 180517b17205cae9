// Ties one Connection to a byte stream, a clock and, once the handshake is done, a pipe.
//
//   stream ── data ──▶ Connection ── message ──▶ pipe.deliver          stream ◀── flush ── Connection ◀── send ── pipe
//
// Output gathers in the Connection and leaves when a chunk of 64 KiB is nearly full, else on the next tick: a loop of awaited sends keeps
// the microtask queue busy, and ticks do not run until it pauses, so thousands of small messages share one write. Two things leave at
// once: the answer to a message that came alone, for whoever asks one thing at a time waits for it, and what is said now and then (Rota).

import { isPeerFault, ProtocolError, zmqError } from '../errors.js';
import { Connection, type ConnectionEvents, type ConnectionOptions, type PeerInfo } from '../protocol/connection.js';
import type { ZapReply, ZapRequest } from '../protocol/mechanism.js';
import type { ByteStream, StreamHandler } from '../transport/transport.js';
import type { Clock, Timer } from './clock.js';
import type { Message } from './message.js';
import { OwedTopics } from './owed-topics.js';
import type { Outlet, Pipe } from './pipe.js';
import type { Rota } from './rota.js';
import type { Workshop } from './workshop.js';
import { WriteLog } from './write-log.js';

/** After our last byte the peer has this many ms to close its side: closing with unread input would reset the stream. */
export const GRACE = 1000;

/** A chunk of more bytes waits for a turn of the loop that has time for what is in it; what is smaller is decoded as it comes. */
const BULK = 4096;
/** Turns that it waits at most: others may use up each one. */
const PATIENCE = 4;

/** One connection to a peer: a Session, or a RawSession. */
export interface PeerSession extends Outlet {
  /** The peer is there, its handshake done, and was accepted. */
  readonly established: boolean;
  /** Of the other end, where the transport knows one. */
  readonly remoteAddress: string | undefined;
  /** When it has ended: messages that it was given and that the system has not taken, or not whole. */
  readonly unsent: number;
  start(): void;
  /** Sends what waits in the pipe and in the stream, says goodbye, and ends. */
  finish(): void;
  /** What the peer was given still leaves, within GRACE; what waits in the pipe stays there for the next peer. */
  leave(): void;
  /**
   * Ends now. What was sent last still gets what room the system has, as it would have from libzmq's other thread; the rest is lost.
   * @param reason for whoever made the session, where there is one to tell
   */
  abort(reason?: Error): void;
}

/**
 * Decides whether a peer may come in (RFC 27). `answer` is called from within or later, with an error when nobody gave a proper
 * one; and once more with an error when the answer turns out to be none before `close`.
 * @param from the peer's `host:port`; undefined where the transport knows none
 */
export type Admit = (
  request: ZapRequest,
  from: string | undefined,
  answer: (reply: ZapReply | ProtocolError) => void,
) => Question;

/** A question that has been asked. */
export interface Question {
  /** The handshake is over, either way: no answer is wanted any more. */
  close(): void;
}

/** What sessions of one context share. */
export interface SessionPlace {
  readonly clock: Clock;
  readonly workshop: Workshop;
  readonly rota: Rota;
}

/** Who made the session: a dialer, or a listener. */
export interface SessionOwner {
  /** The peer is there, its handshake done. The pipe to use. @throws ProtocolError to refuse the peer */
  ready(session: PeerSession, peer: PeerInfo): Pipe;
  subscription(pipe: Pipe, topic: Buffer, add: boolean): void;
  /** The connection is over; `reason` when a fault ended it, `again` to make a new one at once. Called once. */
  ended(session: PeerSession, reason: Error | undefined, again?: boolean): void;
}

export class Session implements ConnectionEvents, PeerSession, StreamHandler {
  readonly #stream: ByteStream;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #owner: SessionOwner;
  readonly #admit: Admit;
  readonly #workshop: Workshop;
  readonly #rota: Rota;
  #question: Question | undefined;
  #pipe: Pipe | undefined;
  /** The stream takes bytes. */
  #writable = true;
  #reading = true;
  #flushDue = false;
  /** The last chunk brought one message, and nothing was written since: what is sent now is taken for its answer. */
  #answering = false;
  /** Decoding goes on in the next turn of the event loop. */
  #turnDue = false;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Set when the stream closed while input was held back: what came before is still to be delivered. */
  #closed: { readonly error: Error | undefined } | undefined;
  /** No more from the user: send what waits, then end. */
  #finishing = false;
  /** We have said goodbye: nothing more goes into the stream. */
  #saidGoodbye = false;
  #ended = false;
  /** Turns that passed without time for what waits to be decoded. */
  #passed = 0;
  readonly #log = new WriteLog();
  #unsent = 0;
  /** What the socket has to say of its topics while the stream takes nothing. */
  readonly #owed = new OwedTopics();

  constructor(stream: ByteStream, options: ConnectionOptions, place: SessionPlace, owner: SessionOwner, admit: Admit) {
    this.#stream = stream;
    this.#connection = new Connection(options, this);
    this.#clock = place.clock;
    this.#workshop = place.workshop;
    this.#rota = place.rota;
    this.#owner = owner;
    this.#admit = admit;
  }

  get remoteAddress(): string | undefined {
    return this.#stream.remoteAddress;
  }

  get established(): boolean {
    return this.#pipe !== undefined;
  }

  get unsent(): number {
    return this.#unsent;
  }

  start(): void {
    this.#rota.enter();
    this.#connection.start(this.#clock.now());
    this.#stream.start(this);
    this.#flush();
    this.#arm();
  }

  finish(): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    if (this.#pipe === undefined || this.#closed !== undefined) this.#end(undefined);
    else this.resumeInput();
    this.#finishIfDrained();
  }

  leave(): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    this.#pipe?.shut();
    if (this.#closed !== undefined) this.#end(undefined);
    else this.resumeInput();
    if (this.#ended) return;
    const { output } = this.#connection;
    if (output.pending > 0) this.#write();
    this.#sayGoodbye(() => {});
    this.#timer = this.#clock.after(GRACE, () => this.#end(undefined));
  }

  abort(reason?: Error): void {
    this.#flush();
    this.#end(reason);
  }

  // Outlet: what the pipe asks of us.

  send(message: Message): boolean {
    this.#connection.send(message);
    this.#log.gathered++;
    if (this.#connection.output.full || (!this.#flushDue && (this.#answering || this.#rota.prompt()))) this.#flush();
    else this.#flushSoon();
    return this.#writable;
  }

  subscribe(topic: Buffer, add: boolean): void {
    if (this.#writable) this.#connection.subscribe(topic, add);
    else this.#owed.add(topic, add);
    this.#flushSoon();
  }

  resumeInput(): void {
    this.#run(() => this.#wentOn(this.#connection.resume(this.#clock.now())));
  }

  disconnect(again = false): void {
    this.#end(undefined, again);
  }

  // StreamHandler: what the stream tells us.

  data(chunk: Buffer): boolean {
    const copied = this.#connection.copied;
    const heard = this.#heard;
    const later = chunk.length > BULK && this.#rota.over;
    this.#run(() => this.#read(this.#connection.receive(chunk, this.#clock.now(), later)));
    this.#answering = this.#heard - heard === 1;
    return this.#connection.copied - copied === chunk.length;
  }

  drain(): void {
    if (this.#saidGoodbye) return;
    this.#writable = true;
    if (this.#stream.unfinished === 0) this.#connection.output.written();
    this.#connection.congested = false;
    this.#owed.pay((topic, add) => this.#connection.subscribe(topic, add));
    this.#flush();
    this.#flushSoon(); // what waits in the pipe gathers
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
    const early = this.established ? undefined : zmqError('EPIPE', 'the peer left during the handshake');
    this.#end(error ?? early);
  }

  // ConnectionEvents: what the peer says.

  ready(peer: PeerInfo): void {
    this.#question?.close();
    this.#flushSoon(); // what waits in the pipe gathers
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

  zap(request: ZapRequest): void {
    this.#question = this.#admit(request, this.#stream.remoteAddress, (reply) => {
      if (this.#ended) return;
      this.#run(() => {
        if (reply instanceof ProtocolError) throw reply;
        this.#read(this.#connection.zapReply(reply, this.#clock.now()));
      });
    });
    // Whoever answers at once may have ended the handshake with it.
    if (this.#ended || this.established) this.#question.close();
  }

  work(): void {
    this.#workshop.add((failure) => {
      if (failure !== undefined) this.#end(failure);
      if (this.#ended) return;
      this.#run(() => this.#read(this.#connection.work(this.#clock.now())));
    });
  }

  /** Runs a step of the connection; a peer's fault ends the session and nothing else. */
  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!isPeerFault(error)) throw error;
      // The last word to a peer at fault, where there is one, goes out before the stream ends.
      this.abort(error);
      return;
    }
    if (this.#ended) return;
    if (this.#connection.output.pending > 0) this.#flushSoon();
    if (this.#connection.resting) this.#takeTurns();
    this.#arm();
  }

  /** As much has been decoded as may be in one turn; what else has come waits for the next. */
  #takeTurns(): void {
    if (this.#turnDue) return;
    this.#turnDue = true;
    this.#rota.next(() => {
      this.#turnDue = false;
      if (this.#ended) return;
      if (this.#rota.over && this.#passed < PATIENCE) {
        this.#passed++;
        this.#takeTurns();
        return;
      }
      this.#passed = 0;
      this.#run(() => this.#wentOn(this.#connection.nextTurn(this.#clock.now(), this.#rota.budgets)));
    });
  }

  /** @param done everything that has come is decoded */
  #wentOn(done: boolean): void {
    if (!done) return;
    if (this.#closed !== undefined) this.#end(this.#closed.error);
    else this.#read(true);
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

  /** Messages that the peer has sent; counted by its pipe. */
  get #heard(): number {
    return this.#pipe === undefined ? 0 : this.#pipe.messagesIn;
  }

  #flush(): void {
    if (!this.#writable || this.#ended) return;
    const output = this.#connection.output;
    if (output.pending === 0) return;
    this.#writable = this.#write();
    if (this.#writable) return;
    this.#connection.congested = true;
    // Told at once: the next message then waits in the pipe, counts there, and outlives the connection.
    this.#pipe?.outletBlocked();
  }

  #write(): boolean {
    const { output } = this.#connection;
    this.#answering = false;
    this.#log.note(this.#stream);
    const writable = this.#stream.write(output.take());
    // The system takes what it has room for at once.
    if (this.#stream.unfinished === 0) output.written();
    return writable;
  }

  #finishIfDrained(): void {
    if (!this.#finishing || this.#ended || !this.#writable) return;
    if ((this.#pipe?.queuedOut ?? 0) > 0) return;
    this.#flush();
    if (!this.#writable) return;
    this.#sayGoodbye(() => {
      if (!this.#ended) this.#timer = this.#clock.after(GRACE, () => this.#end(undefined));
    });
  }

  /** Half-closes; the peer shall do the same. */
  #sayGoodbye(sent: () => void): void {
    this.#saidGoodbye = true;
    this.#writable = false;
    this.#timer?.cancel();
    this.#timerAt = Number.NEGATIVE_INFINITY;
    this.#stream.end(sent);
  }

  #end(reason: Error | undefined, again = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rota.leave();
    this.#unsent = this.#log.unsent(this.#stream);
    this.#timer?.cancel();
    this.#question?.close();
    this.#connection.close();
    this.#pipe?.shut();
    this.#stream.destroy();
    this.#owner.ended(this, reason, again);
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
