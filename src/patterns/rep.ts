// REP (RFC 28): lock-step replies. Receives requests from its peers in turn; the reply goes back to where the last
// request came from, or nowhere when that peer is gone.
//
//   idle ── request ──▶ answering ── send ──▶ idle
//
// On the wire a request is [address…] empty body…; the addresses are kept and put before the reply.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { zmqError } from '../errors.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern } from './pattern.js';

export const REP_STATES = Object.freeze({
  idle: { request: 'answering' },
  answering: { send: 'idle' },
} as const);

type RepState = keyof typeof REP_STATES;

export class RepPattern implements Pattern {
  static readonly socketType = 'REP';
  readonly incoming = new FairQueue();
  onUnroutable?: (message: Message) => void;
  #state: RepState = 'idle';
  /** Who asked; undefined once it is gone. */
  #peer: Pipe | undefined;
  #envelope: Message = [];
  /** The next request with its envelope, found while answering `readable`. */
  #request: Message | undefined;

  attach(pipe: Pipe): boolean {
    this.incoming.attach(pipe);
    return true;
  }

  /** A peer that comes again does not know what its forerunner asked. */
  connected(pipe: Pipe): boolean {
    if (this.#peer === pipe) this.#peer = undefined;
    return true;
  }

  detach(pipe: Pipe): void {
    this.incoming.detach(pipe);
    if (this.#peer === pipe) this.#peer = undefined;
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.#state === 'idle' && this.#findRequest();
  }

  receive(): Message | undefined {
    if (this.#state === 'answering') {
      throw zmqError('EFSM', 'REP receives the next request only after it has sent the reply to the last');
    }
    if (!this.#findRequest()) return undefined;
    const body = this.#request;
    this.#request = undefined;
    this.#state = REP_STATES.idle.request;
    return body;
  }

  get writable(): boolean {
    return this.#state === 'answering';
  }

  /** A reply that its peer cannot take is dropped: the asker is gone or does not read (RFC 28). */
  send(message: Message): boolean {
    if (this.#state === 'idle') throw zmqError('EFSM', 'REP sends only after it has received a request');
    const peer = this.#peer;
    if (peer?.connected) this.#reply(peer, [...this.#envelope, ...message]);
    else this.onUnroutable?.(message);
    this.#peer = undefined;
    this.#envelope = [];
    this.#state = REP_STATES.answering.send;
    return true;
  }

  #reply(peer: Pipe, reply: Message): void {
    if (!peer.write(reply)) peer.drop(reply);
  }

  /** Whom the last message came from, unless another connection has taken its place before the message was read. */
  get #asker(): Pipe | undefined {
    const { source } = this.incoming;
    return source?.readFrom === source?.connection ? source : undefined;
  }

  /** Requests without a delimiter or without a body are dropped (RFC 28). */
  #findRequest(): boolean {
    while (this.#request === undefined) {
      const message = this.incoming.receive();
      if (message === undefined) return false;
      const delimiter = message.findIndex((part) => part.length === 0);
      if (delimiter < 0 || delimiter === message.length - 1) continue;
      this.#envelope = message.slice(0, delimiter + 1);
      this.#peer = this.#asker;
      this.#request = message.slice(delimiter + 1);
    }
    return true;
  }
}
