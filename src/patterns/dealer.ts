// DEALER (RFC 28): sends to its peers in turn, receives from them in turn, and adds nothing to a message.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { EMPTY } from '../util/bytes.js';
import { FairQueue } from './fair-queue.js';
import { LoadBalancer } from './load-balancer.js';
import type { Pattern, PatternOptions } from './pattern.js';

export class DealerPattern implements Pattern {
  static readonly socketType: 'DEALER' | 'REQ' = 'DEALER';
  protected readonly queue = new FairQueue();
  protected readonly balancer = new LoadBalancer();
  protected readonly options: PatternOptions;

  constructor(options: PatternOptions) {
    this.options = options;
  }

  attach(pipe: Pipe): boolean {
    this.balancer.attach(pipe);
    return true;
  }

  connected(pipe: Pipe): boolean {
    if (this.options.probeRouter) pipe.greet([EMPTY]);
    return true;
  }

  detach(pipe: Pipe): void {
    this.queue.detach(pipe);
    this.balancer.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.queue.activate(pipe);
  }

  writeActivated(pipe: Pipe): void {
    this.balancer.activate(pipe);
  }

  subscription(): void {}

  get readable(): boolean {
    return this.queue.readable;
  }

  receive(): Message | undefined {
    return this.queue.receive();
  }

  get writable(): boolean {
    return this.balancer.writable;
  }

  send(message: Message): boolean {
    return this.balancer.send(message) !== undefined;
  }
}
