// SUB (RFC 29): XSUB that never sends, and that receives only what it subscribed to, whatever its peers send.

import type { Message } from '../core/message.js';
import { unsupported } from '../errors.js';
import { XsubPattern } from './xsub.js';

export class SubPattern extends XsubPattern {
  static override readonly socketType = 'SUB';
  /** A message found while answering `readable`. */
  #next: Message | undefined;

  override get readable(): boolean {
    this.#next ??= this.#matching();
    return this.#next !== undefined;
  }

  override receive(): Message | undefined {
    const message = this.#next ?? this.#matching();
    this.#next = undefined;
    return message;
  }

  override get writable(): boolean {
    return false;
  }

  override send(): boolean {
    throw unsupported('send', 'SUB');
  }

  setTopic(topic: Buffer, add: boolean): boolean {
    this.subscribe(topic, add);
    return true;
  }

  #matching(): Message | undefined {
    for (;;) {
      const message = super.receive();
      if (message === undefined || this.topics.matches(message[0]!) !== this.options.invertMatching) return message;
    }
  }
}
