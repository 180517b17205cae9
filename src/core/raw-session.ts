// Ties a byte stream to a pipe without any protocol in between, for STREAM sockets (libzmq's raw_engine): what the peer
// sends arrives in pieces as messages of one frame, what is sent goes out as it is. The Session of ZMTP is in session.ts.
//
// With `notify` an empty message says that the peer is there, and another that it has left; nothing tells of an end that
// we have brought about ourselves.

import { zmqError } from '../errors.js';
import type { PeerInfo } from '../protocol/connection.js';
import type { ByteStream, StreamHandler } from '../transport/transport.js';
import { EMPTY } from '../util/bytes.js';
import type { Clock, Timer } from './clock.js';
import { type Message, owned } from './message.js';
import type { Pipe } from './pipe.js';
import type { Rota } from './rota.js';
import { GRACE, type PeerSession, type SessionOwner, type SessionPlace } from './session.js';
import { WriteLog } from './write-log.js';

/** Bytes of one received message at most (libzmq's in_batch_size): high-water marks count messages, and so bound bytes. */
export const PIECE_MAX = 8192;
/** Bytes that gather before they are written without waiting for the next tick. */
const BATCH = 64 * 1024;

const RAW_PEER: PeerInfo = {
  socketType: 'STREAM',
  routingId: EMPTY,
  properties: new Map(),
  userId: undefined,
  subscriptionsAreASet: false,
};

export class RawSession implements PeerSession, StreamHandler {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #owner: SessionOwner;
  readonly #notify: boolean;
  readonly #rota: Rota;
  #pipe: Pipe | undefined;
  #output: Buffer[] = [];
  #outputBytes = 0;
  /** The stream takes bytes. */
  #writable = true;
  #flushDue = false;
  /** What has come and the pipe had no room for. */
  #held: Buffer = EMPTY;
  #paused = false;
  /** Set when the stream closed while input was held back. */
  #closed: { readonly error: Error | undefined } | undefined;
  #finishing = false;
  #ended = false;
  readonly #log = new WriteLog();
  #unsent = 0;
  #grace: Timer | undefined;

  constructor(stream: ByteStream, notify: boolean, place: Omit<SessionPlace, 'workshop'>, owner: SessionOwner) {
    this.#stream = stream;
    this.#notify = notify;
    this.#clock = place.clock;
    this.#rota = place.rota;
    this.#owner = owner;
  }

  get established(): boolean {
    return this.#pipe !== undefined;
  }

  get remoteAddress(): string | undefined {
    return this.#stream.remoteAddress;
  }

  get unsent(): number {
    return this.#unsent;
  }

  start(): void {
    this.#flushSoon(); // what waits in the pipe gathers
    this.#pipe = this.#owner.ready(this, RAW_PEER);
    if (this.#notify && !this.#pipe.deliver([EMPTY])) this.#pause();
    this.#stream.start(this);
  }

  finish(): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    this.#held = EMPTY;
    if (this.#closed !== undefined) this.#end(undefined);
    else this.#unpause();
    this.#finishIfDrained();
  }

  leave(): void {
    if (this.#ended || this.#finishing) return;
    this.#finishing = true;
    this.#held = EMPTY;
    this.#pipe?.shut();
    this.#unpause();
    if (this.#output.length > 0) this.#write();
    this.#writable = false;
    this.#stream.end(() => {});
    this.#grace = this.#clock.after(GRACE, () => this.#end(undefined));
  }

  abort(reason?: Error): void {
    this.#flush();
    this.#end(reason);
  }

  // Outlet: what the pipe asks of us.

  send(message: Message): boolean {
    const [part] = owned(message) as [Buffer];
    this.#output.push(part);
    this.#outputBytes += part.length;
    this.#log.gathered++;
    if (this.#outputBytes >= BATCH || (!this.#flushDue && this.#rota.prompt())) this.#flush();
    else this.#flushSoon();
    return this.#writable;
  }

  /** Raw peers subscribe to nothing. */
  subscribe(): void {}

  resumeInput(): void {
    const held = this.#held;
    this.#held = EMPTY;
    if (!this.#deliver(held)) return;
    if (this.#closed !== undefined) this.#leave(this.#closed.error);
    else this.#unpause();
  }

  disconnect(): void {
    this.#end(undefined);
  }

  // StreamHandler: what the stream tells us.

  data(chunk: Buffer): boolean {
    if (this.#ended || this.#finishing) return false;
    // A stream may bring one more chunk after it was asked to pause.
    if (this.#held.length > 0) this.#held = Buffer.concat([this.#held, chunk]);
    else if (!this.#deliver(chunk)) this.#pause();
    return false;
  }

  drain(): void {
    this.#writable = true;
    this.#flush();
    this.#flushSoon(); // what waits in the pipe gathers
    if (this.#writable) this.#pipe?.outletReady();
    this.#finishIfDrained();
  }

  closed(error: Error | undefined): void {
    if (this.#ended) return;
    if (!this.#finishing && this.#pipe?.inputHeld) {
      this.#closed = { error };
      this.#writable = false;
      this.#pipe.outletBlocked();
      return;
    }
    this.#leave(error);
  }

  /** False: the pipe has no room for more; what it did not take is held. */
  #deliver(bytes: Buffer): boolean {
    const pipe = this.#pipe as Pipe;
    for (let at = 0; at < bytes.length; ) {
      const next = Math.min(at + PIECE_MAX, bytes.length);
      const more = pipe.deliver([bytes.subarray(at, next)]);
      at = next;
      if (more) continue;
      this.#held = bytes.subarray(at);
      return false;
    }
    return true;
  }

  #pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  #unpause(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#stream.resume();
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
    if (!this.#writable || this.#ended || this.#output.length === 0) return;
    this.#writable = this.#write();
    // Told at once: the next message then waits in the pipe, counts there, and outlives the connection.
    if (!this.#writable) this.#pipe?.outletBlocked();
  }

  #write(): boolean {
    const chunks = this.#output;
    this.#output = [];
    this.#outputBytes = 0;
    this.#log.note(this.#stream);
    return this.#stream.write(chunks);
  }

  #finishIfDrained(): void {
    if (!this.#finishing || this.#ended || !this.#writable) return;
    if ((this.#pipe?.queuedOut ?? 0) > 0) return;
    this.#flush();
    if (!this.#writable) return;
    this.#writable = false;
    this.#stream.end(() => {
      if (!this.#ended) this.#grace = this.#clock.after(GRACE, () => this.#end(undefined));
    });
  }

  /** The peer is gone: the pipe says so after all that the peer has sent. */
  #leave(error: Error | undefined): void {
    if (this.#finishing) {
      this.#end(undefined);
      return;
    }
    if (this.#notify) this.#pipe?.deliver([EMPTY]);
    // libzmq's word for a peer that has closed its side in an orderly way.
    this.#end(error ?? zmqError('EPIPE'));
  }

  #end(reason: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsent = this.#log.unsent(this.#stream);
    this.#held = EMPTY;
    this.#grace?.cancel();
    this.#pipe?.shut();
    this.#stream.destroy();
    this.#owner.ended(this, reason);
  }
}
