// What both ends of CURVE's handshake share (RFC 26): the sizes and nonces of its commands, and boxes that must open.
//
//   HELLO     version(2) padding(72) C'(32) nonce(8) Box [64 zeros](C'->S)                     194 octets after the name
//   WELCOME   nonce(16) Box [S' + cookie](S->C')                                               160
//   cookie    nonce(16) Box [C' + s'](K)                                                        96
//   INITIATE  cookie(96) nonce(8) Box [C + vouch + metadata](C'->S')                           248 or more
//   vouch     nonce(16) Box [C' + S](C->S')                                                     96
//   READY     nonce(8) Box [metadata](S'->C')                                                   24 or more
//
// A capital is a public key, a small letter its secret one; with an apostrophe they are short-term, made for the connection.

import { ProtocolError } from '../errors.js';
import { view } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { KEY_BYTES, MAC_BYTES, type Sodium } from './sodium.js';

export const SHORT_NONCE = 8;
const LONG_NONCE = 16;

export const HELLO = { version: 0, padding: 2, key: 74, nonce: 106, box: 114, size: 194 } as const;
export const WELCOME = { nonce: 0, box: 16, size: 160 } as const;
export const COOKIE_SIZE = LONG_NONCE + MAC_BYTES + 2 * KEY_BYTES;
export const INITIATE = { nonce: COOKIE_SIZE, box: COOKIE_SIZE + SHORT_NONCE, sizeMin: 248 } as const;
/** Inside the box of INITIATE. */
export const INTRODUCTION = { key: 0, vouch: KEY_BYTES, metadata: KEY_BYTES + COOKIE_SIZE } as const;
export const READY = { nonce: 0, box: 8, sizeMin: 24 } as const;

/** In front of the nonces that travel. */
export const PREFIX = {
  hello: Buffer.from('CurveZMQHELLO---'),
  welcome: Buffer.from('WELCOME-'),
  cookie: Buffer.from('COOKIE--'),
  vouch: Buffer.from('VOUCH---'),
  initiate: Buffer.from('CurveZMQINITIATE'),
  ready: Buffer.from('CurveZMQREADY---'),
} as const;

/** A nonce and a box under it, as they stand in a command. @param nonce the part that travels; 16 random octets by default */
export function sealed(
  sodium: Sodium,
  prefix: Buffer,
  text: Uint8Array,
  key: Buffer,
  nonce: Buffer = node.crypto.randomBytes(LONG_NONCE),
): Buffer {
  return Buffer.concat([nonce, sodium.seal(text, Buffer.concat([prefix, nonce]), key)]);
}

/**
 * What is in a box, with its nonce before it.
 * @param what for the error
 * @throws ProtocolError when it does not open, which says nothing of keys
 */
export function opened(sodium: Sodium, prefix: Buffer, nonceAndBox: Buffer, key: Buffer, what: string): Buffer {
  const nonceSize = prefix.length === SHORT_NONCE ? LONG_NONCE : SHORT_NONCE;
  const nonce = Buffer.concat([prefix, view(nonceAndBox, 0, nonceSize)]);
  const text = sodium.open(view(nonceAndBox, nonceSize, nonceAndBox.length), nonce, key);
  if (text !== undefined) return text;
  throw new ProtocolError(
    'box-closed',
    `CURVE: the box of ${what} does not open: it was made with other keys, or changed`,
  );
}

/** The key of the boxes between two owners. @throws ProtocolError for a public key that no honest peer has */
export function shared(sodium: Sodium, publicKey: Buffer, secretKey: Buffer, what: string): Buffer {
  const key = sodium.sharedKey(publicKey, secretKey);
  if (key !== undefined) return key;
  throw new ProtocolError('box-closed', `CURVE: the key in ${what} is of low order`);
}
