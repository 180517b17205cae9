// Bytes in, frames out: the decoder of RFC 23 §Framing as a pull cursor. Called by Connection only.
//
//   push(chunk)   hands over the next bytes, in any split; legal only after next() said false
//   next()        true: `flags` and `body` hold the next frame; false: more bytes are needed
//
// A body inside one chunk is a view of that chunk. A body that spans chunks goes into one buffer of its own. Memory held
// never exceeds the bytes received plus EAGER_BODY, whatever size a header announces; only joining a large body takes
// its size once more, for a moment.

import { ProtocolError } from '../errors.js';
import { BufferView, EMPTY, view } from '../util/bytes.js';
import { FLAG_COMMAND, FLAG_LONG, FLAG_MORE, FLAGS_RESERVED, LONG_HEADER, SHORT_HEADER } from './frame.js';

/**
 * A split body up to this many bytes gets its whole buffer at once and is filled in place; a larger one is collected
 * as the chunks it came in and joined when complete, so that an announced size costs nothing until its bytes arrive.
 */
export const EAGER_BODY = 256 * 1024;
/** A smaller piece of a large body costs more as an object than as bytes: such pieces are gathered in blocks of this size. */
const PIECE_MIN = 4096;

export class FrameReader {
  /** FLAG_MORE and FLAG_COMMAND of the current frame; FLAG_LONG is already consumed. */
  flags = 0;
  body: Buffer = EMPTY;
  /** The largest body accepted in a message frame, in bytes. */
  messageLimit: number;
  /** The largest body accepted in a command frame, in bytes. */
  commandLimit: number;

  #chunk: Buffer = EMPTY;
  #at = 0;
  /** The chunk's memory and where it begins there, taken once: `chunk.buffer` is a call out of compiled code. */
  #memory: ArrayBufferLike = EMPTY.buffer;
  #offset = 0;
  /** Nothing of an unfinished frame is held. */
  #betweenFrames = true;
  /** A header cut off by the end of a chunk: at most 8 of its 9 octets. */
  readonly #header: Buffer = Buffer.alloc(LONG_HEADER);
  #headerSize = 0;
  /** A body cut off by the end of a chunk: its buffer (small) or its chunks (large), and how much of it is here. */
  #eager: Buffer | undefined;
  #pieces: Buffer[] | undefined;
  #block: Buffer | undefined;
  #blockSize = 0;
  #size = 0;
  #filled = 0;

  constructor(messageLimit: number, commandLimit: number) {
    this.messageLimit = messageLimit;
    this.commandLimit = commandLimit;
  }

  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#memory = chunk.buffer;
    this.#offset = chunk.byteOffset;
    this.#at = 0;
  }

  next(): boolean {
    // ★ The fast place: a short message frame that lies whole in the chunk. `#slowNext` is its twin for every frame,
    // and a property test feeds both the same bytes.
    const chunk = this.#chunk;
    const at = this.#at;
    if (this.#betweenFrames && at + 1 < chunk.length) {
      const flags = chunk[at]!;
      const end = at + SHORT_HEADER + chunk[at + 1]!;
      if (flags <= FLAG_MORE && end <= chunk.length && end - at - SHORT_HEADER <= this.messageLimit) {
        this.flags = flags;
        // A frame of nothing shares one body: 65,536 of them then cost a peer more than they cost us.
        if (end === at + SHORT_HEADER) this.body = EMPTY;
        else this.body = new BufferView(this.#memory, this.#offset + at + SHORT_HEADER, end - at - SHORT_HEADER);
        this.#at = end;
        return true;
      }
    }
    return this.#slowNext();
  }

  /** Bytes of an unfinished frame held back, for tests and counters. */
  get held(): number {
    return this.#headerSize + (this.#eager?.length ?? this.#filled);
  }

  /** Lets go of everything held. */
  clear(): void {
    this.#drained();
    this.#eager = undefined;
    this.#pieces = undefined;
    this.#block = undefined;
  }

  #slowNext(): boolean {
    if (this.#eager !== undefined || this.#pieces !== undefined) return this.#continueBody();
    if (this.#at >= this.#chunk.length) return this.#drained();
    return this.#headerSize > 0 ? this.#continueHeader() : this.#startFrame();
  }

  #startFrame(): boolean {
    const left = this.#chunk.length - this.#at;
    const flags = checkedFlags(this.#chunk[this.#at]!);
    const headerSize = headerSizeOf(flags);
    if (left < headerSize) {
      this.#chunk.copy(this.#header, 0, this.#at);
      this.#headerSize = left;
      this.#betweenFrames = false;
      return this.#drained();
    }
    const size = this.#checkedSize(flags, this.#chunk, this.#at);
    this.#at += headerSize;
    return this.#startBody(flags, size);
  }

  #continueHeader(): boolean {
    const flags = this.#header[0]!;
    const headerSize = headerSizeOf(flags);
    const taken = this.#chunk.copy(this.#header, this.#headerSize, this.#at, this.#at + headerSize - this.#headerSize);
    this.#at += taken;
    this.#headerSize += taken;
    if (this.#headerSize < headerSize) return this.#drained();
    this.#headerSize = 0;
    return this.#startBody(flags, this.#checkedSize(flags, this.#header, 0));
  }

  #startBody(flags: number, size: number): boolean {
    this.flags = flags & (FLAG_MORE | FLAG_COMMAND);
    const end = this.#at + size;
    if (end <= this.#chunk.length) {
      this.body = size === 0 ? EMPTY : new BufferView(this.#memory, this.#offset + this.#at, size);
      this.#at = end;
      this.#betweenFrames = true;
      return true;
    }
    this.#betweenFrames = false;
    this.#size = size;
    if (size <= EAGER_BODY) this.#eager = Buffer.allocUnsafeSlow(size);
    else this.#pieces = [];
    return this.#continueBody();
  }

  #continueBody(): boolean {
    const end = Math.min(this.#chunk.length, this.#at + this.#size - this.#filled);
    if (end > this.#at) this.#keep(end);
    if (this.#filled < this.#size) return this.#drained();
    this.#sealBlock();
    this.body = this.#eager ?? Buffer.concat(this.#pieces as Buffer[], this.#size);
    this.#eager = undefined;
    this.#pieces = undefined;
    this.#filled = 0;
    this.#betweenFrames = true;
    return true;
  }

  #keep(end: number): void {
    const size = end - this.#at;
    this.#filled += size;
    if (this.#eager !== undefined) {
      this.#chunk.copy(this.#eager, this.#filled - size, this.#at, end);
    } else if (size >= PIECE_MIN) {
      this.#sealBlock();
      (this.#pieces as Buffer[]).push(view(this.#chunk, this.#at, end));
    } else {
      this.#gather(end);
    }
    this.#at = end;
  }

  #gather(end: number): void {
    for (let at = this.#at; at < end; ) {
      this.#block ??= Buffer.allocUnsafeSlow(PIECE_MIN);
      const copied = this.#chunk.copy(this.#block, this.#blockSize, at, end);
      this.#blockSize += copied;
      at += copied;
      if (this.#blockSize === PIECE_MIN) this.#sealBlock();
    }
  }

  #sealBlock(): void {
    if (this.#block === undefined) return;
    (this.#pieces as Buffer[]).push(view(this.#block, 0, this.#blockSize));
    this.#block = undefined;
    this.#blockSize = 0;
  }

  #checkedSize(flags: number, header: Buffer, at: number): number {
    const command = (flags & FLAG_COMMAND) !== 0;
    const limit = command ? this.commandLimit : this.messageLimit;
    // A size of 2^53 or more loses its last bits as a number and is still far above every limit.
    const size =
      (flags & FLAG_LONG) === 0
        ? header[at + 1]!
        : header.readUInt32BE(at + 1) * 0x1_0000_0000 + header.readUInt32BE(at + 5);
    if (size <= limit) return size;
    const kind = command ? 'command' : 'message';
    throw new ProtocolError('frame-size', `${kind} frame of ${size} bytes is over the limit of ${limit} bytes`);
  }

  #drained(): false {
    this.#chunk = EMPTY;
    this.#memory = EMPTY.buffer;
    this.#at = 0;
    return false;
  }
}

function headerSizeOf(flags: number): number {
  return (flags & FLAG_LONG) === 0 ? SHORT_HEADER : LONG_HEADER;
}

function checkedFlags(flags: number): number {
  if ((flags & FLAGS_RESERVED) !== 0) {
    throw new ProtocolError('frame-flags', `reserved bits set in frame flags 0x${flags.toString(16)}`);
  }
  if ((flags & FLAG_COMMAND) !== 0 && (flags & FLAG_MORE) !== 0) {
    throw new ProtocolError('frame-flags', 'a command frame has the MORE flag');
  }
  return flags;
}
