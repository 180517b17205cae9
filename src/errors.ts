// Every error this library makes, and every code, in one table each.
//
// Two families that never mix. `ZmqError`: an operation of the local program failed; it carries libzmq's `code` and
// `errno` and reaches the caller as a throw or a rejection. `ProtocolError`: a peer broke the protocol; it ends that
// peer's connection, shows in a monitor event, and never reaches a caller of send or receive.

import { node } from './util/node-modules.js';

/** libzmq numbers its own codes from here (zmq.h, ZMQ_HAUSNUMERO). */
const HAUSNUMERO = 156384712;

/** zeromq.js's texts for what a peer does wrong, and for what whoever answers for ZAP does wrong. */
const BROKEN = 'ZMTP protocol error';
const BROKEN_ZAP = 'ZAP protocol error';

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
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EPROTONOSUPPORT: 'Protocol not supported',
  ENAMETOOLONG: 'File name too long',
  ENOTSOCK: 'Socket operation on non-socket',
  ENOTSUP: 'Operation not supported',
  EMFILE: 'Too many open file descriptors',
  EMSGSIZE: 'Message too long',
  EFAULT: 'Context is closed',
  EHOSTUNREACH: 'Host unreachable',
  EPIPE: 'Broken pipe',
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
  const platform = node.os.constants.errno as Record<string, number>;
  return OWN_NUMBERS[code as ErrorCode] ?? platform[code] ?? 0;
}

/**
 * A failed operation of the local program. `message` is libzmq's text for the code, word for word as zeromq.js has it;
 * what was wrong with which value, and what to do, is in `detail` and in the first line of `stack`. The classes below tell
 * the kinds apart for `instanceof`; `name` stays "Error", as in zeromq.js.
 */
export class ZmqError extends Error {
  /** A libzmq or system error name. */
  declare code: string;
  /** Its number, positive. */
  declare errno: number;
  /** The endpoint, for bind, unbind, connect and disconnect. */
  declare address?: string;
  /** What was wrong and what to do, where there is more to say than `message` does. Not enumerable. */
  declare readonly detail?: string;

  constructor(code: string, message: string, address?: string, detail?: string) {
    super(detail === undefined ? message : `${message}: ${detail}`);
    if (detail !== undefined) shorten(this, message, detail);
    // In zeromq.js's order, which is the one that is printed.
    this.errno = errnoOf(code);
    this.code = code;
    if (address !== undefined) this.address = address;
  }
}

/** The time given for an operation is over (EAGAIN). */
export class TimeoutError extends ZmqError {}
/** The socket or observer is closed (EBADF, ENOTSOCK), or was closed while the operation waited (EAGAIN). */
export class ClosedError extends ZmqError {}
/** Another operation is in progress (EBUSY). */
export class BusyError extends ZmqError {}
/** Not the socket's turn: REQ and REP alternate between sending and receiving (EFSM). */
export class StateError extends ZmqError {}
/** Nothing this socket type or this system does (ENOTSUP, EPROTONOSUPPORT, ENOCOMPATPROTO). */
export class UnsupportedError extends ZmqError {}
/** A value that is malformed or out of range (EINVAL). */
export class InvalidArgumentError extends ZmqError {}
/** No such peer (EHOSTUNREACH). */
export class UnreachableError extends ZmqError {}
/** Too many or too much (EMFILE, EMSGSIZE). */
export class LimitError extends ZmqError {}
/** An endpoint that cannot be used: taken, unknown, not allowed, too long (EADDRINUSE, ENOENT, EACCES, …). */
export class EndpointError extends ZmqError {}

const CLASSES: Partial<Record<string, typeof ZmqError>> = {
  EAGAIN: TimeoutError,
  EBADF: ClosedError,
  ENOTSOCK: ClosedError,
  EBUSY: BusyError,
  EFSM: StateError,
  ENOTSUP: UnsupportedError,
  EPROTONOSUPPORT: UnsupportedError,
  ENOCOMPATPROTO: UnsupportedError,
  EINVAL: InvalidArgumentError,
  EHOSTUNREACH: UnreachableError,
  EMFILE: LimitError,
  EMSGSIZE: LimitError,
};

/** V8 writes the stack with the message it finds when the stack is first read: hence read it first. */
function shorten(error: Error, message: string, detail: string): void {
  void error.stack;
  Object.defineProperty(error, 'message', { value: message, writable: true, configurable: true });
  Object.defineProperty(error, 'detail', { value: detail, configurable: true });
}

/**
 * @param code the error's name
 * @param detail what was wrong and what to do; `message` stays libzmq's text
 * @param address the endpoint concerned
 */
export function zmqError(code: ErrorCode, detail?: string, address?: string): ZmqError {
  return new (CLASSES[code] ?? EndpointError)(code, MESSAGES[code], address, detail);
}

/** As `zmqError`, with the detail in `message` too: where zeromq.js has nothing to be compared with, or only a number. */
export function explainedError(code: ErrorCode, detail: string, address?: string): ZmqError {
  const error = new (CLASSES[code] ?? EndpointError)(code, `${MESSAGES[code]}: ${detail}`, address);
  return Object.defineProperty(error, 'detail', { value: detail, configurable: true });
}

/** The error of what waited when its socket was closed. */
export function closedError(): ZmqError {
  return new ClosedError('EAGAIN', MESSAGES.EAGAIN);
}

/** The error of a receive on a socket type that only sends, or the reverse. */
export function unsupported(operation: 'send' | 'receive', socketType: string): ZmqError {
  return zmqError('ENOTSUP', `${socketType} sockets do not ${operation}`);
}

/** An EBUSY whose text says which rule was broken, as zeromq.js words it. */
export function busyError(message: string): ZmqError {
  return new BusyError('EBUSY', message);
}

/** A value of the wrong kind: zeromq.js's text in `message`, the value in `detail` and `stack`. */
export function typeError(message: string, detail: string): TypeError {
  const error = new TypeError(`${message}: ${detail}`);
  shorten(error, message, detail);
  return error;
}

/** Turns an error of Node's `net`, `dns` or `fs` into a ZmqError with libzmq's text for the code. */
export function systemError(error: NodeJS.ErrnoException, address: string): ZmqError {
  const code = error.code ?? 'EINVAL';
  const text = (MESSAGES as Record<string, string>)[code] ?? error.message;
  return new (CLASSES[code] ?? EndpointError)(code, text, address);
}

/** For errors of a transport: its own as they are, and the system's with libzmq's text. */
export function asZmqError(error: NodeJS.ErrnoException, address: string): ZmqError {
  return error instanceof ZmqError ? error : systemError(error, address);
}

/**
 * What a peer can do wrong: a name for each violation, the code that zeromq.js programs know for it, and whether a
 * dialler may try again (`retry: false`: the same greeting would fail in the same way).
 */
export const VIOLATIONS = {
  'greeting-signature': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'greeting-version': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'greeting-role': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'greeting-mechanism': { code: 'ERR_ZMTP_MECHANISM_MISMATCH', retry: true },
  'frame-flags': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'frame-size': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'message-parts': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'message-early': { code: 'ERR_ZMTP_INVALID_SEQUENCE', retry: true },
  'command-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED', retry: true },
  'command-unexpected': { code: 'ERR_ZMTP_UNEXPECTED_COMMAND', retry: true },
  'hello-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_HELLO', retry: true },
  'welcome-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_WELCOME', retry: true },
  'initiate-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_INITIATE', retry: true },
  'ready-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_READY', retry: true },
  'error-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_ERROR', retry: true },
  'message-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_MESSAGE', retry: true },
  /** A box that does not open: other keys, or other bytes, than it was made with. */
  'box-closed': { code: 'ERR_ZMTP_CRYPTOGRAPHIC', retry: true },
  /** The vouch is for another key, or for another server. */
  'vouch-mismatch': { code: 'ERR_ZMTP_KEY_EXCHANGE', retry: true },
  'nonce-order': { code: 'ERR_ZMTP_INVALID_SEQUENCE', retry: true },
  'metadata-limit': { code: 'ERR_ZMTP_INVALID_METADATA', retry: true },
  'metadata-malformed': { code: 'ERR_ZMTP_INVALID_METADATA', retry: true },
  'routing-id': { code: 'ERR_ZMTP_INVALID_METADATA', retry: true },
  'socket-type': { code: 'ERR_ZMTP_INVALID_METADATA', retry: false },
  /** Not the peer's fault: this socket takes no further peer, or its routing id is taken. It may come again. */
  'peer-refused': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'peer-error': { code: 'ERR_ZMTP_UNSPECIFIED', retry: false },
  'ping-malformed': { code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED', retry: true },
  'subscription-limit': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  /** Not the peer's fault: more connections were in their handshake than may be, and this was the oldest. */
  'handshake-evicted': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'handshake-timeout': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  'peer-silent': { code: 'ERR_ZMTP_UNSPECIFIED', retry: true },
  // Not the peer's fault either: nobody who could let it in gave a proper answer (RFC 27).
  'zap-no-answer': { code: 'ERR_ZAP_UNSPECIFIED', retry: true },
  'zap-malformed-reply': { code: 'ERR_ZAP_MALFORMED_REPLY', retry: true },
  'zap-version': { code: 'ERR_ZAP_BAD_VERSION', retry: true },
  'zap-request-id': { code: 'ERR_ZAP_BAD_REQUEST_ID', retry: true },
  'zap-status-code': { code: 'ERR_ZAP_INVALID_STATUS_CODE', retry: true },
  'zap-metadata': { code: 'ERR_ZAP_INVALID_METADATA', retry: true },
} as const;

/** The rules that a peer can break, by name. */
export type Violation = keyof typeof VIOLATIONS;
/** All names that zeromq.js has, whether there is a violation for each or not: programs compare with them. */
/** @inline */
export type ProtocolErrorCode =
  | 'ERR_ZMTP_UNSPECIFIED'
  | 'ERR_ZMTP_UNEXPECTED_COMMAND'
  | 'ERR_ZMTP_INVALID_SEQUENCE'
  | 'ERR_ZMTP_KEY_EXCHANGE'
  | 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED'
  | 'ERR_ZMTP_MALFORMED_COMMAND_MESSAGE'
  | 'ERR_ZMTP_MALFORMED_COMMAND_HELLO'
  | 'ERR_ZMTP_MALFORMED_COMMAND_INITIATE'
  | 'ERR_ZMTP_MALFORMED_COMMAND_ERROR'
  | 'ERR_ZMTP_MALFORMED_COMMAND_READY'
  | 'ERR_ZMTP_MALFORMED_COMMAND_WELCOME'
  | 'ERR_ZMTP_INVALID_METADATA'
  | 'ERR_ZMTP_CRYPTOGRAPHIC'
  | 'ERR_ZMTP_MECHANISM_MISMATCH'
  | 'ERR_ZAP_UNSPECIFIED'
  | 'ERR_ZAP_MALFORMED_REPLY'
  | 'ERR_ZAP_BAD_REQUEST_ID'
  | 'ERR_ZAP_BAD_VERSION'
  | 'ERR_ZAP_INVALID_STATUS_CODE'
  | 'ERR_ZAP_INVALID_METADATA';

/**
 * A peer broke the protocol; its connection is closed. `violation` names the rule, `code` is zeromq.js's name for it,
 * `message` its text, and `detail`, also in the first line of `stack`, says what the peer did.
 */
export class ProtocolError extends Error {
  /** The rule that the peer broke. */
  readonly violation: Violation;
  /** zeromq.js's name for it. */
  readonly code: ProtocolErrorCode;
  /** What the peer did. */
  declare readonly detail: string;

  constructor(violation: Violation, detail: string) {
    const { code } = VIOLATIONS[violation];
    const message = code.startsWith('ERR_ZAP') ? BROKEN_ZAP : BROKEN;
    super(`${message}: ${detail}`);
    this.name = 'ProtocolError';
    shorten(this, message, detail);
    this.violation = violation;
    this.code = code;
  }
}

const REFUSALS = { 300: 'Temporary error', 400: 'Authentication failure', 500: 'Internal error' } as const;

/**
 * A peer was not let in, or did not let us in (RFC 27); its connection is closed. `message` is zeromq.js's text for the
 * status; `detail`, also in the first line of `stack`, says who refused whom. Shows in the event `handshake:error:auth`.
 * Where an `authenticator` has failed, `cause` is what it threw.
 */
export class AuthError extends Error {
  /** ZAP's: 300 temporary, 400 refused, 500 internal. */
  readonly status: 300 | 400 | 500;
  /** Who refused whom. */
  declare readonly detail: string;

  constructor(status: 300 | 400 | 500, detail: string, cause?: unknown) {
    super(`${REFUSALS[status]}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'AuthError';
    shorten(this, REFUSALS[status], detail);
    this.status = status;
  }
}

/** What a peer is to blame for, or was refused for: it ends that peer's connection and nothing else. */
export function isPeerFault(error: unknown): error is ProtocolError | AuthError {
  return error instanceof ProtocolError || error instanceof AuthError;
}

/** For TypeErrors about a value of the wrong kind: a short, safe picture of it. */
export function describe(value: unknown): string {
  return node.util.inspect(value, {
    depth: 0,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: 80,
    maxArrayLength: 8,
  });
}
