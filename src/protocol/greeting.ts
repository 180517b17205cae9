// The greeting: the first 64 octets each way (RFC 23 §Greeting, RFC 37 for minor version 1).
//
//   signature 0xFF 8*OCTET 0x7F | version major minor | mechanism 20 octets | as-server | filler 31 octets
//
// Every octet is judged as it arrives: an HTTP client is refused at its first byte, not after 64.

import { ProtocolError } from '../errors.js';
import { quoted } from '../util/bytes.js';

export const GREETING_SIZE = 64;
const VERSION_MAJOR = 3;
const VERSION_MINOR = 1;
const MECHANISM_AT = 12;
const MECHANISM_SIZE = 20;
const AS_SERVER_AT = 32;

export interface Greeting {
  /** Minor protocol version: 0 for ZMTP 3.0, 1 or more for 3.1. Peers of a higher major version speak 3.1 to us. */
  readonly minor: number;
  readonly mechanism: string;
  readonly asServer: boolean;
  /**
   * The signature's padding holds a ZMTP 1.0 length, as libzmq and its ports fill it; by the RFC it says nothing. We take
   * it as a hint for the one deviation of theirs that bytes alone do not show (`PeerInfo.subscriptionsAreASet`).
   */
  readonly libzmqStyle: boolean;
}

export function encodeGreeting(mechanism: string, asServer: boolean): Buffer {
  const bytes = Buffer.alloc(GREETING_SIZE);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = VERSION_MAJOR;
  bytes[11] = VERSION_MINOR;
  bytes.write(mechanism, MECHANISM_AT, 'latin1');
  bytes[AS_SERVER_AT] = asServer ? 1 : 0;
  return bytes;
}

/** Collects and checks the peer's greeting. */
export class GreetingReader {
  readonly #bytes = Buffer.alloc(GREETING_SIZE);
  #size = 0;

  /** Takes what belongs to the greeting and returns how many octets of `chunk` that were. */
  feed(chunk: Buffer): number {
    const from = this.#size;
    const taken = chunk.copy(this.#bytes, from, 0, GREETING_SIZE - from);
    this.#size += taken;
    for (let at = from; at < this.#size; at++) checkOctet(at, this.#bytes[at]!);
    return taken;
  }

  /** The greeting, once all 64 octets are here. */
  get greeting(): Greeting | undefined {
    if (this.#size < GREETING_SIZE) return undefined;
    const major = this.#bytes[10]!;
    return {
      minor: major > VERSION_MAJOR ? VERSION_MINOR : this.#bytes[11]!,
      mechanism: this.#mechanism(),
      // A NULL peer's as-server "MUST be zero", yet it means nothing there and is not checked: bit 0 decides.
      asServer: (this.#bytes[AS_SERVER_AT]! & 1) === 1,
      libzmqStyle: this.#bytes.readUInt32BE(1) === 0 && this.#bytes.readUInt32BE(5) > 0,
    };
  }

  #mechanism(): string {
    const field = this.#bytes.toString('latin1', MECHANISM_AT, MECHANISM_AT + MECHANISM_SIZE);
    const name = field.replace(/\0+$/, '');
    if (!/^[A-Z0-9\-_.+]+$/.test(name)) {
      throw new ProtocolError('greeting-mechanism', `mechanism name ${quoted(name)} is malformed`);
    }
    return name;
  }
}

/** @throws ProtocolError when the peer's greeting does not go with ours */
export function checkGreeting(peer: Greeting, own: { readonly name: string; readonly asServer: boolean }): void {
  if (peer.mechanism !== own.name) {
    throw new ProtocolError('greeting-mechanism', `the peer's mechanism is ${peer.mechanism}, ours is ${own.name}`);
  }
  // Two clients cannot be told so: libzmq's servers do not set the bit (RFC 23 wants it), nor do NULL's mean anything.
  if (own.asServer && peer.asServer && own.name !== 'NULL') {
    throw new ProtocolError('greeting-role', `the peer is a server of ${own.name}, and so are we`);
  }
}

function checkOctet(at: number, octet: number): void {
  if ((at === 0 && octet !== 0xff) || (at === 9 && (octet & 1) === 0)) {
    throw new ProtocolError('greeting-signature', `octet ${at} of the greeting is 0x${octet.toString(16)}: not ZMTP`);
  }
  if (at === 10 && octet < VERSION_MAJOR) {
    throw new ProtocolError('greeting-version', `the peer speaks ZMTP ${octet}, version 3 is the oldest accepted`);
  }
}
