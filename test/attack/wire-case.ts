// A wire case: bytes that a peer sends, and what must come of them. The same whether they arrive whole, byte by byte or cut
// in two at any offset, and whether the socket had bound or connected. Titles begin with the ids of the cases (ids.ts).

import * as wire from '../support/wire.js';

export interface Verdict {
  /**
   * Why the connection ends: the rule that was broken, a system code, or `left` when the peer went in peace. Absent: it does
   * not end, and the peer is served from then on as any other.
   */
  readonly ends?: string;
  /** Messages that reach the application. */
  readonly received?: readonly string[];
  /** What the peer hears beyond the handshake and what the socket says to everybody. */
  readonly answers?: readonly string[];
}

export interface WireCase extends Verdict {
  readonly title: string;
  /** The type of the socket under attack; PULL unless told. */
  readonly on?: string;
  readonly options?: object;
  /** Bytes in front of `bytes`, legal ones, that other cases cut. */
  readonly before: Buffer;
  readonly bytes: Buffer;
  /** What the peer does after its bytes; `silence` lets the time of a handshake pass. */
  readonly after?: 'FIN' | 'RST' | 'silence';
}

type Rest = Omit<WireCase, 'title' | 'before' | 'bytes'>;

/** `latin1`, so that every octet can be written. */
const octets = (bytes: Uint8Array | string): Buffer =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);

/** Bytes from the first octet on. */
export function greets(title: string, bytes: Uint8Array | string, rest: Rest): WireCase {
  return { title, before: Buffer.alloc(0), bytes: octets(bytes), ...rest };
}

/** Bytes after the greeting. */
export function shakes(title: string, bytes: Uint8Array | string, rest: Rest): WireCase {
  return { title, before: wire.greeting(), bytes: octets(bytes), ...rest };
}

/** Bytes after the handshake with a legal peer. */
export function talks(title: string, bytes: Uint8Array | string, rest: Rest = {}): WireCase {
  const ready = wire.ready(wire.PEER_OF[rest.on ?? 'PULL'] as string);
  return { title, before: Buffer.concat([wire.greeting(), ready]), bytes: octets(bytes), ...rest };
}

/** Up to here every offset is cut and every byte travels alone. */
const SMALL = 400;
const BYTEWISE_MAX = 80_000;
const KIB = 1024;

/** The chunks of each run of a case in which it is cut in two. */
export function* cutInTwo({ before, bytes }: WireCase): Generator<Buffer[]> {
  const all = Buffer.concat([before, bytes]);
  for (const offset of offsetsIn(bytes.length, before.length > 0)) {
    const at = before.length + offset;
    yield [all.subarray(0, at), all.subarray(at)];
  }
}

/** Every offset of a small case; of a large one the first and last, those around whole KiB, and some in between. */
function offsetsIn(length: number, withStart: boolean): number[] {
  const offsets = new Set<number>();
  for (let at = withStart ? 0 : 1; at < length; at++) {
    const special = at <= 12 || at >= length - 6 || at % (64 * KIB) <= 1 || at % Math.ceil(length / 6) === 0;
    if (length <= SMALL || special) offsets.add(at);
  }
  return [...offsets];
}

/** The size of the pieces in which a case that is not small arrives; one byte for almost all. */
export function pieceOf({ before, bytes }: WireCase): number {
  return before.length + bytes.length <= BYTEWISE_MAX ? 1 : 1021;
}
