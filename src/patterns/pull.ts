// PULL (RFC 30): receives from its peers in turn; never sends.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { unsupported } from '../errors.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern } from './pattern.js';

export class PullPattern implements Pattern {
  static readonly socketType = 'PULL';
  readonly incoming = new FairQueue();
  readonly writable = false;

  attach(pipe: Pipe): boolean {
    this.incoming.attach(pipe);
    return true;
  }

  connected(): boolean {
    return true;
  }

  detach(pipe: Pipe): void {
    this.incoming.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.incoming.readable;
  }

  receive(): Message | undefined {
    return this.incoming.receive();
  }

  send(): boolean {
    throw unsupported('send', 'PULL');
  }
}
