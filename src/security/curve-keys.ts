// Keys for CURVE (RFC 26): an X25519 pair, as Node's crypto makes it, in Z85.

import type { KeyObject } from 'node:crypto';
import { node } from '../util/node-modules.js';
import { z85Encode } from './z85.js';

/** Of an X25519 key in DER (RFC 8410); its 32 bytes follow. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b656e04220420', 'hex');

/**
 * A new key pair for CURVE, each key 40 characters of Z85 (RFC 32). The public key is for everybody who shall talk to its
 * owner; whoever has the secret key can pass for the owner (zmq_curve_keypair).
 */
export function curveKeyPair(): {
  /** For everybody. */
  publicKey: string;
  /** For its owner alone. */
  secretKey: string;
} {
  const { publicKey, privateKey } = node.crypto.generateKeyPairSync('x25519');
  return { publicKey: toZ85(publicKey, 'x'), secretKey: toZ85(privateKey, 'd') };
}

/** The public key that belongs to a secret one, 32 bytes each. */
export function curvePublicKeyOf(secretKey: Buffer): Buffer {
  const key = Buffer.concat([PKCS8_HEADER, secretKey]);
  const owner = node.crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  key.fill(0);
  return Buffer.from(node.crypto.createPublicKey(owner).export({ format: 'jwk' }).x as string, 'base64url');
}

/** @param part of the JSON Web Key (RFC 8037): `x` has the public key, `d` the secret one */
function toZ85(key: KeyObject, part: 'x' | 'd'): string {
  return z85Encode(Buffer.from(key.export({ format: 'jwk' })[part] as string, 'base64url'));
}
