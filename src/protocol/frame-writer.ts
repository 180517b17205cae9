// Frames in, bytes out: the encoder of RFC 23 §Framing. Called by Connection; drained by Session.
//
// Small bodies are copied behind their header into one chunk, so that thousands of messages cost the kernel one write;
// large bodies are passed on by reference. Bytes that were taken never change until `written` says that nobody needs them any
// more; a busy connection then fills one chunk over and over, whose memory is warm.

import { view } from '../util/bytes.js';
import { FLAG_LONG, LONG_HEADER, SHORT_HEADER, SHORT_MAX } from './frame.js';

/** A chunk's size once the connection is busy. */
export const CHUNK = 64 * 1024;
/** A chunk's size at first: an idle connection should cost little. Doubles whenever a chunk fills up. */
const FIRST_CHUNK = 512;
/** Bodies above this many bytes are not copied. */
export const COPY_MAX = 8 * 1024;
/** The amount of pending bytes that asks for a flush: before a frame that is copied needs another chunk. */
export const FULL = CHUNK - COPY_MAX - LONG_HEADER;
/** Below this many bytes a loop is faster than the call to `TypedArray.set`. */
const LOOP_MAX = 32;

export class FrameWriter {
  #chunk: Buffer;
  /** Where the bytes not yet sealed or taken begin, and where the next byte goes. */
  #start = 0;
  #at = 0;
  #chunkSize = FIRST_CHUNK;
  #sealed: Buffer[] = [];
  #sealedBytes = 0;

  constructor() {
    this.#chunk = Buffer.allocUnsafeSlow(FIRST_CHUNK);
  }

  /** Bytes written and not yet taken. */
  get pending(): number {
    return this.#sealedBytes + this.#at - this.#start;
  }

  /** Enough is pending that it should be taken now. */
  get full(): boolean {
    return this.#sealedBytes + this.#at - this.#start >= FULL;
  }

  /** Appends one frame. `flags` is FLAG_MORE, FLAG_COMMAND or 0; the size form is chosen here. */
  write(flags: number, body: Uint8Array): void {
    const size = body.length;
    // ★ The fast place: a frame that is copied into the chunk and fits it. `#slowWrite` is its twin for every frame, and a
    // property test holds both to the same bytes.
    const chunk = this.#chunk;
    let at = this.#at;
    if (size <= SHORT_MAX) {
      if (at + SHORT_HEADER + size <= chunk.length) {
        chunk[at++] = flags;
        chunk[at++] = size;
        if (size < LOOP_MAX) for (let i = 0; i < size; i++) chunk[at + i] = body[i]!;
        else chunk.set(body, at);
        this.#at = at + size;
        return;
      }
    } else if (size <= COPY_MAX && at + LONG_HEADER + size <= chunk.length) {
      chunk[at] = flags | FLAG_LONG;
      for (let i = 1; i < LONG_HEADER - 2; i++) chunk[at + i] = 0;
      chunk[at + LONG_HEADER - 2] = size >> 8;
      chunk[at + LONG_HEADER - 1] = size & 0xff;
      at += LONG_HEADER;
      chunk.set(body, at);
      this.#at = at + size;
      return;
    }
    this.#slowWrite(flags, body);
  }

  /** Appends bytes that are not a frame: the greeting. */
  raw(bytes: Buffer): void {
    this.#writeBody(bytes);
  }

  /** All pending bytes, in order; the caller owns them now. */
  take(): Buffer[] {
    this.#seal();
    const taken = this.#sealed;
    this.#sealed = [];
    this.#sealedBytes = 0;
    return taken;
  }

  /** All that was taken is with the system: the chunk may be filled anew. */
  written(): void {
    if (this.#sealedBytes > 0 || this.#at > this.#start) return;
    this.#start = 0;
    this.#at = 0;
  }

  #slowWrite(flags: number, body: Uint8Array): void {
    this.#writeHeader(flags, body.length);
    this.#writeBody(body);
  }

  #writeHeader(flags: number, size: number): void {
    this.#reserve(LONG_HEADER);
    if (size <= SHORT_MAX) {
      this.#chunk[this.#at++] = flags;
      this.#chunk[this.#at++] = size;
      return;
    }
    this.#chunk[this.#at] = flags | FLAG_LONG;
    this.#chunk.writeUInt32BE(Math.floor(size / 0x1_0000_0000), this.#at + 1);
    this.#chunk.writeUInt32BE(size >>> 0, this.#at + 5);
    this.#at += LONG_HEADER;
  }

  #writeBody(body: Uint8Array): void {
    if (body.length > COPY_MAX) {
      this.#seal();
      this.#sealed.push(asBuffer(body));
      this.#sealedBytes += body.length;
      return;
    }
    this.#reserve(body.length);
    this.#chunk.set(body, this.#at);
    this.#at += body.length;
  }

  /** Makes room for `size` contiguous bytes. */
  #reserve(size: number): void {
    if (this.#at + size <= this.#chunk.length) return;
    this.#seal();
    if (this.#chunkSize < CHUNK) this.#chunkSize *= 2;
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(this.#chunkSize, size));
    this.#start = 0;
    this.#at = 0;
  }

  #seal(): void {
    if (this.#at === this.#start) return;
    this.#sealed.push(view(this.#chunk, this.#start, this.#at));
    this.#sealedBytes += this.#at - this.#start;
    this.#start = this.#at;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
