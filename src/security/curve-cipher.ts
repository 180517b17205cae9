// CURVE's MESSAGE (RFC 26 §The MESSAGE Command): each frame of traffic travels as one. Made by either end's mechanism when
// the handshake is done; Connection calls it for every frame.
//
//   "\x07MESSAGE" nonce(8) code(16) │ flags(1) body        what stands right of the line is encrypted, flags included

import { ProtocolError } from '../errors.js';
import { decodeCommand } from '../protocol/command.js';
import { FLAG_COMMAND, FLAG_MORE } from '../protocol/frame.js';
import { COPY_MAX } from '../protocol/frame-writer.js';
import type { Cipher } from '../protocol/mechanism.js';
import { BufferView, EMPTY, quoted, view } from '../util/bytes.js';
import type { ReceivedNonces, SendingNonces } from './curve-nonce.js';
import { MAC_BYTES, PIECE, type Sodium } from './sodium.js';

const NAME = Buffer.from('\x07MESSAGE', 'latin1');
const NAME_UPPER = NAME.readUInt32BE(0);
const NAME_LOWER = NAME.readUInt32BE(4);
const NONCE_AT = NAME.length;
const BOX_AT = NONCE_AT + 8;
const FLAGS_AT = BOX_AT + MAC_BYTES;
/** By which a sealed body is longer. */
const OVERHEAD = FLAGS_AT + 1;
/** Of a nonce: the side that sends, then the 8 octets that travel. */
const PREFIX = { client: Buffer.from('CurveZMQMESSAGEC'), server: Buffer.from('CurveZMQMESSAGES') };
const COUNTER_AT = 16;

/** Below this many octets a loop is faster than the call to `TypedArray.set`. */
const LOOP_MAX = 64;

/** Commands have another bit here than in a frame's flags: libzmq's, which RFC 26 does not know. */
const BOX_MORE = 0x01;
const BOX_COMMAND = 0x02;
const BOX_RESERVED = 0xfc;

export class CurveCipher implements Cipher {
  readonly overhead = OVERHEAD;
  flags = 0;
  readonly #sodium: Sodium;
  readonly #key: Buffer;
  readonly #sent: SendingNonces;
  readonly #received: ReceivedNonces;
  readonly #sendPrefix: Buffer;
  readonly #receivePrefix: Buffer;
  #erased = false;

  /** @param key shared by the two short-term keys; becomes the cipher's, which overwrites it in the end */
  constructor(sodium: Sodium, side: 'client' | 'server', key: Buffer, sent: SendingNonces, received: ReceivedNonces) {
    this.#sodium = sodium;
    this.#key = key;
    this.#sent = sent;
    this.#received = received;
    this.#sendPrefix = PREFIX[side];
    this.#receivePrefix = PREFIX[side === 'client' ? 'server' : 'client'];
  }

  seal(flags: number, body: Uint8Array): Buffer {
    if (this.#erased) throw new Error('the connection of this cipher is over');
    const boxFlags = (flags & FLAG_MORE) | ((flags & FLAG_COMMAND) >> 1);
    const size = OVERHEAD + body.length;
    // ★ The fast place: sealed in the library's memory, from where the writer copies. `#sealLarge` is its twin for every
    // size, and tests of both ends compare them.
    if (1 + body.length > PIECE) return this.#sealLarge(boxFlags, body);
    const sodium = this.#sodium;
    const { heap, textAt, nonceAt } = sodium;
    const start = textAt - FLAGS_AT;
    sodium.useKey(this.#key);
    heap.set(this.#sendPrefix, nonceAt);
    heap.set(NAME, start);
    this.#sent.write(heap, start + NONCE_AT);
    heap.copyWithin(nonceAt + COUNTER_AT, start + NONCE_AT, start + BOX_AT);
    heap[textAt] = boxFlags;
    if (body.length < LOOP_MAX) for (let i = 0; i < body.length; i++) heap[textAt + 1 + i] = body[i]!;
    else heap.set(body, textAt + 1);
    sodium.sealText(1 + body.length);
    const sealed = new BufferView(heap.buffer, heap.byteOffset + start, size);
    if (size <= COPY_MAX) return sealed;
    const copy = Buffer.allocUnsafeSlow(size);
    copy.set(sealed);
    return copy;
  }

  open(body: Buffer): Buffer {
    if (body.length < BOX_AT || body.readUInt32BE(0) !== NAME_UPPER || body.readUInt32BE(4) !== NAME_LOWER) {
      throw strange(body);
    }
    if (body.length < OVERHEAD) {
      throw new ProtocolError('message-malformed', `CURVE: a MESSAGE of ${body.length} bytes, less than ${OVERHEAD}`);
    }
    this.#received.check(body, NONCE_AT);
    if (body.length - FLAGS_AT > PIECE) this.#openLarge(body);
    else this.#openSmall(body);
    const boxFlags = body[FLAGS_AT] as number;
    if ((boxFlags & BOX_RESERVED) !== 0 || boxFlags === (BOX_MORE | BOX_COMMAND)) {
      throw new ProtocolError('message-malformed', `CURVE: flags 0x${boxFlags.toString(16)} in a MESSAGE`);
    }
    this.flags = (boxFlags & BOX_MORE) | ((boxFlags & BOX_COMMAND) << 1);
    return body.length === OVERHEAD ? EMPTY : view(body, OVERHEAD, body.length);
  }

  /** Nothing can be sealed any more. */
  erase(): void {
    this.#erased = true;
    this.#sodium.erase(this.#key);
  }

  #sealLarge(boxFlags: number, body: Uint8Array): Buffer {
    const message = Buffer.allocUnsafeSlow(OVERHEAD + body.length);
    message.set(NAME);
    this.#sent.write(message, NONCE_AT);
    message[FLAGS_AT] = boxFlags;
    message.set(body, OVERHEAD);
    this.#setNonce(this.#sendPrefix, message);
    this.#sodium.sealInPlace(view(message, BOX_AT, message.length), this.#key);
    return message;
  }

  #openLarge(body: Buffer): void {
    this.#setNonce(this.#receivePrefix, body);
    if (!this.#sodium.openInPlace(view(body, BOX_AT, body.length), this.#key)) throw closed();
  }

  #openSmall(body: Buffer): void {
    // ★ The fast place for what comes: as `#openLarge`, its twin, and with as few objects as can be.
    const sodium = this.#sodium;
    const { heap, textAt, nonceAt } = sodium;
    const size = body.length - FLAGS_AT;
    sodium.useKey(this.#key);
    heap.set(this.#receivePrefix, nonceAt);
    for (let i = 0; i < BOX_AT - NONCE_AT; i++) heap[nonceAt + COUNTER_AT + i] = body[NONCE_AT + i]!;
    if (size < LOOP_MAX) for (let i = BOX_AT; i < body.length; i++) heap[textAt - FLAGS_AT + i] = body[i]!;
    else heap.set(view(body, BOX_AT, body.length), textAt - MAC_BYTES);
    if (!sodium.openText(size)) throw closed();
    if (size < LOOP_MAX) for (let i = 0; i < size; i++) body[FLAGS_AT + i] = heap[textAt + i]!;
    else body.set(new BufferView(heap.buffer, heap.byteOffset + textAt, size), FLAGS_AT);
  }

  #setNonce(prefix: Buffer, message: Buffer): void {
    const { heap, nonceAt } = this.#sodium;
    heap.set(prefix, nonceAt);
    heap.set(view(message, NONCE_AT, BOX_AT), nonceAt + COUNTER_AT);
  }
}

function closed(): ProtocolError {
  return new ProtocolError('box-closed', 'CURVE: a MESSAGE that was not sealed by the peer, or was changed on its way');
}

/** Not a MESSAGE: whatever else it is, it came in the clear. */
function strange(body: Buffer): ProtocolError {
  const { name } = decodeCommand(body);
  return name === 'MESSAGE'
    ? new ProtocolError('message-malformed', `CURVE: a MESSAGE of ${body.length} bytes, less than ${OVERHEAD}`)
    : new ProtocolError('command-unexpected', `${quoted(name)} in the clear, after the CURVE handshake`);
}
