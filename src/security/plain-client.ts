// The client of PLAIN (RFC 24): shows a user name and a password, in the open, to a server that it takes on trust.
//
//   HELLO ──▶   ◀── WELCOME   INITIATE ──▶   ◀── READY          ◀── ERROR ends it at any point

import { ProtocolError } from '../errors.js';
import { type Command, encodeCommand } from '../protocol/command.js';
import type { Mechanism, Step } from '../protocol/mechanism.js';
import { decodeMetadata } from '../protocol/metadata.js';
import { encodeHello } from './plain-hello.js';
import { refused, unexpected } from './refusal.js';

export interface PlainClientOptions {
  /** What we announce, encoded. */
  readonly metadata: Buffer;
  /** Up to 255 bytes each; both may be empty. */
  readonly username: Buffer;
  readonly password: Buffer;
}

export class PlainClient implements Mechanism {
  readonly name = 'PLAIN';
  readonly asServer = false;
  readonly #options: PlainClientOptions;
  #expects: 'WELCOME' | 'READY' = 'WELCOME';

  constructor(options: PlainClientOptions) {
    this.#options = options;
  }

  start(): Step {
    const { username, password } = this.#options;
    return { next: 'send', command: encodeCommand('HELLO', encodeHello(username, password)) };
  }

  receive(command: Command): Step {
    if (command.name === 'ERROR') throw refused(command.data);
    if (command.name !== this.#expects) throw unexpected(this.name, command);
    if (this.#expects === 'READY') return { next: 'ready', properties: decodeMetadata(command.data) };
    if (command.data.length > 0) throw new ProtocolError('welcome-malformed', 'PLAIN: a WELCOME with something in it');
    this.#expects = 'READY';
    return { next: 'send', command: encodeCommand('INITIATE', this.#options.metadata) };
  }

  /** A client lets in whoever it has called. */
  zapReply(): Step {
    return { next: 'wait' };
  }
}
