/**
 * The one message format of the demo, for requests, replies and events alike: three frames, [label, seal, payload].
 * The label is `client/verb` (an event's label is its PUB/SUB topic too); the seal is the message's number and a CRC-32
 * over label, number and payload. Both libraries carry the same bytes, so both are checked by the same code.
 */

import { crc32 } from 'node:zlib';

export type Verb = 'sync' | 'request' | 'end' | 'reply' | 'ready' | 'event';

export interface Opened {
  client: string;
  verb: string;
  number: number;
  payload: Buffer;
  /** The checksum fits: label, number and payload are what the sender sealed. */
  intact: boolean;
}

export function seal(client: string, verb: Verb, number: number, payload: Buffer = EMPTY): Buffer[] {
  const label = Buffer.from(`${client}/${verb}`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(number, 0);
  head.writeUInt32BE(checksum(label, head, payload), 4);
  return [label, head, payload];
}

/** Throws when the frames are not three, or the seal is not 8 bytes: then nothing can be said about the number. */
export function open(frames: Buffer[]): Opened {
  const [label, head, payload] = frames;
  if (frames.length !== 3 || !label || head?.length !== 8 || !payload) {
    throw new Error(
      `received frames of ${frames.map((frame) => frame.length).join(', ')} bytes: no message of this demo`,
    );
  }
  const text = label.toString();
  const slash = text.lastIndexOf('/');
  return {
    client: text.slice(0, slash),
    verb: text.slice(slash + 1),
    number: head.readUInt32BE(0),
    payload,
    intact: checksum(label, head, payload) === head.readUInt32BE(4),
  };
}

/**
 * The payload of message `number`: 0 to 1000 bytes for most, and now and then one of 70 000, larger than a socket read
 * of 64 KiB, so that all paths of framing are walked. A view into one pattern: making it costs nothing.
 */
export function payloadOf(number: number): Buffer {
  const length = number % 400 === 0 ? 70_000 : (number * 97) % 1001;
  const start = (number * 31) % (PATTERN.length - length);
  return PATTERN.subarray(start, start + length);
}

function checksum(label: Buffer, head: Buffer, payload: Buffer): number {
  const sum = crc32(head.subarray(0, 4), crc32(label));
  // Not of an empty payload: zlib forgets the sum so far if the buffer's address is null, as an empty one's may be.
  return payload.length > 0 ? crc32(payload, sum) : sum;
}

const EMPTY = Buffer.alloc(0);
const PATTERN = pattern(80_000);

/** Bytes without a short period (a 32-bit LCG's upper byte), the same in every process. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
