/**
 * Frames as the peer driver knows them. Small bodies travel through the driver as base64. A large body is described by
 * a size and a seed and generated on whichever side sends it; the side that receives it reports size and SHA-256, so a
 * 20 MiB body costs a line of JSON. The generator, SHAKE-128 of the seed, is in Node and in Python alike.
 */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';

/** A body that either side can generate. */
export class Body {
  readonly size: number;
  readonly seed: string;
  #bytes: Buffer | undefined;

  constructor(size: number, seed = `body of ${size}`) {
    this.size = size;
    this.seed = seed;
  }

  get bytes(): Buffer {
    // shake128 refuses an output of no octets in some OpenSSL versions.
    const shake = () => createHash('shake128', { outputLength: this.size }).update(this.seed).digest();
    this.#bytes ??= this.size === 0 ? Buffer.alloc(0) : shake();
    return this.#bytes;
  }
}

/** What the receiving peer process says about a body too large to send back through the driver. */
export interface Digest {
  size: number;
  sha256: string;
}

/** A frame to send. */
export type Frame = string | Buffer | Body;
/** A frame as received, on our side or on the peer's. */
export type Received = Buffer | Digest;
/** A frame inside a driver command or answer. */
export type WireFrame = string | { size: number; seed: string } | Digest;

export function bytesOf(frame: Frame): Buffer {
  if (frame instanceof Body) return frame.bytes;
  return typeof frame === 'string' ? Buffer.from(frame) : frame;
}

export function encodeFrame(frame: Frame): WireFrame {
  return frame instanceof Body ? { size: frame.size, seed: frame.seed } : bytesOf(frame).toString('base64');
}

export function decodeFrame(wire: WireFrame): Received {
  return typeof wire === 'string' ? Buffer.from(wire, 'base64') : (wire as Digest);
}

/** A frame that the test must read, such as a routing id: those are never large. */
export function smallFrame(frame: Received | undefined): Buffer {
  if (!Buffer.isBuffer(frame)) throw new Error(`Expected a small frame, got ${JSON.stringify(frame)}`);
  return frame;
}

/** Same frames, same number, same contents: by value when short, by size and hash when not. */
export function expectFrames(received: readonly Received[], sent: readonly Frame[]): void {
  expect(received.map(fingerprint)).toEqual(sent.map(fingerprint));
}

export function expectMessages(received: readonly (readonly Received[])[], sent: readonly (readonly Frame[])[]): void {
  expect(received.map((message) => message.map(fingerprint))).toEqual(sent.map((message) => message.map(fingerprint)));
}

function fingerprint(frame: Frame | Received): string {
  if (!Buffer.isBuffer(frame) && typeof frame === 'object' && 'sha256' in frame) return `${frame.size} ${frame.sha256}`;
  const bytes = bytesOf(frame);
  if (bytes.length <= SHOWN) return JSON.stringify(bytes.toString('latin1'));
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Must not exceed what the peers send back by value (`BY_VALUE` in both peer scripts). */
const SHOWN = 128;
