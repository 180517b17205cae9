// What a message is inside the library, and how the public API's many forms of it become one.

import { describe, zmqError } from '../errors.js';
import { MESSAGE_PARTS_MAX } from '../protocol/connection.js';
import { copyOf, EMPTY } from '../util/bytes.js';

/** One entry for each frame; never empty; whole everywhere above src/protocol. */
export type Message = Buffer[];

/** What `send` accepts as one frame: bytes, text (sent as UTF-8), a number (sent as its text) or null (empty). */
export type MessageLike = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string | number | null;

/** Parts up to this many bytes are copied when they wait in a queue; larger ones are held by reference (as zeromq.js). */
const COPIED_PART_MAX = 128;

/** Taken once: Node's global `Buffer` is a getter, and reading it costs a tenth of a send. */
const { isBuffer } = Buffer;

/** @returns undefined for an empty list of parts: there is nothing to send */
export function toMessage(input: MessageLike | readonly MessageLike[]): Message | undefined {
  if (!Array.isArray(input)) return [toPart(input as MessageLike)];
  if (input.length === 0) return undefined;
  if (input.length > MESSAGE_PARTS_MAX) {
    throw zmqError('EMSGSIZE', `a message has at most ${MESSAGE_PARTS_MAX} parts, not ${input.length}`);
  }
  const parts: Message = [];
  for (const part of input) parts.push(toPart(part));
  return parts;
}

/** A message whose small parts do not change when the caller reuses their memory. */
export function owned(message: Message): Message {
  const parts: Message = [];
  for (const part of message) parts.push(part.length <= COPIED_PART_MAX ? copyOf(part) : part);
  return parts;
}

function toPart(part: MessageLike): Buffer {
  if (isBuffer(part)) return part;
  if (typeof part === 'string') return Buffer.from(part);
  if (part === null) return EMPTY;
  if (ArrayBuffer.isView(part)) return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer || part instanceof SharedArrayBuffer) return Buffer.from(part);
  if (typeof part === 'symbol') throw new TypeError(`Cannot send ${describe(part)}: a symbol has no bytes`);
  return Buffer.from(String(part));
}
