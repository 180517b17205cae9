// Secrets that programs compare, and the public half of a CURVE key.

import { describe, expect, it } from 'vitest';
import { curveKeyPair, publicFromSecret, secretsEqual } from '../../src/index.js';
import { saying } from '../support/errors.js';

describe('secretsEqual', () => {
  it('tells the same from others, of any length', () => {
    expect(secretsEqual('hunter2', 'hunter2')).toBe(true);
    expect(secretsEqual('', '')).toBe(true);
    expect(secretsEqual('jörg', 'jörg')).toBe(true);
    for (const other of ['hunter1', 'hunter', 'hunter22', '', 'Hunter2'])
      expect(secretsEqual('hunter2', other)).toBe(false);
  });

  it.each([
    [undefined, undefined],
    ['a', 1],
    [null, 'a'],
    [Buffer.from('a'), 'a'],
  ])('%o and %o are no secrets', (one, other) => {
    expect(() => secretsEqual(one as string, other as string)).toThrow(TypeError);
  });
});

describe('publicFromSecret', () => {
  it('is the public key of a new pair', () => {
    const { publicKey, secretKey } = curveKeyPair();
    expect(publicFromSecret(secretKey)).toBe(publicKey);
  });

  it('is the one that libzmq’s manual shows (zmq_curve_public)', () => {
    const secret = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs';
    expect(publicFromSecret(secret)).toBe('Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID');
  });

  it.each([
    ['too short', 'x'.repeat(35), 'has 40 characters'],
    ['empty', '', 'has 40 characters'],
    ['with a space', `${' '.repeat(5)}${'0'.repeat(35)}`, 'none of the Z85 alphabet'],
  ])('of a key that is %s is EINVAL, without the key', (_what, key, said) => {
    expect(() => publicFromSecret(key)).toThrow(saying(said));
    expect(() => publicFromSecret(key)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('of what is no text is a TypeError', () => {
    expect(() => publicFromSecret(Buffer.alloc(32) as never)).toThrow(TypeError);
  });
});
