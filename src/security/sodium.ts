// libsodium's box (X25519, XSalsa20 and Poly1305) by the raw exports of its WebAssembly build. Used by CURVE's handshake, where
// it is called as NaCl is documented, and by curve-cipher.ts, which works in the library's own memory.
//
// All of that memory is taken once, at the start. It never grows, whatever peers send: what does not fit goes through it in
// pieces. Whatever was secret there is overwritten by the next call, or by `erase`.

import { copyOf } from '../util/bytes.js';
import { node } from '../util/node-modules.js';

/** Numbers are addresses or sizes; a 64-bit size comes as its lower and its upper half. */
export interface RawSodium {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _sodium_init(): number;
  _crypto_scalarmult_base(publicKey: number, secretKey: number): number;
  _crypto_box_beforenm(key: number, publicKey: number, secretKey: number): number;
  _crypto_box_easy_afternm(box: number, text: number, size: number, upper: number, nonce: number, key: number): number;
  _crypto_box_open_easy_afternm(
    text: number,
    box: number,
    size: number,
    upper: number,
    nonce: number,
    key: number,
  ): number;
  _crypto_stream_xsalsa20_xor_ic(
    to: number,
    from: number,
    size: number,
    upper: number,
    nonce: number,
    block: number,
    blockUpper: number,
    key: number,
  ): number;
  _crypto_onetimeauth_poly1305_statebytes(): number;
  _crypto_onetimeauth_poly1305_init(state: number, key: number): number;
  _crypto_onetimeauth_poly1305_update(state: number, text: number, size: number, upper: number): number;
  _crypto_onetimeauth_poly1305_final(state: number, mac: number): number;
}

export const KEY_BYTES = 32;
/** By which a box is longer than what is in it; it stands in front. */
export const MAC_BYTES = 16;

/** What goes through the memory at once, in octets: fits a second-level cache, and holds a message of 64 KiB; a multiple of BLOCK. */
export const PIECE = 128 * 1024;
const BLOCK = 64;
/** Room in front of a box for what its sender puts there. */
const HEAD = 48;

export class Sodium {
  /** The library's memory. */
  readonly heap: Uint8Array;
  /** Where a nonce goes, NONCE_BYTES. */
  readonly nonceAt: number;
  /** Where what is to be sealed goes, up to PIECE; its box, once it is sealed, begins MAC_BYTES before. */
  readonly textAt: number;
  readonly #raw: RawSodium;
  readonly #crypto = node.crypto;
  readonly #keyAt: number;
  readonly #firstAt: number;
  readonly #secondAt: number;
  readonly #stateAt: number;
  readonly #macAt: number;
  /** Whose bytes are at `#keyAt`. */
  #key: Uint8Array | undefined;

  constructor(raw: RawSodium) {
    if (raw._sodium_init() < 0) throw new Error('libsodium does not start');
    const stateSize = raw._crypto_onetimeauth_poly1305_statebytes();
    const sizes = [KEY_BYTES, KEY_BYTES, KEY_BYTES, KEY_BYTES, MAC_BYTES, stateSize, HEAD + MAC_BYTES + PIECE + BLOCK];
    let at = raw._malloc(sizes.reduce((sum, size) => sum + aligned(size), BLOCK));
    if (at === 0) throw new Error('libsodium has no memory');
    at = aligned(at);
    const places = sizes.map((size) => {
      const place = at;
      at += aligned(size);
      return place;
    });
    [this.#keyAt, this.#firstAt, this.#secondAt, this.nonceAt, this.#macAt, this.#stateAt] = places as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.textAt = (places[6] as number) + HEAD + MAC_BYTES;
    this.heap = raw.HEAPU8;
    this.#raw = raw;
  }

  /** The public key of a secret one. */
  publicKey(secretKey: Uint8Array): Buffer {
    this.heap.set(secretKey, this.#firstAt);
    this.#raw._crypto_scalarmult_base(this.#secondAt, this.#firstAt);
    return this.#take(this.#secondAt, KEY_BYTES, this.#firstAt);
  }

  /** The key of all boxes between the owners of two keys. Undefined for a public key of low order, with which it would be no secret. */
  sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Buffer | undefined {
    this.heap.set(publicKey, this.#firstAt);
    this.heap.set(secretKey, this.#secondAt);
    const { heap } = this;
    const keyAt = this.#keyAt;
    this.#key = undefined;
    const failed = this.#raw._crypto_box_beforenm(keyAt, this.#firstAt, this.#secondAt) !== 0;
    heap.fill(0, this.#secondAt, this.#secondAt + KEY_BYTES);
    const key = this.#take(keyAt, KEY_BYTES, keyAt);
    return failed ? undefined : key;
  }

  /** A box. @param text of any size */
  seal(text: Uint8Array, nonce: Uint8Array, key: Uint8Array): Buffer {
    const box = Buffer.allocUnsafeSlow(MAC_BYTES + text.length);
    box.set(text, MAC_BYTES);
    this.heap.set(nonce, this.nonceAt);
    this.sealInPlace(box, key);
    return box;
  }

  /** What is in a box, of any size; undefined when it was not made with this key and this nonce. */
  open(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Buffer | undefined {
    if (box.length < MAC_BYTES) return undefined;
    const opened = copyOf(box);
    this.heap.set(nonce, this.nonceAt);
    return this.openInPlace(opened, key) ? opened.subarray(MAC_BYTES) : undefined;
  }

  /** Makes a box of the text that follows room for a code, under the nonce at `nonceAt`. */
  sealInPlace(box: Buffer, key: Uint8Array): void {
    this.useKey(key);
    const { heap, textAt } = this;
    const size = box.length - MAC_BYTES;
    if (size > PIECE) {
      this.#firstBlock();
      this.#eachPiece(box, true, true);
      const code = this.#code();
      box.set(heap.subarray(code, code + MAC_BYTES));
      return;
    }
    heap.set(box.subarray(MAC_BYTES), textAt);
    this.sealText(size);
    box.set(heap.subarray(textAt - MAC_BYTES, textAt + size));
  }

  /** The reverse; the text then stands behind the code. False, and nothing has changed, for a box that does not open. */
  openInPlace(box: Buffer, key: Uint8Array): boolean {
    this.useKey(key);
    const { heap, textAt } = this;
    const size = box.length - MAC_BYTES;
    if (size > PIECE) {
      this.#firstBlock();
      this.#eachPiece(box, false, true);
      const code = this.#code();
      if (!this.#crypto.timingSafeEqual(heap.subarray(code, code + MAC_BYTES), box.subarray(0, MAC_BYTES)))
        return false;
      this.#eachPiece(box, true, false);
      return true;
    }
    heap.set(box, textAt - MAC_BYTES);
    if (!this.openText(size)) return false;
    box.set(heap.subarray(textAt, textAt + size), MAC_BYTES);
    return true;
  }

  /** For what follows. */
  useKey(key: Uint8Array): void {
    if (this.#key === key) return;
    this.heap.set(key, this.#keyAt);
    this.#key = key;
  }

  /** Seals the text at `textAt`, up to PIECE, under the nonce at `nonceAt` and the key in use. */
  sealText(size: number): void {
    const { textAt, nonceAt } = this;
    this.#raw._crypto_box_easy_afternm(textAt - MAC_BYTES, textAt, size, 0, nonceAt, this.#keyAt);
  }

  /** Opens the box in front of `textAt`. */
  openText(size: number): boolean {
    const { textAt, nonceAt } = this;
    const boxSize = size + MAC_BYTES;
    return this.#raw._crypto_box_open_easy_afternm(textAt, textAt - MAC_BYTES, boxSize, 0, nonceAt, this.#keyAt) === 0;
  }

  /** Overwrites a key, and where it was used last what is left of it and of what it sealed or opened. */
  erase(key: Uint8Array): void {
    key.fill(0);
    if (this.#key !== key) return;
    this.#key = undefined;
    this.heap.fill(0, this.#keyAt, this.#keyAt + KEY_BYTES);
    this.heap.fill(0, this.textAt - MAC_BYTES, this.textAt + PIECE);
  }

  // A box too large for the memory: what crypto_box does (NaCl, "secretbox"), piece by piece. The first 32 octets of the
  // key stream are the key of the code, the rest goes over the text. Held equal to crypto_box by a property test.

  #firstBlock(): void {
    const { heap, textAt } = this;
    heap.fill(0, textAt, textAt + BLOCK);
    this.#crypt(BLOCK, 0);
    this.#raw._crypto_onetimeauth_poly1305_init(this.#stateAt, textAt);
  }

  /** Goes over the text of a box; the code is over what is sealed, hence after `crypt`, or without it. */
  #eachPiece(box: Buffer, crypt: boolean, authenticate: boolean): void {
    const { heap, textAt } = this;
    // Half a block of the key stream has been used.
    let skipped = BLOCK / 2;
    for (let at = MAC_BYTES, block = 0; at < box.length; block += PIECE / BLOCK) {
      const size = Math.min(PIECE - skipped, box.length - at);
      const from = textAt + skipped;
      heap.set(box.subarray(at, at + size), from);
      if (crypt) this.#crypt(skipped + size, block);
      if (authenticate) this.#raw._crypto_onetimeauth_poly1305_update(this.#stateAt, from, size, 0);
      if (crypt) box.set(heap.subarray(from, from + size), at);
      at += size;
      skipped = 0;
    }
  }

  #crypt(size: number, block: number): void {
    const { textAt, nonceAt } = this;
    this.#raw._crypto_stream_xsalsa20_xor_ic(textAt, textAt, size, 0, nonceAt, block, 0, this.#keyAt);
  }

  /** Where the code is. */
  #code(): number {
    this.#raw._crypto_onetimeauth_poly1305_final(this.#stateAt, this.#macAt);
    return this.#macAt;
  }

  #take(at: number, size: number, wipe: number): Buffer {
    const taken = copyOf(this.heap.subarray(at, at + size));
    this.heap.fill(0, wipe, wipe + size);
    return taken;
  }
}

function aligned(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
