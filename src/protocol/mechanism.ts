// What a security mechanism is to a Connection (RFC 23 §Security). Implemented in src/security/; one object for each
// connection. A mechanism sees commands and says what to do next; it never sees a socket or a clock.
//
// Whether a peer is welcome is not a mechanism's to say: it asks (`zap`, RFC 27), the Connection carries the question out
// and the answer back in. What a mechanism that encrypts does with frames after the handshake is its `cipher`.

import type { Command } from './command.js';
import type { Properties } from './metadata.js';

/** What a mechanism wants done next. `command` is a whole command body, ready to be framed. */
export type Step =
  | { readonly next: 'wait' }
  | { readonly next: 'send'; readonly command: Buffer }
  /** Nothing of the peer's is read until `zapReply` has been called. */
  | { readonly next: 'zap'; readonly request: ZapRequest }
  /** `run` costs as much as thousands of messages: for when there is time. Nothing of the peer's is read until then. */
  | { readonly next: 'work'; readonly run: () => Step }
  /** The peer is not let in; `command` is the last word to it. */
  | { readonly next: 'refuse'; readonly status: ZapRefusal; readonly command?: Buffer }
  | { readonly next: 'ready'; readonly command?: Buffer; readonly properties: Properties };

/** What a peer shows of itself before it is let in (RFC 27 §Request): see `zapRequest`. Credentials are the mechanism's own. */
export interface ZapRequest {
  readonly mechanism: string;
  /** PLAIN: user name and password. CURVE: the client's long-term public key, 32 bytes, proved. NULL: none. */
  readonly credentials: readonly Buffer[];
}

/** A request that shows its mechanism to whoever prints it, and keeps the credentials, a password maybe, to itself. */
export function zapRequest(mechanism: string, credentials: readonly Buffer[]): ZapRequest {
  return Object.defineProperty({ mechanism }, 'credentials', { value: credentials }) as ZapRequest;
}

/** 300: temporary, 400: denied, 500: internal error. */
export type ZapRefusal = 300 | 400 | 500;

/** The answer (RFC 27 §Reply), whoever gave it. */
export interface ZapReply {
  readonly status: 200 | ZapRefusal;
  /** Empty for none. */
  readonly userId: string;
  /** Of the peer, by name in lower case; they outrank what the peer says of itself. */
  readonly properties: Properties;
  /** Of a refusal: what had gone wrong on our side. */
  readonly cause?: unknown;
}

/** Turns frames into what travels, and back. */
export interface Cipher {
  /** Bytes by which a sealed body is longer. */
  readonly overhead: number;
  /** FLAG_MORE and FLAG_COMMAND of the frame opened last. */
  readonly flags: number;
  /**
   * The body of the frame, whose flags are 0, that stands for this one. Up to COPY_MAX bytes of the writer, which copies
   * them, it lies where the next one will lie, too.
   */
  seal(flags: number, body: Uint8Array): Buffer;
  /** The body of the frame that this one stands for; in the same memory. @throws ProtocolError */
  open(body: Buffer): Buffer;
}

export interface Mechanism {
  /** As it stands in the greeting. */
  readonly name: string;
  readonly asServer: boolean;
  /** Of a mechanism that encrypts, from the step `ready` on: its command READY still goes as it is. */
  readonly cipher?: Cipher | undefined;
  /** Called once, when both greetings have been exchanged. */
  start(): Step;
  receive(command: Command): Step;
  /** After a step `zap`, once. */
  zapReply(reply: ZapReply): Step;
  /** The connection is over: secrets that were made for it are overwritten, and nothing is sealed any more. */
  erase?(): void;
}
