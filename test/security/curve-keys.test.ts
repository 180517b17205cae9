// curveKeyPair: two keys that belong together.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { curveKeyPair } from '../../src/security/curve-keys.js';
import { z85Decode } from '../../src/security/z85.js';

/** The header of a PKCS #8 X25519 key (RFC 8410); the 32 bytes of the key follow. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

describe('curveKeyPair', () => {
  it('gives two keys of 40 characters', () => {
    const pair = curveKeyPair();
    expect(Object.keys(pair)).toEqual(['publicKey', 'secretKey']);
    for (const key of Object.values(pair)) expect(key).toMatch(/^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/);
  });

  it('gives the public key of the secret one', () => {
    const { publicKey, secretKey } = curveKeyPair();
    const key = createPrivateKey({ key: Buffer.concat([PKCS8, z85Decode(secretKey)]), format: 'der', type: 'pkcs8' });
    const own = createPublicKey(key).export({ format: 'jwk' }).x as string;
    expect(z85Decode(publicKey)).toEqual(Buffer.from(own, 'base64url'));
  });

  it('gives another pair each time', () => {
    const keys = Array.from({ length: 20 }, () => Object.values(curveKeyPair())).flat();
    expect(new Set(keys).size).toBe(40);
  });
});
