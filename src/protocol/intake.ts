// What a peer has sent and nobody has decoded yet, handed to the frame reader piece by piece; and why nothing is decoded just
// now. Used by Connection, whose decode loop looks at `paused` before each frame.
//
//   refused: an event returned false, until `resume`        resting: as much was decoded as may be in one turn of the event
//   held: the handshake waits for somebody                  loop (options maxTurnMessages, maxTurnBytes), until `nextTurn`
//
// Invariant: between two turns of traffic the reader is given no more than the budget; a chunk that is larger is cut.

import { view } from '../util/bytes.js';
import { FrameReader } from './frame-reader.js';
import type { ConnectionLimits } from './limits.js';

export class Intake {
  readonly reader: FrameReader;
  paused = false;
  /** Frames that may still be decoded in this turn; counted by whoever takes them, who calls `rest` when it is 0. */
  framesLeft: number;
  readonly #limits: ConnectionLimits;
  #bytesLeft: number;
  #waiting: Buffer[] = [];
  #refused = false;
  #resting = false;
  #traffic = false;

  /** @param lenient as of FrameReader */
  constructor(limits: ConnectionLimits, lenient = false) {
    this.#limits = limits;
    this.framesLeft = limits.turnMessages;
    this.#bytesLeft = limits.turnBytes;
    this.reader = new FrameReader(limits.handshakeFrameSize, limits.handshakeFrameSize, lenient);
  }

  get resting(): boolean {
    return this.#resting;
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
  }

  /** Gives the reader more. False: there is none, or none in this turn. */
  feed(): boolean {
    const chunk = this.#waiting[0];
    if (chunk === undefined) return false;
    if (this.#bytesLeft === 0) this.rest();
    if (this.#resting) return false;
    const size = Math.min(chunk.length, this.#bytesLeft);
    this.#bytesLeft -= size;
    if (size === chunk.length) this.#waiting.shift();
    else this.#waiting[0] = view(chunk, size, chunk.length);
    this.reader.push(size === chunk.length ? chunk : view(chunk, 0, size));
    return true;
  }

  hold(): void {
    this.paused = true;
  }

  release(): void {
    this.paused = false;
  }

  refuse(): void {
    this.#refused = true;
    this.paused = true;
  }

  /** True: decoding may go on. */
  resume(): boolean {
    this.#refused = false;
    return this.#mayGoOn();
  }

  /** Others have their turn first. A handshake does not rest: it is short, and ends before its peer may leave. */
  rest(): void {
    if (!this.#traffic) this.#refill(1);
    else this.#resting = this.paused = true;
  }

  /** True: decoding may go on. */
  nextTurn(budgets: number): boolean {
    if (!this.#resting) return false;
    this.#resting = false;
    this.#refill(budgets);
    return this.#mayGoOn();
  }

  /** @param subscriptions whether the peer may send some */
  trafficBegins(subscriptions: boolean): void {
    this.#traffic = true;
    this.reader.messageRule = 'option maxMessageSize';
    this.reader.commandRule = subscriptions ? 'option maxSubscriptionBytes' : 'no command is longer';
    this.#refill(1);
    // The frame that ends the handshake is still to be counted, and is no traffic.
    this.framesLeft++;
  }

  /** Nothing will be decoded any more. */
  close(): void {
    this.paused = true;
    this.#resting = false;
    this.#waiting = [];
    this.reader.clear();
  }

  #mayGoOn(): boolean {
    this.paused = this.#refused || this.#resting;
    return !this.paused;
  }

  #refill(budgets: number): void {
    this.framesLeft = budgets * this.#limits.turnMessages;
    this.#bytesLeft = budgets * this.#limits.turnBytes;
  }
}
