// What programs need of secrets: to compare them without telling how far they agree, and the public half of a CURVE key.

import { typeError, zmqError } from '../errors.js';
import { node } from '../util/node-modules.js';
import { curvePublicKeyOf } from './curve-keys.js';
import { z85Decode, z85Encode } from './z85.js';

/** Characters of a CURVE key in Z85, and of nothing else. */
export const KEY_CHARACTERS = 40;

/**
 * Whether two secrets are the same, in a time that does not depend on where they differ. For passwords in an `authenticator`:
 * `===` stops at the first difference, and a patient peer can measure where that is.
 * @throws TypeError
 */
export function secretsEqual(one: string, other: string): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') {
    throw typeError('Secrets must be strings', `not ${typeof one} and ${typeof other}`);
  }
  return node.crypto.timingSafeEqual(digest(one), digest(other));
}

/**
 * The public key that belongs to a secret one (zmq_curve_public).
 * @param secretKey 40 characters of Z85
 * @returns 40 characters of Z85
 * @throws TypeError for what is no string, EINVAL for what is no key
 */
export function publicFromSecret(secretKey: string): string {
  return z85Encode(curvePublicKeyOf(keyBytes(secretKey)));
}

/** @throws TypeError, EINVAL: without the key, which may be a secret one */
export function keyBytes(key: string): Buffer {
  const bytes = z85Decode(key);
  if (key.length === KEY_CHARACTERS) return bytes;
  throw zmqError('EINVAL', `a CURVE key has ${KEY_CHARACTERS} characters of Z85, not ${key.length}`);
}

/** Of one length, whatever was hashed. */
function digest(secret: string): Buffer {
  return node.crypto.createHash('sha256').update(secret).digest();
}
