// PLAIN's HELLO (RFC 24): `command-size "HELLO" OCTET username OCTET password`, each octet the length of what follows.

import { ProtocolError } from '../errors.js';
import { view } from '../util/bytes.js';

export function encodeHello(username: Buffer, password: Buffer): Buffer {
  return Buffer.concat([Buffer.of(username.length), username, Buffer.of(password.length), password]);
}

/** The user name and the password, which fill the command. @throws ProtocolError; it never quotes either */
export function decodeHello(data: Buffer): readonly [username: Buffer, password: Buffer] {
  const usernameEnd = 1 + (data[0] ?? 0);
  const passwordSize = data[usernameEnd];
  if (passwordSize === undefined || usernameEnd + 1 + passwordSize !== data.length) {
    const text = `a HELLO of ${data.length} bytes that a user name and a password do not fill`;
    throw new ProtocolError('hello-malformed', `PLAIN: ${text}`);
  }
  return [view(data, 1, usernameEnd), view(data, usernameEnd + 1, data.length)];
}
