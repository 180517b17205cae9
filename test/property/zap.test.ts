// ZAP's messages as properties: whatever a handler sends is a reply or a ProtocolError of ZAP's, and it is a reply only if
// every frame is as RFC 27 has it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeZapReply, encodeZapRequest } from '../../src/security/zap.js';
import { octets } from '../support/arbitraries.js';
import { violationOf } from '../support/connections.js';
import { property as wireProperty } from '../support/wire.js';

const near = (...good: string[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...good).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: octets(4) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...good), octets(2))
        .map(([text, rest]) => Buffer.concat([Buffer.from(text), rest])),
    },
  );
const metadata = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc
    .tuple(fc.constantFrom('X-a', 'Socket-Type', 'bad name'), octets(6), fc.constantFrom(undefined, 0, 7))
    .map(([name, value, size]) => wireProperty(name, value, size)),
  octets(12),
);
const userId = fc.oneof(
  fc.string({ maxLength: 20 }).map((text) => Buffer.from(text)),
  octets(300),
);
const anyReply = fc
  .tuple(
    fc.tuple(near(''), near('1.0'), near('1'), near('200', '300', '400', '500'), octets(8), userId, metadata),
    fc.constantFrom(7, 7, 7, 7, 7, 7, 6, 8, 0),
  )
  .map(([frames, count]) => [...frames, Buffer.alloc(0)].slice(0, count));

describe('replies', () => {
  it('count only when each frame is right; anything else is a ProtocolError of ZAP’s', () => {
    let counted = 0;
    const property = fc.property(anyReply, (frames) => {
      const text = frames.map((frame) => frame.toString('latin1'));
      let decoded: ReturnType<typeof decodeZapReply> | undefined;
      const violation = violationOf(() => {
        decoded = decodeZapReply(frames);
      });
      if (decoded === undefined) {
        expect(violation).toMatch(/^zap-/);
        return;
      }
      counted++;
      expect([frames.length, text[0], text[1], text[2]]).toEqual([7, '', '1.0', '1']);
      expect(`${decoded.status}`).toBe(text[3]);
      expect(['200', '300', '400', '500']).toContain(text[3]);
      expect(Buffer.from(decoded.userId)).toEqual(frames[5]);
      expect((frames[5] as Buffer).length).toBeLessThanOrEqual(255);
    });
    fc.assert(property, { numRuns: 3000 });
    expect(counted).toBeGreaterThan(100);
  });
});

describe('requests', () => {
  it('hold what they were made of, frame for frame', () => {
    const text = fc.string({ maxLength: 20 });
    const property = fc.property(
      text,
      text,
      octets(255),
      text,
      fc.array(octets(40), { maxLength: 3 }),
      (domain, address, routingId, mechanism, credentials) => {
        const [delimiter, version, , ...rest] = encodeZapRequest(
          { domain, address, routingId },
          { mechanism, credentials },
        );
        expect([delimiter?.length, version?.toString()]).toEqual([0, '1.0']);
        expect(rest).toEqual([
          Buffer.from(domain),
          Buffer.from(address),
          routingId,
          Buffer.from(mechanism),
          ...credentials,
        ]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
