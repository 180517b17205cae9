// How a peer is told that it is not let in, and what we make of being told (RFC 23 §ERROR, RFC 27 §Status codes); and of
// what it says out of turn.

import { AuthError, ProtocolError } from '../errors.js';
import { type Command, decodeError, encodeError } from '../protocol/command.js';
import type { Step, ZapRefusal } from '../protocol/mechanism.js';
import { quoted } from '../util/bytes.js';

const STATUS = /^[345]00$/;

/** Denied and internal errors are told by their number, as libzmq does; after a temporary one the peer shall just try again. */
export function refusal(status: ZapRefusal): Step {
  return status === 300 ? { next: 'refuse', status } : { next: 'refuse', status, command: encodeError(`${status}`) };
}

/** What an ERROR command says. @throws ProtocolError when it is malformed */
export function refused(data: Buffer): AuthError | ProtocolError {
  const reason = decodeError(data);
  if (STATUS.test(reason)) return new AuthError(Number(reason) as ZapRefusal, 'the peer did not let us in');
  return new ProtocolError('peer-error', `the peer refused us: ${quoted(reason)}`);
}

export function unexpected(mechanism: string, { name }: Command): ProtocolError {
  return new ProtocolError('command-unexpected', `command ${quoted(name)} out of place in the ${mechanism} handshake`);
}
