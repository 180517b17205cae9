// RFC 32: the vector of the RFC, both directions for any bytes, and every way a text can be wrong.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z85Decode, z85Encode } from '../../src/security/z85.js';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const bytes = fc
  .integer({ min: 0, max: 16 })
  .chain((groups) => fc.uint8Array({ minLength: groups * 4, maxLength: groups * 4 }));

describe('Z85', () => {
  it('has the vector of RFC 32', () => {
    const vector = Buffer.from('864fd26fb559f75b', 'hex');
    expect(z85Encode(vector)).toBe('HelloWorld');
    expect(z85Decode('HelloWorld')).toEqual(vector);
  });

  it('writes the smallest and the largest group', () => {
    expect(z85Encode(Buffer.from('00000000ffffffff', 'hex'))).toBe('00000%nSc0');
    expect(z85Decode('00000%nSc0').toString('hex')).toBe('00000000ffffffff');
    expect(z85Encode(Buffer.alloc(0))).toBe('');
    expect(z85Decode('')).toHaveLength(0);
  });

  it('reads what it wrote, in five characters of the alphabet for four bytes', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const text = z85Encode(input);
        expect(text).toHaveLength((input.length / 4) * 5);
        expect([...text].every((character) => ALPHABET.includes(character))).toBe(true);
        expect([...z85Decode(text)]).toEqual([...input]);
      }),
    );
  });

  it('reads any text of the alphabet back to itself, or refuses it', () => {
    const group = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(group, (text) => {
        const value = [...text].reduce((sum, character) => sum * 85 + ALPHABET.indexOf(character), 0);
        if (value < 2 ** 32) expect(z85Encode(z85Decode(text))).toBe(text);
        else expect(() => z85Decode(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
      }),
    );
  });

  it('encodes a view of a larger buffer, and only that', () => {
    expect(z85Encode(Buffer.from('ff864fd26fb559f75bff', 'hex').subarray(1, 9))).toBe('HelloWorld');
  });

  it.each(['Hell', 'HelloW', ' ello', 'Hell"', 'Hellö', '#####', '%nSc1'])('refuses %j with EINVAL', (text) => {
    expect(() => z85Decode(text)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('never shows the text that it refuses', () => {
    expect(() => z85Decode('"ecre')).toThrow(expect.not.objectContaining({ stack: expect.stringContaining('ecre') }));
  });

  it.each([1, 2, 3, 5])('refuses %i bytes with EINVAL', (length) => {
    expect(() => z85Encode(Buffer.alloc(length))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('refuses what is neither text nor bytes with a TypeError', () => {
    expect(() => z85Decode(5 as unknown as string)).toThrow(TypeError);
    expect(() => z85Encode('text' as unknown as Buffer)).toThrow(TypeError);
  });
});
