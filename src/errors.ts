// Every error this library makes, and every code, in one table each.
//
// Two families that never mix. `ZmqError`: an operation of the local program failed; it carries libzmq's `code` and
// `errno` and reaches the caller as a throw or a rejection. `ProtocolError`: a peer broke the protocol; it ends that
// peer's connection, shows in a monitor event, and never reaches a caller of send or receive.

import { constants } from 'node:os';
import { inspect } from 'node:util';

/** libzmq numbers its own codes from here (zmq.h, ZMQ_HAUSNUMERO). */
const HAUSNUMERO = 156384712;

/** Code → the text users of libzmq and zeromq.js see. Platform codes take their number from the operating system. */
const MESSAGES = {
  EAGAIN: 'Operation was not possible or timed out',
  EBADF: 'Socket is closed',
  EBUSY: 'Socket is busy',
  EINVAL: 'Invalid argument',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EACCES: 'Permission denied',
  ENODEV: 'No such device',
  ENOENT: 'No such endpoint',
  EPROTONOSUPPORT: 'Protocol not supported',
  ENAMETOOLONG: 'File name too long',
  ENOTSOCK: 'Socket operation on non-socket',
  ENOTSUP: 'Operation not supported',
  EMFILE: 'Too many open file descriptors',
  EMSGSIZE: 'Message too long',
  EFAULT: 'Context is closed',
  EHOSTUNREACH: 'Host unreachable',
  ECONNRESET: 'Connection reset by peer',
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EFSM: 'Operation cannot be accomplished in current state',
  ENOCOMPATPROTO: 'The protocol is not compatible with the socket type',
  ETERM: 'Context was terminated',
} as const;

export type ErrorCode = keyof typeof MESSAGES;

const OWN_NUMBERS: Partial<Record<ErrorCode, number>> = {
  EFSM: HAUSNUMERO + 51,
  ENOCOMPATPROTO: HAUSNUMERO + 52,
  ETERM: HAUSNUMERO + 53,
};

function errnoOf(code: string): number {
  const platform = constants.errno as Record<string, number>;
  return OWN_NUMBERS[code as ErrorCode] ?? platform[code] ?? 0;
}

/**
 * A failed operation of the local program. `code` is a libzmq or system error name, `errno` its positive number,
 * `address` the endpoint for bind, unbind, connect and disconnect.
 */
export class ZmqError extends Error {
  declare code: string;
  declare errno: number;
  declare address?: string;

  constructor(code: string, message: string, address?: string) {
    super(message);
    this.code = code;
    this.errno = errnoOf(code);
    if (address !== undefined) this.address = address;
  }
}

/**
 * @param code the error's name
 * @param detail what was wrong and what to do; appended to libzmq's text
 * @param address the endpoint concerned
 */
export function zmqError(code: ErrorCode, detail?: string, address?: string): ZmqError {
  return new ZmqError(code, detail === undefined ? MESSAGES[code] : `${MESSAGES[code]}: ${detail}`, address);
}

/** The error of a receive on a socket type that only sends, or the reverse. */
export function unsupported(operation: 'send' | 'receive', socketType: string): ZmqError {
  return zmqError('ENOTSUP', `${socketType} sockets do not ${operation}`);
}

/** An EBUSY whose text says which rule was broken, as zeromq.js words it. */
export function busyError(message: string): ZmqError {
  return new ZmqError('EBUSY', message);
}

/** Turns an error of Node's `net`, `dns` or `fs` into a ZmqError with libzmq's text for the code. */
export function systemError(error: NodeJS.ErrnoException, address: string): ZmqError {
  const code = error.code ?? 'EINVAL';
  const text = (MESSAGES as Record<string, string>)[code] ?? error.message;
  return new ZmqError(code, text, address);
}

/**
 * What a peer can do wrong: a name for each violation, the code that zeromq.js programs know for it, and whether a
 * dialler may try again (`retry: false`: the same greeting would fail in the same way).
 */
export const VIOLATIONS = {
  'greeting-signature': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'greeting-version': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'greeting-mechanism': { code: 'ERR_ZMTP_MECHANISM_MISMATCH', retry: true },
  'frame-flags': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'frame-size': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'message-parts': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'message-early': { code: 'ERR_ZMTP_INVALID_SEQUENCE', retry: true },
  'command-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED', retry: true },
  'command-unexpected': { code: 'ERR_ZMTP_UNEXPECTED_COMMAND', retry: true },
  'ready-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_READY', retry: true },
  'error-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_ERROR', retry: true },
  'metadata-malformed': { code: 'ERR_ZMTP_INVALID_METADATA', retry: true },
  'routing-id': { code: 'ERR_ZMTP_INVALID_METADATA', retry: true },
  'socket-type': { code: 'ERR_ZMTP_INVALID_METADATA', retry: false },
  /** Not the peer's fault: this socket takes no further peer, or its routing id is taken. It may come again. */
  'peer-refused': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'peer-error': { code: 'ERR_ZMTP_UNSPECIFIED', retry: false },
  'ping-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED', retry: true },
  'subscription-limit': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'handshake-timeout': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'peer-silent': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
} as const;

export type Violation = keyof typeof VIOLATIONS;
export type ProtocolErrorCode = (typeof VIOLATIONS)[Violation]['code'];

/** A peer broke the protocol; its connection is closed. `violation` names the rule, `code` is zeromq.js's name for it. */
export class ProtocolError extends Error {
  readonly violation: Violation;
  readonly code: ProtocolErrorCode;

  constructor(violation: Violation, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.violation = violation;
    this.code = VIOLATIONS[violation].code;
  }
}

/** For TypeErrors about a value of the wrong kind: a short, safe picture of it. */
export function describe(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80, maxArrayLength: 8 });
}
