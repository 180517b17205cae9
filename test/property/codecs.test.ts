// The small codecs as properties: what is encoded is decoded to the same, and arbitrary bytes are decoded or are a
// ProtocolError, never anything else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCommand, decodeError, encodeCommand, encodeError } from '../../src/protocol/command.js';
import { encodeGreeting, GreetingReader } from '../../src/protocol/greeting.js';
import { decodePing, encodePing, encodePong } from '../../src/protocol/heartbeat.js';
import { decodeMetadata, encodeMetadata } from '../../src/protocol/metadata.js';
import { cutInto, octets, sizes } from '../support/arbitraries.js';
import { violationOf } from '../support/connections.js';
import { greeting, property as wireProperty } from '../support/wire.js';

const letters = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength });

const commandName = letters('ABCXYZabcxyz', 255);
const propertyName = letters('ABCXYZabcxyz0189-_.+', 40);
const mechanismName = letters('ABCXYZ0189-_.+', 20);

describe('greetings', () => {
  it('are read as they were written, in any cut, whatever follows', () => {
    const property = fc.property(mechanismName, fc.boolean(), octets(20), sizes, (mechanism, asServer, rest, cuts) => {
      const reader = new GreetingReader();
      const bytes = Buffer.concat([encodeGreeting(mechanism, asServer), rest]);
      let taken = 0;
      for (const chunk of cutInto(bytes, cuts)) taken += taken < 64 ? reader.feed(chunk) : 0;
      expect(taken).toBe(64);
      expect(reader.greeting).toEqual({ minor: 1, mechanism, asServer, libzmqStyle: false });
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('of any octets are a greeting or a ProtocolError, the same in any cut', () => {
    const spoilt = fc.tuple(fc.nat(63), fc.nat(255)).map(([at, octet]) => {
      const bytes = greeting();
      bytes[at] = octet;
      return bytes;
    });
    const any = fc.oneof(
      fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      spoilt,
    );
    const property = fc.property(any, sizes, (bytes, cuts) => {
      expect(readGreeting(cutInto(bytes, cuts))).toEqual(readGreeting([bytes]));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

function readGreeting(chunks: readonly Buffer[]): unknown {
  const reader = new GreetingReader();
  let found: unknown;
  const violation = violationOf(() => {
    for (const chunk of chunks) reader.feed(chunk);
    found = reader.greeting;
  });
  return violation ?? found;
}

describe('commands', () => {
  it('are decoded to what was encoded', () => {
    const property = fc.property(commandName, octets(300), (name, data) => {
      expect(decodeCommand(encodeCommand(name, data))).toEqual({ name, data });
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('of any octets are a command that encodes to the same, or a ProtocolError', () => {
    fc.assert(
      fc.property(octets(40), (bytes) => decodesOrRefuses(bytes)),
      { numRuns: 2000 },
    );
  });

  it('carry a reason in ERROR and give it back', () => {
    const latin1 = fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    const property = fc.property(latin1, (reason) => {
      expect(decodeError(decodeCommand(encodeError(reason)).data)).toBe(reason);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('of any octets in ERROR are a reason of that size, or a ProtocolError', () => {
    const property = fc.property(octets(20), (data) => {
      const malformed = violationOf(() => decodeError(data)) === 'error-malformed';
      expect(malformed).toBe(data.length === 0 || data[0] !== data.length - 1);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

function decodesOrRefuses(bytes: Buffer): void {
  const violation = violationOf(() => {
    const { name, data } = decodeCommand(bytes);
    expect(encodeCommand(name, data)).toEqual(bytes);
  });
  const size = bytes[0] ?? 0;
  const legal = size > 0 && size < bytes.length && /^[A-Za-z]+$/.test(bytes.toString('latin1', 1, 1 + size));
  expect(violation).toBe(legal ? undefined : 'command-malformed');
}

describe('metadata', () => {
  it('is decoded to what was encoded, names in lower case', () => {
    const properties = fc.uniqueArray(fc.tuple(propertyName, octets(300)), {
      selector: ([name]) => name.toLowerCase(),
      maxLength: 20,
    });
    const property = fc.property(properties, (list) => {
      const expected = list.map(([name, value]) => [name.toLowerCase(), value]);
      expect([...decodeMetadata(encodeMetadata(list))]).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('of any octets is a bounded map whose values lie in them, or a ProtocolError', () => {
    const piece = fc.oneof(
      octets(12),
      fc.tuple(propertyName, octets(8)).map(([name, value]) => wireProperty(name, value)),
      fc.tuple(propertyName, octets(8), fc.nat(9)).map(([name, value, size]) => wireProperty(name, value, size)),
    );
    const bytes = fc.array(piece, { maxLength: 6 }).map((pieces) => Buffer.concat(pieces));
    const property = fc.property(bytes, (data) => {
      const violation = violationOf(() => expectWithin(data));
      expect([undefined, 'metadata-malformed']).toContain(violation);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

function expectWithin(data: Buffer): void {
  const properties = decodeMetadata(data);
  let total = 0;
  for (const [name, value] of properties) {
    total += 1 + name.length + 4 + value.length;
    expect(data.includes(value)).toBe(true);
  }
  expect(total).toBeLessThanOrEqual(data.length);
}

describe('PING and PONG', () => {
  it('a PING is decoded to its time to live in whole tenths, 65.5 s at most', () => {
    const property = fc.property(fc.nat(6_553_599), (timeToLive) => {
      const { name, data } = decodeCommand(encodePing(timeToLive));
      expect(name).toBe('PING');
      const expected = Math.min(Math.floor(timeToLive / 100) * 100, 65_500);
      expect(decodePing(data)).toEqual({ timeToLive: expected, context: Buffer.alloc(0) });
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('any octets are a PING whose context a PONG returns, or a ProtocolError', () => {
    const property = fc.property(octets(24), (data) => {
      const violation = violationOf(() => {
        const { timeToLive, context } = decodePing(data);
        expect(timeToLive).toBe(data.readUInt16BE(0) * 100);
        expect(decodeCommand(encodePong(context))).toEqual({ name: 'PONG', data: data.subarray(2) });
      });
      expect(violation).toBe(data.length >= 2 && data.length <= 18 ? undefined : 'ping-malformed');
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
