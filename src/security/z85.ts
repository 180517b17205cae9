// Z85 (RFC 32): bytes as printable text, four bytes in five characters. CURVE keys are written in it: 32 bytes, 40
// characters. Used for keys only, so it is written to be read.

import { typeError, zmqError } from '../errors.js';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const BASE = 85;
const BYTES = 4;
const CHARACTERS = 5;
const VALUES_END = 2 ** 32;

/**
 * The text of some bytes.
 * @param bytes a multiple of four
 * @throws TypeError for what has no bytes, EINVAL for another length
 */
export function z85Encode(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array))
    throw typeError('Value must be a buffer', 'z85Encode takes a Buffer or Uint8Array');
  if (bytes.length % BYTES !== 0) {
    throw zmqError('EINVAL', `Z85 encodes a multiple of ${BYTES} bytes, not ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += BYTES) text += encodeGroup(view.getUint32(at));
  return text;
}

/**
 * The bytes of a text.
 * @param text a multiple of five characters, all of the Z85 alphabet
 * @throws TypeError for what is no string, EINVAL for another length, another character, or a group above 2^32 - 1
 */
export function z85Decode(text: string): Buffer {
  if (typeof text !== 'string') throw typeError('Value must be a string', 'z85Decode takes the text of some bytes');
  if (text.length % CHARACTERS !== 0) {
    throw zmqError('EINVAL', `Z85 text has a multiple of ${CHARACTERS} characters, not ${text.length}`);
  }
  const bytes = Buffer.alloc((text.length / CHARACTERS) * BYTES);
  for (let at = 0, to = 0; at < text.length; at += CHARACTERS, to += BYTES) {
    bytes.writeUInt32BE(decodeGroup(text, at), to);
  }
  return bytes;
}

function encodeGroup(value: number): string {
  let group = '';
  for (let rest = value, i = 0; i < CHARACTERS; i++, rest = Math.floor(rest / BASE))
    group = ALPHABET[rest % BASE] + group;
  return group;
}

/** The text may be a secret key: what is wrong with it is told by position, never by what stands there. */
function decodeGroup(text: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + CHARACTERS; at++) {
    const digit = ALPHABET.indexOf(text[at] as string);
    if (digit < 0) throw zmqError('EINVAL', `the character at ${at} is none of the Z85 alphabet`);
    value = value * BASE + digit;
  }
  if (value >= VALUES_END) throw zmqError('EINVAL', `the five characters at ${start} stand for more than four bytes`);
  return value;
}
