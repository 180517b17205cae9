// The server of PLAIN (RFC 24): hands the user name and the password it is shown to whoever decides about peers (RFC 27).
//
//   ◀── HELLO   (may it come in?)   WELCOME or ERROR ──▶   ◀── INITIATE   READY ──▶

import { type Command, encodeCommand } from '../protocol/command.js';
import { type Mechanism, type Step, type ZapReply, zapRequest } from '../protocol/mechanism.js';
import { decodeMetadata } from '../protocol/metadata.js';
import { decodeHello } from './plain-hello.js';
import { refusal, unexpected } from './refusal.js';

const NOTHING = Buffer.alloc(0);

export class PlainServer implements Mechanism {
  readonly name = 'PLAIN';
  readonly asServer = true;
  readonly #metadata: Buffer;
  #expects: 'HELLO' | 'INITIATE' | undefined = 'HELLO';

  /** @param metadata what we announce, encoded */
  constructor(metadata: Buffer) {
    this.#metadata = metadata;
  }

  start(): Step {
    return { next: 'wait' };
  }

  receive(command: Command): Step {
    if (command.name !== this.#expects) throw unexpected(this.name, command);
    if (this.#expects === 'HELLO') {
      this.#expects = undefined;
      return { next: 'zap', request: zapRequest(this.name, decodeHello(command.data)) };
    }
    const properties = decodeMetadata(command.data);
    return { next: 'ready', command: encodeCommand('READY', this.#metadata), properties };
  }

  zapReply({ status }: ZapReply): Step {
    if (status !== 200) return refusal(status);
    this.#expects = 'INITIATE';
    return { next: 'send', command: encodeCommand('WELCOME', NOTHING) };
  }
}
