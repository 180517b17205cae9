// Bytes for property tests: streams that are mostly ZMTP, wrong in all the ways a peer can be wrong, cut anywhere.
//
// Bodies are full of octets that mean something in a header, so that a decoder that loses its place reads on happily
// and gives wrong frames instead of an error.

import fc from 'fast-check';
import { COMMAND, command, commandBody, frame, longFrame, MORE, ping } from './wire.js';

const headerLike = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0xff, 0x41);

/** Bytes that look like headers, or any bytes. */
export const octets = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.oneof(fc.uint8Array({ maxLength }), fc.array(headerLike, { maxLength })).map((bytes) => Buffer.from(bytes));

/** Mostly short; now and then across the border between the two forms of a frame. */
export const body: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 8, arbitrary: octets(12) },
  { weight: 1, arbitrary: octets(300) },
  { weight: 1, arbitrary: fc.constantFrom(0, 254, 255, 256, 257).map((size) => Buffer.alloc(size, 1)) },
);

export const messageFlags = fc.constantFrom(0, MORE);

const form = fc.constantFrom(frame, longFrame);

/** A legal message frame, in either form. */
export const messageFrame: fc.Arbitrary<Buffer> = fc
  .tuple(form, messageFlags, body)
  .map(([write, flags, bytes]) => write(flags, bytes));

/** A legal frame of any kind; a command's body may still be malformed. */
export const anyFrame: fc.Arbitrary<Buffer> = fc
  .tuple(form, fc.constantFrom(0, MORE, COMMAND), body)
  .map(([write, flags, bytes]) => write(flags, bytes));

/** A size that nobody should believe. */
export const hugeFrame: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(0, MORE, COMMAND), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), octets(6))
  .map(([flags, size, bytes]) => longFrame(flags, bytes, size));

const commandName = fc.constantFrom('PING', 'PONG', 'SUBSCRIBE', 'CANCEL', 'READY', 'ERROR', 'ready', 'NEW', 'X');

export const anyCommand: fc.Arbitrary<Buffer> = fc.oneof(
  fc.tuple(commandName, octets(20)).map(([name, data]) => command(name, data)),
  fc.tuple(fc.nat(0xffff), octets(16)).map(([ttl, context]) => ping(ttl, context)),
);

/** Commands that keep a connection going: PING, PONG, subscriptions, the unknown. */
export const harmlessCommand: fc.Arbitrary<Buffer> = fc.oneof(
  fc.tuple(fc.nat(0xffff), octets(16)).map(([ttl, context]) => ping(ttl, context)),
  fc
    .tuple(fc.constantFrom('PONG', 'SUBSCRIBE', 'CANCEL', 'NEW'), octets(20))
    .map(([name, data]) => longFrame(COMMAND, commandBody(name, data))),
);

/** Joined pieces of one kind or another. */
export const streamOf = (...kinds: fc.Arbitrary<Buffer>[]): fc.Arbitrary<Buffer> =>
  fc.array(fc.oneof(...kinds), { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));

/** The sizes of chunks, over and over; none for one chunk. Small ones find the places inside and right behind a header. */
export const sizes: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 }) },
  ),
  { maxLength: 6 },
);

/** The bytes in chunks of their own memory, of these sizes in turn. */
export function cutInto(bytes: Buffer, chunkSizes: readonly number[]): Buffer[] {
  if (!chunkSizes.some((size) => size > 0)) return [Buffer.from(bytes)];
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + chunkSizes[i % chunkSizes.length]!;
    chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return chunks;
}
