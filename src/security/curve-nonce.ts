// CURVE's short nonces (RFC 26): 64-bit numbers, each higher than the last of the same direction. As two 32-bit halves: no
// BigInt on the way of a message.

import { ProtocolError } from '../errors.js';

const HALF = 2 ** 32;

/** Ours: 1, 2, 3 … The 2^53 that a number can count take three centuries at a million a second. */
export class SendingNonces {
  #last: number;

  constructor(last = 0) {
    this.#last = last;
  }

  /** Writes the next one, 8 octets in network order. */
  write(to: Uint8Array, at: number): void {
    if (this.#last >= Number.MAX_SAFE_INTEGER) throw new Error('no nonce is left for this connection');
    const next = ++this.#last;
    writeHalf(to, at, Math.floor(next / HALF));
    writeHalf(to, at + 4, next >>> 0);
  }
}

/** The peer's: "SHALL verify that a … connection does use correctly incrementing short nonces". */
export class ReceivedNonces {
  #upper = 0;
  #lower = -1;

  /** @throws ProtocolError for one that is not above the last */
  check(data: Buffer, at: number): void {
    const upper = data.readUInt32BE(at);
    const lower = data.readUInt32BE(at + 4);
    if (upper < this.#upper || (upper === this.#upper && lower <= this.#lower)) {
      throw new ProtocolError('nonce-order', 'CURVE: a nonce that is not above the one before');
    }
    this.#upper = upper;
    this.#lower = lower;
  }
}

function writeHalf(to: Uint8Array, at: number, half: number): void {
  to[at] = half >>> 24;
  to[at + 1] = half >>> 16;
  to[at + 2] = half >>> 8;
  to[at + 3] = half;
}
