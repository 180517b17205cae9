// The NULL mechanism (RFC 23 §NULL): no authentication, no confidentiality. Each side sends READY with its metadata.

import { ProtocolError } from '../errors.js';
import { type Command, decodeError, encodeCommand } from '../protocol/command.js';
import type { Mechanism, Step } from '../protocol/mechanism.js';
import { decodeMetadata } from '../protocol/metadata.js';
import { quoted } from '../util/bytes.js';

export class NullMechanism implements Mechanism {
  readonly name = 'NULL';
  readonly asServer = false;
  readonly #metadata: Buffer;

  /** @param metadata what we announce, encoded */
  constructor(metadata: Buffer) {
    this.#metadata = metadata;
  }

  start(): Step {
    return { next: 'send', command: encodeCommand('READY', this.#metadata) };
  }

  receive(command: Command): Step {
    if (command.name === 'READY') return { next: 'ready', properties: decodeMetadata(command.data) };
    if (command.name === 'ERROR') {
      throw new ProtocolError('peer-error', `the peer refused us: ${quoted(decodeError(command.data))}`);
    }
    throw new ProtocolError('command-unexpected', `command ${quoted(command.name)} during the NULL handshake`);
  }
}
