// The NULL mechanism (RFC 23 §NULL): no authentication, no confidentiality. Each side sends READY with its metadata; where
// somebody decides about peers (RFC 27), not before the peer has been let in.

import { ProtocolError } from '../errors.js';
import { type Command, encodeCommand } from '../protocol/command.js';
import { type Mechanism, type Step, type ZapReply, zapRequest } from '../protocol/mechanism.js';
import { decodeMetadata } from '../protocol/metadata.js';
import { quoted } from '../util/bytes.js';
import { refusal, refused } from './refusal.js';

export class NullMechanism implements Mechanism {
  readonly name = 'NULL';
  readonly asServer = false;
  readonly #metadata: Buffer;
  readonly #asks: boolean;

  /**
   * @param metadata what we announce, encoded
   * @param asks whether the peer has to be let in first
   */
  constructor(metadata: Buffer, asks = false) {
    this.#metadata = metadata;
    this.#asks = asks;
  }

  start(): Step {
    return this.#asks ? { next: 'zap', request: zapRequest(this.name, []) } : this.#welcome();
  }

  zapReply({ status }: ZapReply): Step {
    return status === 200 ? this.#welcome() : refusal(status);
  }

  receive(command: Command): Step {
    if (command.name === 'READY') return { next: 'ready', properties: decodeMetadata(command.data) };
    if (command.name === 'ERROR') throw refused(command.data);
    throw new ProtocolError('command-unexpected', `command ${quoted(command.name)} during the NULL handshake`);
  }

  #welcome(): Step {
    return { next: 'send', command: encodeCommand('READY', this.#metadata) };
  }
}
