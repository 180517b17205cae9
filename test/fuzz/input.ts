// One input of the fuzzer: what a peer sends to which kind of connection, how it is cut, and what our side does meanwhile.
// It is plain data, so that a finding can be written to a file, replayed, and kept as a test.

import type { SocketType } from '../../src/protocol/socket-types.js';

/** A change to bytes that are not known yet. Places count from the start and wrap around. */
export type Edit =
  | { readonly op: 'xor'; readonly at: number; readonly value: number }
  | { readonly op: 'cut'; readonly at: number; readonly size: number }
  | { readonly op: 'double'; readonly at: number; readonly size: number }
  | { readonly op: 'insert'; readonly at: number; readonly bytes: Buffer };

/**
 * What an honest peer would say at this place, then edited: the answer to what it has heard so far ('turn'), or a message, subscription
 * or PING of its own. What CURVE sends can be had in no other way.
 */
export interface Spoken {
  readonly say: 'turn' | 'message' | 'subscribe' | 'cancel' | 'ping';
  readonly parts: readonly Buffer[];
  readonly edits: readonly Edit[];
}

export type Piece = Buffer | Spoken;

/** What our own side does, between two chunks. */
export const DEEDS = ['send', 'subscribe', 'cancel', 'congest', 'drain', 'pause', 'resume', 'wait', 'close'] as const;
export type Deed = (typeof DEEDS)[number];

/** What is said when a mechanism asks whether the peer may come in: at once, after the next bytes, never; or no, at once. */
export const ANSWERS = ['now', 'later', 'never', 'no'] as const;
export type Answer = (typeof ANSWERS)[number];

export interface Input {
  readonly target: string;
  readonly socketType: SocketType;
  readonly maxMessageSize: number;
  readonly admit: Answer;
  readonly pieces: readonly Piece[];
  /** Sizes of the chunks in the second delivery, over and over. */
  readonly cuts: readonly number[];
  /** Whether the receiver goes on after each message of the second delivery, over and over; always when empty. */
  readonly answers: readonly boolean[];
  /** What our side does after each chunk of a third delivery, over and over; no such delivery when empty. */
  readonly deeds: readonly Deed[];
}

/** Bytes of the peer that are known beforehand. */
export function knownSize(input: Input): number {
  return input.pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : 0), 0);
}

export function edited(bytes: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce(applied, bytes);
}

function applied(bytes: Buffer, edit: Edit): Buffer {
  const at = bytes.length === 0 ? 0 : edit.at % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (edit.op) {
    case 'xor': {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = changed[at]! ^ edit.value;
      return changed;
    }
    case 'cut':
      return Buffer.concat([before, after.subarray(edit.size)]);
    case 'double':
      return Buffer.concat([before, after.subarray(0, edit.size), after]);
    case 'insert':
      return Buffer.concat([before, edit.bytes, after]);
  }
}

/** As JSON, with bytes in hex. */
export function written(input: Input): string {
  const text = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
      ? Buffer.from((value as unknown as { data: number[] }).data).toString('hex')
      : value;
  return `${JSON.stringify(input, text, 2)}\n`;
}

/** @throws Error when the text is no input */
export function read(text: string): Input {
  const input = JSON.parse(text) as { [key in keyof Input]: unknown } & { pieces: unknown[] };
  if (typeof input.target !== 'string' || !Array.isArray(input.pieces)) throw new Error('not an input of the fuzzer');
  return { ...input, pieces: input.pieces.map(readPiece) } as Input;
}

function readPiece(piece: unknown): Piece {
  if (typeof piece === 'string') return hex(piece);
  const { say, parts, edits } = piece as { say: Spoken['say']; parts: string[]; edits: (Edit | { bytes: string })[] };
  const readEdit = (edit: Edit | { bytes: string }): Edit =>
    'bytes' in edit ? ({ ...edit, bytes: hex(edit.bytes as string) } as Edit) : edit;
  return { say, parts: parts.map(hex), edits: edits.map(readEdit) };
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
