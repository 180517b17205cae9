// PUSH (RFC 30): sends each message to one of its peers in turn; waits when none can take it; never receives.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { unsupported } from '../errors.js';
import { FairQueue } from './fair-queue.js';
import { LoadBalancer } from './load-balancer.js';
import type { Pattern } from './pattern.js';

export class PushPattern implements Pattern {
  static readonly socketType = 'PUSH';
  readonly #balancer = new LoadBalancer();
  readonly incoming = new FairQueue();
  readonly readable = false;

  attach(pipe: Pipe): boolean {
    this.#balancer.attach(pipe);
    return true;
  }

  connected(): boolean {
    return true;
  }

  detach(pipe: Pipe): void {
    this.#balancer.detach(pipe);
  }

  /** RFC 30: what a peer sends us is discarded. */
  readActivated(pipe: Pipe): void {
    this.incoming.discard(pipe);
  }

  writeActivated(pipe: Pipe): void {
    this.#balancer.activate(pipe);
  }

  subscription(): void {}

  receive(): Message | undefined {
    throw unsupported('receive', 'PUSH');
  }

  get writable(): boolean {
    return this.#balancer.writable;
  }

  send(message: Message): boolean {
    return this.#balancer.send(message) !== undefined;
  }
}
