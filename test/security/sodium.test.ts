// V20 libsodium's box as we call it, held to the official vectors ("Cryptography in NaCl", RFC 7748) and to another
// implementation; the two ways through its memory held equal to each other; and what stays there afterwards.

import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { MAC_BYTES, PIECE, type RawSodium, Sodium } from '../../src/security/sodium.js';
import { keys, sodium } from '../support/curve.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

// RFC 7748 §6.1; the keys of the NaCl paper, too.
const ALICE = {
  secretKey: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
  publicKey: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
};
const BOB = {
  secretKey: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
  publicKey: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
};
// "Cryptography in NaCl" §8 and §10: the key of their boxes, a nonce, a text, and its box.
const SHARED = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
const NONCE = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
const TEXT = hex(`
  be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4
  1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52
  f0a089bc76897040e082f937763848645e0705`);
const BOX = hex(`
  f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b
  4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da
  99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5`);

describe('the official vectors', () => {
  it('V20 public keys', () => {
    for (const { secretKey, publicKey } of [ALICE, BOB]) expect(sodium.publicKey(secretKey)).toEqual(publicKey);
  });

  it('the key of two owners, from either side', () => {
    expect(sodium.sharedKey(BOB.publicKey, ALICE.secretKey)).toEqual(SHARED);
    expect(sodium.sharedKey(ALICE.publicKey, BOB.secretKey)).toEqual(SHARED);
  });

  it('a box', () => {
    expect(sodium.seal(TEXT, NONCE, SHARED)).toEqual(BOX);
    expect(sodium.open(BOX, NONCE, SHARED)).toEqual(TEXT);
  });
});

describe('a box', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const nonce = fc.uint8Array({ minLength: 24, maxLength: 24 });
  const size = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 300 }) },
    fc.integer({ min: PIECE - 70, max: PIECE + 70 }),
    fc.integer({ min: 2 * PIECE - 70, max: 2 * PIECE + 70 }),
    fc.integer({ min: 0, max: 300_000 }),
  );

  it('is the one that another implementation makes, of any size', () => {
    fc.assert(
      fc.property(key, nonce, size, fc.integer(), (secret, once, length, seed) => {
        const text = Buffer.alloc(length, Buffer.from(`${seed}`));
        const box = sodium.seal(text, once, secret);
        expect(box.equals(nacl.secretbox(text, once, secret))).toBe(true);
        expect(sodium.open(box, once, secret)?.equals(text)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('does not open once an octet is changed, of any size', () => {
    fc.assert(
      fc.property(key, nonce, size, fc.nat(), fc.integer({ min: 0, max: 7 }), (secret, once, length, where, bit) => {
        const box = sodium.seal(Buffer.alloc(length, 1), once, secret);
        box[where % box.length]! ^= 1 << bit;
        expect(sodium.open(box, once, secret)).toBeUndefined();
        const before = Buffer.from(box);
        expect(sodium.openInPlace(box, secret)).toBe(false);
        expect(box.equals(before)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is never shorter than its code', () => {
    for (let length = 0; length < MAC_BYTES; length++) {
      expect(sodium.open(Buffer.alloc(length), NONCE, SHARED)).toBeUndefined();
    }
    expect(sodium.seal(Buffer.alloc(0), NONCE, SHARED)).toHaveLength(MAC_BYTES);
  });

  it('of 5 MiB takes no more memory of the library than one of 128 KiB', () => {
    const before = sodium.heap.length;
    const text = Buffer.alloc(5 * 1024 * 1024, 'x');
    const box = sodium.seal(text, NONCE, SHARED);
    expect(sodium.open(box, NONCE, SHARED)?.equals(text)).toBe(true);
    expect([sodium.heap.length, sodium.heap.buffer.byteLength]).toEqual([before, before]);
  });
});

describe('keys', () => {
  it('are those of another implementation', () => {
    for (let round = 0; round < 20; round++) {
      const [one, other] = [keys(), keys()];
      expect(sodium.publicKey(one.secretKey)).toEqual(one.publicKey);
      const shared = sodium.sharedKey(other.publicKey, one.secretKey);
      expect(shared).toEqual(Buffer.from(nacl.box.before(other.publicKey, one.secretKey)));
    }
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('of low order have no secret in common with anybody: %s', (text) => {
    expect(sodium.sharedKey(hex(text), ALICE.secretKey)).toBeUndefined();
    expect(sodium.sharedKey(BOB.publicKey, ALICE.secretKey)).toEqual(SHARED);
  });

  it('V19 do not stay behind in the library’s memory', () => {
    const memory = Buffer.from(sodium.heap.buffer);
    const { secretKey, publicKey } = keys();
    sodium.publicKey(secretKey);
    const shared = sodium.sharedKey(publicKey, ALICE.secretKey)!;
    for (const secret of [secretKey, ALICE.secretKey, shared]) expect(memory.includes(secret)).toBe(false);
    const once = keys().secretKey;
    sodium.seal(Buffer.from('a secret text'), NONCE, shared);
    expect(memory.includes(shared)).toBe(true);
    expect(sodium.open(sodium.seal(Buffer.from('a secret text'), NONCE, shared), NONCE, shared)).toBeDefined();
    const copy = Buffer.from(shared);
    sodium.erase(once);
    expect(memory.includes(copy)).toBe(true);
    sodium.erase(shared);
    expect([memory.includes(copy), memory.includes('a secret text'), shared.equals(Buffer.alloc(32))]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('a library that does not start', () => {
  const raw = (changes: Partial<Record<keyof RawSodium, unknown>>): RawSodium =>
    ({
      HEAPU8: new Uint8Array(10),
      _sodium_init: () => 0,
      _malloc: () => 0,
      _crypto_onetimeauth_poly1305_statebytes: () => 256,
      ...changes,
    }) as RawSodium;

  it('is an error, not a box that is none', () => {
    expect(() => new Sodium(raw({ _sodium_init: () => -1 }))).toThrow('libsodium does not start');
    expect(() => new Sodium(raw({}))).toThrow('libsodium has no memory');
  });
});
