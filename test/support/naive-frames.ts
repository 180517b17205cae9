// The framing of RFC 23 written a second time, as plainly as possible: no views, no fast place, big integers for sizes.
//
// FrameReader is held equal to this for bytes of every kind. Nothing here imports the library but a type.

import type { Violation } from '../../src/errors.js';
import type { WireFrame } from './wire.js';

export interface Decoded {
  frames: WireFrame[];
  violation: Violation | undefined;
  /** Bytes of an unfinished frame at the end. */
  rest: number;
}

export interface Limits {
  message: bigint;
  command: bigint;
}

export function naiveDecode(bytes: Buffer, limits: Limits): Decoded {
  const frames: WireFrame[] = [];
  let at = 0;
  const done = (violation?: Violation): Decoded => ({ frames, violation, rest: bytes.length - at });
  while (at < bytes.length) {
    const flags = bytes[at]!;
    if (!legalFlags(flags)) return done('frame-flags');
    const sizeOctets = flags === 2 || flags === 3 || flags === 6 ? 8 : 1;
    const bodyAt = at + 1 + sizeOctets;
    if (bodyAt > bytes.length) return done();
    const size = bigEndian(bytes.subarray(at + 1, bodyAt));
    if (size > (flags >= 4 ? limits.command : limits.message)) return done('frame-size');
    const end = BigInt(bodyAt) + size;
    if (end > BigInt(bytes.length)) return done();
    frames.push({ flags: flags & ~2, body: Buffer.from(bytes.subarray(bodyAt, Number(end))) });
    at = Number(end);
  }
  return done();
}

/** message-last, message-more, and their long forms; command, short and long. */
function legalFlags(flags: number): boolean {
  return [0, 1, 2, 3, 4, 6].includes(flags);
}

function bigEndian(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = value * 256n + BigInt(octet);
  return value;
}
