// What a message is inside the library, and how the public API's many forms of it become one.

import { describe, typeError, zmqError } from '../errors.js';
import { LIMITS } from '../protocol/limits.js';
import { copyOf, EMPTY } from '../util/bytes.js';

/** One entry for each frame; never empty; whole everywhere above src/protocol. */
export type Message = Buffer[];

/** What `send` accepts as one frame: bytes, text (sent as UTF-8), a number (sent as its text) or null (empty). */
export type MessageLike = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string | number | null;

/**
 * Bytes of one message, all parts together, sent or received: the largest Buffer that every Node can make. What is larger
 * could be sent in parts, and would be refused by every peer of this library at the end.
 */
export const MESSAGE_MAX = 2 ** 32;

/** Parts up to this many bytes are copied when they wait in a queue; larger ones are held by reference (as zeromq.js). */
const COPIED_PART_MAX = 128;

/** Taken once: Node's global `Buffer` is a getter, and reading it costs a tenth of a send. */
const { isBuffer } = Buffer;

/**
 * Before anything is copied or queued it is clear that the message may be sent.
 * @returns undefined for an empty list of parts: there is nothing to send
 * @throws EMSGSIZE for too many parts or bytes
 */
export function toMessage(input: MessageLike | readonly MessageLike[]): Message | undefined {
  if (!Array.isArray(input)) {
    const part = toPart(input as MessageLike);
    if (part.length > MESSAGE_MAX) throw tooLarge(part.length);
    return [part];
  }
  if (input.length === 0) return undefined;
  if (input.length > LIMITS.messageParts) {
    throw zmqError('EMSGSIZE', `a message has at most ${LIMITS.messageParts} parts, not ${input.length}`);
  }
  const parts: Message = [];
  let size = 0;
  for (const given of input) {
    const part = toPart(given);
    size += part.length;
    parts.push(part);
  }
  if (size > MESSAGE_MAX) throw tooLarge(size);
  return parts;
}

function tooLarge(size: number): Error {
  return zmqError('EMSGSIZE', `a message has at most ${MESSAGE_MAX} bytes, not ${size}: send it as several messages`);
}

/** A message whose small parts do not change when the caller reuses their memory. */
export function owned(message: Message): Message {
  const parts: Message = [];
  for (const part of message) parts.push(part.length <= COPIED_PART_MAX ? copyOf(part) : part);
  return parts;
}

/** Bytes of all parts. */
export function sizeOf(message: Message): number {
  if (message.length === 1) return message[0]!.length;
  let size = 0;
  for (let i = 0; i < message.length; i++) size += message[i]!.length;
  return size;
}

function toPart(part: MessageLike): Buffer {
  if (isBuffer(part)) return part;
  if (typeof part === 'string') return Buffer.from(part);
  if (part === null) return EMPTY;
  if (ArrayBuffer.isView(part)) return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer || part instanceof SharedArrayBuffer) return Buffer.from(part);
  if (typeof part === 'symbol')
    throw typeError('Cannot convert a Symbol value to a string', `${describe(part)} has no bytes to send`);
  return Buffer.from(String(part));
}
