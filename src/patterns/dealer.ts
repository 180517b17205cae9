// DEALER (RFC 28): sends to its peers in turn, receives from them in turn, and adds nothing to a message.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import { EMPTY } from '../util/bytes.js';
import { Queue } from '../util/queue.js';
import { FairQueue } from './fair-queue.js';
import { LoadBalancer } from './load-balancer.js';
import type { Pattern, PatternOptions } from './pattern.js';

/** Who sees each message before `receive` does. */
export interface Claimant {
  /** It waits for messages: they are shown to it as they come. */
  readonly waiting: boolean;
  /** True: the message was for it. */
  claim(message: Message): boolean;
}

/** Messages that nobody claimed and that wait for `receive`; with more, their senders have to wait too. */
const UNCLAIMED_MAX = 1000;

export class DealerPattern implements Pattern {
  static readonly socketType: 'DEALER' | 'REQ' = 'DEALER';
  readonly incoming = new FairQueue();
  protected readonly balancer = new LoadBalancer();
  protected readonly options: PatternOptions;
  /** `helloMessage` is for DEALER; a REQ's peer expects requests only. */
  protected readonly greets: boolean = true;
  #claimant: Claimant | undefined;
  readonly #unclaimed = new Queue<{ readonly message: Message; readonly peer: Peer | undefined }>();

  constructor(options: PatternOptions) {
    this.options = options;
  }

  attach(pipe: Pipe): boolean {
    this.incoming.attach(pipe);
    this.balancer.attach(pipe);
    return true;
  }

  connected(pipe: Pipe): boolean {
    if (this.options.probeRouter) pipe.greet([EMPTY]);
    if (this.greets && this.options.helloMessage !== undefined) pipe.greet([this.options.helloMessage]);
    return true;
  }

  detach(pipe: Pipe): void {
    this.incoming.detach(pipe);
    this.balancer.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
    if (this.#claimant !== undefined) this.sort();
  }

  writeActivated(pipe: Pipe): void {
    this.balancer.activate(pipe);
  }

  subscription(): void {}

  get readable(): boolean {
    if (this.#claimant !== undefined) this.#sortUpTo(1);
    return this.#unclaimed.length > 0 || this.incoming.readable;
  }

  receive(): Message | undefined {
    return this.#claimant === undefined ? this.incoming.receive() : this.#receiveUnclaimed();
  }

  set claimant(claimant: Claimant) {
    this.#claimant = claimant;
  }

  /** Shows the claimant what has come, if it waits. */
  sort(): void {
    if (this.#claimant?.waiting === true) this.#sortUpTo(UNCLAIMED_MAX);
  }

  #receiveUnclaimed(): Message | undefined {
    this.#sortUpTo(1);
    const kept = this.#unclaimed.shift();
    if (kept === undefined) return undefined;
    this.incoming.credit(kept.peer);
    this.incoming.kept = this.#unclaimed.length;
    this.sort();
    return kept.message;
  }

  /** Until as many wait that nobody claimed. */
  #sortUpTo(count: number): void {
    while (this.#unclaimed.length < count) {
      const message = this.incoming.receive();
      if (message === undefined) return;
      if (this.#claimant?.claim(message) === true) continue;
      this.#unclaimed.push({ message, peer: this.incoming.peer });
      this.incoming.kept = this.#unclaimed.length;
    }
  }

  get hasPeers(): boolean {
    return this.balancer.hasPeers;
  }

  get writable(): boolean {
    return this.balancer.writable;
  }

  send(message: Message): boolean {
    return this.balancer.send(message) !== undefined;
  }
}
