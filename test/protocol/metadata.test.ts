// Metadata (RFC 23 §Metadata): names and values in READY and INITIATE, and everything that makes them malformed.

import { describe, expect, it } from 'vitest';
import { decodeMetadata, encodeMetadata } from '../../src/protocol/metadata.js';
import { violationOf } from '../support/connections.js';
import { property } from '../support/wire.js';

const text = (value: string) => Buffer.from(value, 'latin1');

/** The worked example of RFC 37: a DEALER with an empty identity. */
const EXAMPLE = Buffer.concat([
  Buffer.from([11]),
  text('Socket-Type'),
  Buffer.from([0, 0, 0, 6]),
  text('DEALER'),
  Buffer.from([8]),
  text('Identity'),
  Buffer.from([0, 0, 0, 0]),
]);

function refuses(data: Buffer): void {
  expect(violationOf(() => decodeMetadata(data))).toBe('metadata-malformed');
}

describe('encodeMetadata', () => {
  it('writes the example of RFC 37', () => {
    const bytes = encodeMetadata([
      ['Socket-Type', text('DEALER')],
      ['Identity', text('')],
    ]);
    expect(bytes).toEqual(EXAMPLE);
  });

  it('writes nothing for no properties', () => {
    expect(encodeMetadata([])).toHaveLength(0);
  });
});

describe('decodeMetadata', () => {
  it('reads the example of RFC 37, names in lower case', () => {
    expect([...decodeMetadata(EXAMPLE)]).toEqual([
      ['socket-type', text('DEALER')],
      ['identity', text('')],
    ]);
  });

  it('reads nothing as no properties', () => {
    expect(decodeMetadata(Buffer.alloc(0)).size).toBe(0);
  });

  it('reads names of 1 and 255 characters, and every character a name may have', () => {
    for (const name of ['x', 'n'.repeat(255), 'AZaz09-_.+']) {
      expect(decodeMetadata(property(name, 'value')).get(name.toLowerCase())).toEqual(text('value'));
    }
  });

  it('reads a value of any octets and of 60 000 bytes', () => {
    for (const value of [Buffer.from([0, 255, 10]), Buffer.alloc(60_000, 7)]) {
      expect(decodeMetadata(property('X-Value', value)).get('x-value')!.equals(value)).toBe(true);
    }
  });

  it('copies values: the chunk they came in may be used again', () => {
    const data = property('Identity', 'name');
    const properties = decodeMetadata(data);
    data.fill(0);
    expect(properties.get('identity')).toEqual(text('name'));
  });

  it('N2 compares names without regard to case, and the first value stands', () => {
    const data = Buffer.concat([property('IDENTITY', 'first'), property('identity', 'second')]);
    expect([...decodeMetadata(data)]).toEqual([['identity', text('first')]]);
  });

  it('N4 refuses a name of no characters', () => {
    refuses(property('', 'value'));
  });

  it.each(['a b', 'a\0', 'naïve', 'a\n', 'a:b'])('refuses the name %j', (name) => {
    refuses(property(name, 'value'));
  });

  it.each([6, 256, 0x7fffffff, 0x80000000, 0xffffffff])('N5 refuses a value of 5 bytes that says %i', (size) => {
    refuses(property('Identity', 'value', size));
  });

  it('N6 refuses a trailing octet, whatever it is', () => {
    for (const octet of [0, 1, 4, 255]) refuses(Buffer.concat([EXAMPLE, Buffer.of(octet)]));
  });

  it('N6 refuses metadata cut off anywhere but between properties', () => {
    const between = new Set([0, 22, EXAMPLE.length]);
    for (let size = 0; size <= EXAMPLE.length; size++) {
      const cut = EXAMPLE.subarray(0, size);
      const malformed = violationOf(() => decodeMetadata(cut)) === 'metadata-malformed';
      expect(malformed, `cut at ${size}`).toBe(!between.has(size));
    }
  });
});
