// Gathers the frames of a message until its last one is here (RFC 23 §Framing, FLAG_MORE). Used by Connection, one for each.
// What a peer can make us hold in it is bounded by the options maxMessageSize and maxMessageParts.

import { ProtocolError } from '../errors.js';
import { FLAG_MORE } from './frame.js';

export class MessageParts {
  readonly #limit: number;
  readonly #partsMax: number;
  #parts: Buffer[] = [];
  #size = 0;

  /**
   * @param limit bytes of a message, all parts together
   * @param partsMax its parts: each costs us an object whatever its size
   */
  constructor(limit: number, partsMax: number) {
    this.#limit = limit;
    this.#partsMax = partsMax;
  }

  /** Bytes that the next part may have. */
  get room(): number {
    return this.#limit - this.#size;
  }

  /** The whole message, when this was its last part. @throws ProtocolError */
  add(flags: number, part: Buffer): Buffer[] | undefined {
    if (part.length > this.room) {
      throw new ProtocolError('frame-size', `a message of more than ${this.#limit} bytes (option maxMessageSize)`);
    }
    this.#parts.push(part);
    if ((flags & FLAG_MORE) === 0) {
      const message = this.#parts;
      this.clear();
      return message;
    }
    if (this.#parts.length >= this.#partsMax) {
      const text = `a message of more than ${this.#partsMax} parts (option maxMessageParts)`;
      throw new ProtocolError('message-parts', text);
    }
    this.#size += part.length;
    return undefined;
  }

  clear(): void {
    this.#parts = [];
    this.#size = 0;
  }
}
