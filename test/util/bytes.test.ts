// Views, copies, and quoting of bad input.

import { describe, expect, it } from 'vitest';
import { BufferView, copyOf, EMPTY, quoted, view } from '../../src/util/bytes.js';

describe('view', () => {
  it('shares memory with its source, at the right place of a shared ArrayBuffer', () => {
    const memory = Buffer.from('..hello..');
    const source = memory.subarray(2, 7);
    const part = view(source, 1, 4);
    expect(part.toString()).toBe('ell');
    source[1] = 0x45;
    expect(part.toString()).toBe('Ell');
    part[2] = 0x4c;
    expect(source.toString()).toBe('hElLo');
  });

  it('is a Buffer like any other', () => {
    const part = view(Buffer.from('abc'), 0, 2);
    expect(Buffer.isBuffer(part)).toBe(true);
    expect(part).toEqual(Buffer.from('ab'));
    expect(part.subarray(1).toString()).toBe('b');
  });

  it('may be empty, at both ends', () => {
    const source = Buffer.from('abc');
    for (const at of [0, 3]) expect(view(source, at, at)).toHaveLength(0);
  });

  it('BufferView makes what Buffer.from makes of an ArrayBuffer', () => {
    const memory = new Uint8Array([1, 2, 3, 4]).buffer;
    expect(new BufferView(memory, 1, 2)).toEqual(Buffer.from(memory, 1, 2));
  });
});

describe('copyOf', () => {
  it('shares no memory with its source', () => {
    const source = Buffer.from('abc');
    const copy = copyOf(source);
    source.fill(0);
    expect(copy.toString()).toBe('abc');
  });
});

describe('EMPTY', () => {
  it('has no bytes', () => {
    expect(EMPTY).toHaveLength(0);
  });
});

describe('quoted', () => {
  it('puts text between quotation marks and escapes those inside', () => {
    expect(quoted('READY')).toBe('"READY"');
    expect(quoted('say "no"')).toBe('"say \\"no\\""');
    expect(quoted('')).toBe('""');
  });

  it('shows 120 characters at most, or as many as it is told, and how long the text is', () => {
    expect(quoted('x'.repeat(120))).toBe(`"${'x'.repeat(120)}"`);
    expect(quoted('x'.repeat(121))).toBe(`"${'x'.repeat(120)}… (121 characters)"`);
    expect(quoted('abcdef', 3)).toBe('"abc… (6 characters)"');
  });

  it('leaves nothing unprintable: no control character of ASCII or Latin-1 goes to a terminal', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(quoted(controls, 1000)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });
});
