// The messages of ZAP (RFC 27): what a server asks about a peer, and what whoever answers may say. Pure; core/zap-client.ts
// carries them. A reply is let through only if all of it is as it has to be: anything else is no answer, and lets nobody in.
//
//   request  1.0 | request id | domain | address | routing id | mechanism | credentials…
//   reply    1.0 | request id | status code | status text | user id | metadata
//
// An empty frame goes before each, on the wire.

import { ProtocolError, type Violation } from '../errors.js';
import type { ZapReply, ZapRequest } from '../protocol/mechanism.js';
import { decodeMetadata, type Properties } from '../protocol/metadata.js';
import { EMPTY, quoted } from '../util/bytes.js';

/** Where whoever answers binds, in `inproc://`. */
export const ZAP_NAME = 'zeromq.zap.01';
/** RFC 27: all strings are at most 255 characters. */
export const USER_ID_MAX = 255;
const VERSION = '1.0';
/** Each question has a pipe of its own, and needs no other name; libzmq's servers give it this one. */
const REQUEST_ID = '1';
const REPLY_FRAMES = 7;

/** Who is asking about whom. */
export interface ZapContext {
  /** The server's option `zapDomain`; empty for none. */
  readonly domain: string;
  /** The peer's IP address; `localhost` over transports without. */
  readonly address: string;
  /** The server's own, as libzmq sends it: the peer's is not known yet. */
  readonly routingId: Buffer;
}

/** All frames of a request, the delimiter among them. */
export function encodeZapRequest({ domain, address, routingId }: ZapContext, request: ZapRequest): Buffer[] {
  const { mechanism, credentials } = request;
  const head = [VERSION, REQUEST_ID, domain, address].map((text) => Buffer.from(text));
  return [EMPTY, ...head, Buffer.from(routingId), Buffer.from(mechanism), ...credentials];
}

/**
 * @param frames the delimiter among them
 * @throws ProtocolError when this is no answer to our request
 */
export function decodeZapReply(frames: readonly Buffer[]): ZapReply {
  if (frames.length !== REPLY_FRAMES || frames[0]?.length !== 0) {
    throw fault('zap-malformed-reply', `6 frames behind an empty one are a reply; these are ${frames.length}`);
  }
  const [, version, id, code, , userId, metadata] = frames as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  if (version.toString('latin1') !== VERSION) throw fault('zap-version', `version ${picture(version)}`);
  if (id.toString('latin1') !== REQUEST_ID) throw fault('zap-request-id', `nobody asked ${picture(id)}`);
  return { status: statusOf(code), userId: userIdOf(userId), properties: propertiesOf(metadata) };
}

function statusOf(code: Buffer): ZapReply['status'] {
  const text = code.toString('latin1');
  if (/^[2345]00$/.test(text)) return Number(text) as ZapReply['status'];
  throw fault('zap-status-code', `a status is 200, 300, 400 or 500, not ${picture(code)}`);
}

/** What is no UTF-8 could not be told from another user's id once it is text. */
function userIdOf(bytes: Buffer): string {
  if (bytes.length > USER_ID_MAX) {
    throw fault('zap-malformed-reply', `a user id has at most ${USER_ID_MAX} bytes, not ${bytes.length}`);
  }
  const text = utf8(bytes);
  if (text === undefined) throw fault('zap-malformed-reply', 'a user id is text in UTF-8');
  return text;
}

function propertiesOf(metadata: Buffer): Properties {
  try {
    return decodeMetadata(metadata);
  } catch (error) {
    throw fault('zap-metadata', (error as ProtocolError).detail);
  }
}

/** The text of some bytes; undefined where they are the bytes of none. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function fault(violation: Violation, what: string): ProtocolError {
  return new ProtocolError(violation, `the ZAP handler's reply: ${what}`);
}

function picture(bytes: Buffer): string {
  return quoted(bytes.toString('latin1'), 20);
}
