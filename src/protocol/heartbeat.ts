// PING and PONG (RFC 37 §Heartbeating): encoding, and when to send, expect and give up. A small clockwork without a
// clock: the Connection passes the time in and asks for the next deadline.

import { ProtocolError } from '../errors.js';
import { EMPTY, view } from '../util/bytes.js';
import { encodeCommand } from './command.js';

/** A PING may carry up to 16 octets that its PONG returns. */
const CONTEXT_MAX = 16;
const TTL_OCTETS = 2;
/** libzmq keeps a TTL in 16 bits of milliseconds: above 655 tenths of a second it wraps and the peer drops us. */
const TTL_MAX_TENTHS = 655;

export interface HeartbeatOptions {
  /** Milliseconds between PINGs; 0 sends none. */
  readonly interval: number;
  /** What we ask of the peer: to drop us after this many milliseconds of silence; 0 asks nothing. */
  readonly timeToLive: number;
  /** Milliseconds the peer may stay silent after a PING. */
  readonly timeout: number;
}

export function encodePing(timeToLive: number): Buffer {
  const data = Buffer.alloc(TTL_OCTETS);
  data.writeUInt16BE(Math.min(Math.floor(timeToLive / 100), TTL_MAX_TENTHS));
  return encodeCommand('PING', data);
}

export function encodePong(context: Buffer): Buffer {
  return encodeCommand('PONG', context);
}

export function decodePing(data: Buffer): { timeToLive: number; context: Buffer } {
  if (data.length < TTL_OCTETS || data.length > TTL_OCTETS + CONTEXT_MAX) {
    throw new ProtocolError('ping-malformed', `PING carries ${data.length} bytes, not 2 to 18`);
  }
  const context = data.length === TTL_OCTETS ? EMPTY : Buffer.from(view(data, TTL_OCTETS, data.length));
  return { timeToLive: data.readUInt16BE(0) * 100, context };
}

/** Times are milliseconds on the caller's monotonic clock. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #pingDue: number;
  /** The time by which the peer must be heard after the oldest unanswered PING. */
  #answerDue = Number.POSITIVE_INFINITY;
  #heardAt: number;
  /** From the peer's own PINGs; honoured even when we send none. */
  #timeToLive = 0;

  constructor(options: HeartbeatOptions, now: number) {
    this.#options = options;
    this.#pingDue = options.interval > 0 ? now + options.interval : Number.POSITIVE_INFINITY;
    this.#heardAt = now;
  }

  get deadline(): number {
    return Math.min(this.#pingDue, this.#answerDue, this.#silenceDue());
  }

  /** Any traffic counts: a busy peer need not answer to be alive. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#answerDue = Number.POSITIVE_INFINITY;
  }

  peerAsks(timeToLive: number): void {
    this.#timeToLive = timeToLive;
  }

  /** True when a PING is to be sent now; throws when the peer has been silent for too long. */
  tick(now: number): boolean {
    if (now >= this.#answerDue || now >= this.#silenceDue()) {
      throw new ProtocolError('peer-silent', `nothing heard from the peer for ${Math.round(now - this.#heardAt)} ms`);
    }
    if (now < this.#pingDue) return false;
    this.#pingDue = now + this.#options.interval;
    if (this.#answerDue === Number.POSITIVE_INFINITY) this.#answerDue = now + this.#options.timeout;
    return true;
  }

  get timeToLive(): number {
    return this.#options.timeToLive;
  }

  #silenceDue(): number {
    return this.#timeToLive > 0 ? this.#heardAt + this.#timeToLive : Number.POSITIVE_INFINITY;
  }
}
