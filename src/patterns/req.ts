// REQ (RFC 28): lock-step requests. Sends to one peer in turn, takes one reply from that peer, and drops all else.
//
//   idle ── send ──▶ waiting ── reply ──▶ idle        relaxed: send is legal while waiting; the old reply is dropped
//                            └─ abandon ─▶ idle       for `request`, which gives up and tries again
//
// On the wire a request is [id, if correlate] empty body…; the reply must return the same envelope.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { zmqError } from '../errors.js';
import { EMPTY } from '../util/bytes.js';
import { DealerPattern } from './dealer.js';

export const REQ_STATES = Object.freeze({
  idle: { send: 'waiting' },
  waiting: { reply: 'idle', resend: 'waiting', abandon: 'idle' },
} as const);

type ReqState = keyof typeof REQ_STATES;

const REQUEST_ID_SIZE = 4;

export class ReqPattern extends DealerPattern {
  static override readonly socketType = 'REQ';
  protected override readonly greets = false;
  #state: ReqState = 'idle';
  /** Who got the request; its reply alone counts. */
  #peer: Pipe | undefined;
  #requestId = (Math.random() * 0x1_0000_0000) >>> 0;
  /** Whether the pending request carries an id. */
  #correlated = false;
  #reply: Message | undefined;

  override get readable(): boolean {
    return this.#state === 'waiting' && this.#findReply();
  }

  override receive(): Message | undefined {
    if (this.#state === 'idle') throw zmqError('EFSM', 'REQ receives only after it has sent a request');
    if (!this.#findReply()) return undefined;
    const reply = this.#reply;
    this.#reply = undefined;
    this.#peer = undefined;
    this.#state = REQ_STATES.waiting.reply;
    return reply;
  }

  override get writable(): boolean {
    return (this.#state === 'idle' || this.options.relaxed) && this.balancer.writable;
  }

  override send(message: Message): boolean {
    if (this.#state === 'waiting' && !this.options.relaxed) {
      throw zmqError('EFSM', 'REQ sends the next request only after it has received the reply to the last');
    }
    // Before the envelope is made: a request that nobody takes must not outdate the one that was sent.
    if (!this.balancer.writable) return false;
    const peer = this.balancer.send(this.#enveloped(message));
    if (peer === undefined) return false;
    // Late replies to earlier requests must not be taken for this one's.
    while (this.incoming.receive() !== undefined);
    this.#reply = undefined;
    this.#peer = peer;
    this.#state = this.#state === 'idle' ? REQ_STATES.idle.send : REQ_STATES.waiting.resend;
    return true;
  }

  /**
   * Gives up the request that waits for its reply. A late reply cannot be taken for the next request's: it is known by its
   * id, or the connection it would come over is made anew.
   */
  abandon(): void {
    if (this.#state === 'idle') return;
    const peer = this.#peer;
    this.#state = REQ_STATES.waiting.abandon;
    this.#peer = undefined;
    this.#reply = undefined;
    if (peer === undefined || (peer.connected && this.#correlated)) return;
    // What has not left need not leave any more.
    peer.discard();
    peer.disconnect(true);
  }

  #enveloped(message: Message): Message {
    this.#correlated = this.options.correlate;
    if (!this.#correlated) return [EMPTY, ...message];
    this.#requestId = (this.#requestId + 1) >>> 0;
    return [this.#idFrame(), EMPTY, ...message];
  }

  #idFrame(): Buffer {
    const id = Buffer.alloc(REQUEST_ID_SIZE);
    id.writeUInt32BE(this.#requestId);
    return id;
  }

  /** Reads on until the awaited reply is found; what is not it is dropped (RFC 28). */
  #findReply(): boolean {
    while (this.#reply === undefined) {
      const message = this.incoming.receive();
      if (message === undefined) return false;
      if (this.incoming.source === this.#peer) this.#reply = this.#withoutEnvelope(message);
    }
    return true;
  }

  #withoutEnvelope(message: Message): Message | undefined {
    const delimiter = this.#correlated ? 1 : 0;
    if (this.#correlated && !message[0]!.equals(this.#idFrame())) return undefined;
    if (message.length < delimiter + 2 || message[delimiter]!.length > 0) return undefined;
    return message.slice(delimiter + 1);
  }
}
