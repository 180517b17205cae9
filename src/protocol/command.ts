// Command bodies: a name and its data (RFC 23 §Commands, RFC 37 for SUBSCRIBE, CANCEL, PING and PONG).

import { ProtocolError } from '../errors.js';
import { quoted, view } from '../util/bytes.js';

export interface Command {
  readonly name: string;
  readonly data: Buffer;
}

export function encodeCommand(name: string, data: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(1 + name.length + data.length);
  body[0] = name.length;
  body.write(name, 1, 'latin1');
  body.set(data, 1 + name.length);
  return body;
}

/**
 * How the PLAIN server of libzmq up to 4.3.5 begins ERROR: its source has "\x5ERROR", of which C takes the E for a digit of the
 * escape. Read as the name it stands for, as the clients of that libzmq do.
 */
const LIBZMQ_PLAIN_ERROR = Buffer.from('^RROR');

/** Splits a command frame's body. Names are letters only and are compared exactly. */
export function decodeCommand(body: Buffer): Command {
  const size = body[0] ?? 0;
  if (size === LIBZMQ_PLAIN_ERROR[0] && body.subarray(0, LIBZMQ_PLAIN_ERROR.length).equals(LIBZMQ_PLAIN_ERROR)) {
    return { name: 'ERROR', data: view(body, LIBZMQ_PLAIN_ERROR.length, body.length) };
  }
  if (size === 0 || 1 + size > body.length) {
    throw new ProtocolError('command-malformed', `command body of ${body.length} bytes holds no name of ${size} bytes`);
  }
  const name = body.toString('latin1', 1, 1 + size);
  if (!/^[A-Za-z]+$/.test(name)) {
    throw new ProtocolError('command-malformed', `command name ${quoted(name)} is not made of letters`);
  }
  return { name, data: view(body, 1 + size, body.length) };
}

/** ERROR carries a reason of up to 255 printable octets. */
export function encodeError(reason: string): Buffer {
  const text = Buffer.from(reason, 'latin1').subarray(0, 255);
  return encodeCommand('ERROR', Buffer.concat([Buffer.of(text.length), text]));
}

export function decodeError(data: Buffer): string {
  const size = data[0];
  if (size === undefined || size !== data.length - 1) {
    throw new ProtocolError('error-malformed', 'the reason in an ERROR command does not fill it');
  }
  return data.toString('latin1', 1);
}
