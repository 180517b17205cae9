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
 * A split body up to this many bytes gets its whole buffer at once and is filled in place; a larger one only if the peer has
 * sent as many bytes before. Else it is collected as the chunks it came in and joined when complete, so that an announced
 * size costs nothing until its bytes arrive.
 */
export const EAGER_BODY = 256 * 1024;
/** The most that bytes sent before are good for. */
export const EARNED_MAX = 32 * 1024 * 1024;
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
  /** For errors: where these limits come from. */
  messageRule = 'option maxHandshakeFrameSize';
  commandRule = 'option maxHandshakeFrameSize';

  /** Bytes, headers among them, that were copied out of the chunks that brought them, as a sum; of all others there may be views. */
  copied = 0;

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
  /** What the largest body that gets its buffer at once may take: EAGER_BODY and the bytes received, within bounds. */
  #eagerMax = EAGER_BODY;

  /** Reserved flags are ignored, as libzmq does. */
  readonly #lenient: boolean;

  constructor(messageLimit: number, commandLimit: number, lenient = false) {
    this.messageLimit = messageLimit;
    this.commandLimit = commandLimit;
    this.#lenient = lenient;
  }

  push(chunk: Buffer): void {
    if (this.#eagerMax < EARNED_MAX) this.#eagerMax += chunk.length;
    this.#chunk = chunk;
    this.#memory = chunk.buffer;
    this.#offset = chunk.byteOffset;
    this.#at = 0;
  }

  next(): boolean {
    // ★ The fast place: a message frame that lies whole in the chunk. `#slowNext` is its twin for every frame, and a
    // property test feeds both the same bytes.
    const chunk = this.#chunk;
    const at = this.#at;
    if (this.#betweenFrames && at + 1 < chunk.length) {
      const flags = chunk[at]!;
      const long = (flags & FLAG_LONG) !== 0;
      const from = at + (long ? LONG_HEADER : SHORT_HEADER);
      const size = long ? shortEnough(chunk, at) : chunk[at + 1]!;
      if (flags <= (FLAG_MORE | FLAG_LONG) && from + size <= chunk.length && size <= this.messageLimit) {
        this.flags = flags & FLAG_MORE;
        // A frame of nothing shares one body: 65,536 of them then cost a peer more than they cost us.
        this.body = size === 0 ? EMPTY : new BufferView(this.#memory, this.#offset + from, size);
        this.#at = from + size;
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
    const flags = checkedFlags(this.#chunk[this.#at]!, this.#lenient);
    const headerSize = headerSizeOf(flags);
    if (left < headerSize) {
      this.#chunk.copy(this.#header, 0, this.#at);
      this.#header[0] = flags;
      this.#headerSize = left;
      this.copied += left;
      this.#betweenFrames = false;
      return this.#drained();
    }
    const size = this.#checkedSize(flags, this.#chunk, this.#at);
    this.#at += headerSize;
    this.copied += headerSize;
    return this.#startBody(flags, size);
  }

  #continueHeader(): boolean {
    const flags = this.#header[0]!;
    const headerSize = headerSizeOf(flags);
    const taken = this.#chunk.copy(this.#header, this.#headerSize, this.#at, this.#at + headerSize - this.#headerSize);
    this.#at += taken;
    this.copied += taken;
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
    if (size <= this.#eagerMax) this.#eager = Buffer.allocUnsafeSlow(size);
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
      this.copied += size;
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
    const [kind, rule] = command ? ['command', this.commandRule] : ['message', this.messageRule];
    throw new ProtocolError(
      'frame-size',
      `${kind} frame of ${size} bytes is over the limit of ${limit} bytes (${rule})`,
    );
  }

  /** What was handed out is with whoever took it: a connection that falls silent holds no message. */
  #drained(): false {
    this.body = EMPTY;
    this.#chunk = EMPTY;
    this.#memory = EMPTY.buffer;
    this.#at = 0;
    return false;
  }
}

/** A size that three octets can name, of a long header; larger bodies, and cut-off headers, are for the slow path. */
function shortEnough(chunk: Buffer, at: number): number {
  if (at + LONG_HEADER > chunk.length) return Number.MAX_SAFE_INTEGER;
  const high = chunk[at + 1]! | chunk[at + 2]! | chunk[at + 3]! | chunk[at + 4]! | chunk[at + 5]!;
  return high === 0 ? (chunk[at + 6]! << 16) | (chunk[at + 7]! << 8) | chunk[at + 8]! : Number.MAX_SAFE_INTEGER;
}

function headerSizeOf(flags: number): number {
  return (flags & FLAG_LONG) === 0 ? SHORT_HEADER : LONG_HEADER;
}

function checkedFlags(octet: number, lenient: boolean): number {
  const flags = octet & ~FLAGS_RESERVED;
  if (flags !== octet && !lenient) {
    throw new ProtocolError('frame-flags', `reserved bits set in frame flags 0x${octet.toString(16)}`);
  }
  if ((flags & FLAG_COMMAND) !== 0 && (flags & FLAG_MORE) !== 0) {
    throw new ProtocolError('frame-flags', 'a command frame has the MORE flag');
  }
  return flags;
}
