// PUB (RFC 29): XPUB that keeps subscriptions to itself; never receives.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { unsupported } from '../errors.js';
import { XpubPattern } from './xpub.js';

export class PubPattern extends XpubPattern {
  static override readonly socketType = 'PUB';
  protected override readonly tells = false;

  /** RFC 29: whatever else a subscriber sends is discarded. */
  override readActivated(pipe: Pipe): void {
    this.incoming.discard(pipe);
  }

  override get readable(): boolean {
    return false;
  }

  override receive(): Message | undefined {
    throw unsupported('receive', 'PUB');
  }

  protected override notify(): void {}
}
