// The greeting (RFC 23, RFC 37 §Greeting): the 64 octets we send, and the verdict on every octet a peer may send.

import { describe, expect, it } from 'vitest';
import {
  checkGreeting,
  encodeGreeting,
  GREETING_SIZE,
  type Greeting,
  GreetingReader,
} from '../../src/protocol/greeting.js';
import { violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { greeting } from '../support/wire.js';

const CURVE = Buffer.from(
  `ff00000000000000007f0301${Buffer.from('CURVE').toString('hex')}${'00'.repeat(15)}01${'00'.repeat(31)}`,
  'hex',
);

interface Reading {
  greeting: Greeting | undefined;
  violation: string | undefined;
  /** How many octets had been fed when the verdict came. */
  octets: number;
}

/** Feeds chunk by chunk, asking for the greeting after each, as Connection does. */
function read(chunks: readonly Buffer[]): Reading {
  const reader = new GreetingReader();
  let octets = 0;
  let found: Greeting | undefined;
  for (const chunk of chunks) {
    octets += chunk.length;
    const violation = violationOf(() => {
      reader.feed(chunk);
      found = reader.greeting;
    });
    if (violation !== undefined) return { greeting: undefined, violation, octets };
  }
  return { greeting: found, violation: undefined, octets };
}

function accepts(bytes: Buffer, expected: Greeting): void {
  eachDelivery(bytes, (chunks) => expect(read(chunks)).toMatchObject({ greeting: expected, violation: undefined }));
}

function refuses(bytes: Buffer, violation: string): void {
  eachDelivery(bytes, (chunks) => expect(read(chunks)).toMatchObject({ greeting: undefined, violation }));
}

/** The octet at which a peer that sends one octet at a time is refused, counted from 1. */
function refusedAtOctet(bytes: Buffer): number {
  const reading = read([...bytes].map((octet) => Buffer.of(octet)));
  expect(reading.violation).toBeDefined();
  return reading.octets;
}

const signature = (octet9: number) => Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0, octet9]);
const ordinary: Greeting = { minor: 1, mechanism: 'NULL', asServer: false, libzmqStyle: false };

describe('encodeGreeting', () => {
  it('is signature, version 3.1, mechanism padded with zeros, as-server, zero filler', () => {
    expect(encodeGreeting('CURVE', true)).toEqual(CURVE);
    expect(encodeGreeting('NULL', false)).toEqual(greeting({ mechanism: 'NULL' }));
  });

  it('leaves no terminator to a mechanism name of 20 octets', () => {
    const bytes = encodeGreeting('ABCDEFGHIJKLMNOPQRST', false);
    expect(bytes).toHaveLength(GREETING_SIZE);
    expect(bytes.toString('latin1', 12, 33)).toBe('ABCDEFGHIJKLMNOPQRST\0');
  });

  it('is read back as written', () => {
    for (const asServer of [false, true]) {
      accepts(encodeGreeting('A-Z_0.9+', asServer), { ...ordinary, mechanism: 'A-Z_0.9+', asServer });
    }
  });
});

describe('GreetingReader', () => {
  it('takes 64 octets of a chunk and leaves the rest', () => {
    const chunk = Buffer.concat([greeting(), Buffer.from('rest')]);
    const reader = new GreetingReader();
    expect(reader.feed(chunk)).toBe(64);
    expect(reader.greeting).toEqual(ordinary);
  });

  it('takes what is missing of a greeting that came in part', () => {
    const reader = new GreetingReader();
    expect(reader.feed(greeting().subarray(0, 63))).toBe(63);
    expect(reader.greeting).toBeUndefined();
    expect(reader.feed(Buffer.from([0, 1, 2]))).toBe(1);
    expect(reader.greeting).toEqual(ordinary);
  });

  it('keeps no view of the chunk it was fed', () => {
    const reader = new GreetingReader();
    const chunk = greeting();
    reader.feed(chunk);
    chunk.fill(0);
    expect(reader.greeting).toEqual(ordinary);
  });

  it('G1 refuses an HTTP request at its first octet', () => {
    const bytes = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    refuses(bytes, 'greeting-signature');
    expect(refusedAtOctet(bytes)).toBe(1);
  });

  it('G2 refuses a TLS ClientHello', () => {
    refuses(Buffer.from('16030100c8010000c40303', 'hex'), 'greeting-signature');
  });

  it.each(['SSH-2.0-OpenSSH_9.6\r\n', '220 mail.example.org ESMTP\r\n'])('G3 refuses the banner %j', (banner) => {
    refuses(Buffer.from(banner), 'greeting-signature');
    expect(refusedAtOctet(Buffer.from(banner))).toBe(1);
  });

  it('G4 refuses ZMTP 1.0, whose first octet is a short identity', () => {
    refuses(Buffer.from('0100', 'hex'), 'greeting-signature');
  });

  it('G4 refuses ZMTP 1.0 with a long identity size at octet 10', () => {
    const bytes = Buffer.from('ff0000000000000002006100', 'hex');
    refuses(bytes, 'greeting-signature');
    expect(refusedAtOctet(bytes)).toBe(10);
  });

  it.each([0x00, 0x02, 0x7e, 0xfe])('G5 refuses %i at the end of the signature: bit 0 is clear', (octet) => {
    const bytes = greeting({ signature: signature(octet) });
    refuses(bytes, 'greeting-signature');
    expect(refusedAtOctet(bytes)).toBe(10);
  });

  it.each([0x01, 0x7f, 0xff])('G5 accepts %i at the end of the signature: bit 0 is set', (octet) => {
    accepts(greeting({ signature: signature(octet) }), ordinary);
  });

  it('G6 accepts any signature padding', () => {
    accepts(greeting({ signature: Buffer.from('ff0123456789abcdef7f', 'hex') }), ordinary);
    accepts(greeting({ signature: Buffer.from('ffffffffffffffffff7f', 'hex') }), ordinary);
  });

  it('knows the ZMTP 1.0 length that libzmq puts into the padding', () => {
    accepts(greeting({ signature: Buffer.from('ff00000000000000017f', 'hex') }), { ...ordinary, libzmqStyle: true });
    accepts(greeting({ signature: Buffer.from('ff00000000000000067f', 'hex') }), { ...ordinary, libzmqStyle: true });
  });

  it.each([0, 1, 2])('G7 refuses major version %i at its octet', (major) => {
    const bytes = greeting({ major });
    refuses(bytes, 'greeting-version');
    expect(refusedAtOctet(bytes)).toBe(11);
  });

  it.each([0, 1, 2, 255])('reads minor version %i of major version 3', (minor) => {
    accepts(greeting({ minor }), { ...ordinary, minor });
  });

  it.each([4, 255])('accepts major version %i as 3.1, whatever its minor version', (major) => {
    for (const minor of [0, 1, 7]) accepts(greeting({ major, minor }), ordinary);
  });

  it('G11 accepts any filler', () => {
    accepts(greeting({ filler: Buffer.alloc(31, 0xff) }), ordinary);
  });

  it.each([
    ['lower case', 'null'],
    ['a letter behind the terminator', 'NULL\0X'],
    ['a terminator before the last of 20 letters', 'ABCDEFGHIJKLMNOPQR\0T'],
    ['all 0xff', Buffer.alloc(20, 0xff)],
    ['nothing', ''],
    ['a space', 'NULL '],
    ['a leading zero', '\0NULL'],
    ['a line feed', 'NULL\n'],
  ])('G12 refuses a mechanism name with %s', (_, mechanism) => {
    refuses(greeting({ mechanism }), 'greeting-mechanism');
  });

  it('G12 reads 20 letters without a terminator as a name', () => {
    accepts(greeting({ mechanism: 'ABCDEFGHIJKLMNOPQRST' }), { ...ordinary, mechanism: 'ABCDEFGHIJKLMNOPQRST' });
  });

  it('G13 reads a mechanism that is not ours', () => {
    accepts(greeting({ mechanism: 'GSSAPI' }), { ...ordinary, mechanism: 'GSSAPI' });
  });

  it.each([
    [0, false],
    [1, true],
    [0xff, true],
    [2, false],
  ])('reads as-server %i as %s', (octet, asServer) => {
    accepts(greeting({ asServer: octet }), { ...ordinary, asServer });
  });
});

describe('checkGreeting', () => {
  const verdict = (peer: Partial<Greeting>, name: string, asServer: boolean) =>
    violationOf(() => checkGreeting({ ...ordinary, mechanism: name, ...peer }, { name, asServer }));

  it('G13 refuses a mechanism that is not ours', () => {
    expect(verdict({ mechanism: 'CURVE' }, 'PLAIN', false)).toBe('greeting-mechanism');
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
  ])('takes a peer whose as-server is %s where ours is %s', (theirs, ours) => {
    expect(verdict({ asServer: theirs }, 'PLAIN', ours)).toBeUndefined();
  });

  it('G14 refuses a second server, except of NULL, where the bit means nothing', () => {
    expect(verdict({ asServer: true }, 'PLAIN', true)).toBe('greeting-role');
    expect(verdict({ asServer: true }, 'NULL', true)).toBeUndefined();
  });
});
