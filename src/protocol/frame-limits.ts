// What a frame may have, before the handshake is done and after it, in the open and sealed. Used by Connection.

import { ProtocolError } from '../errors.js';
import { FLAG_COMMAND, FLAG_MORE } from './frame.js';
import type { FrameReader } from './frame-reader.js';
import type { ConnectionLimits } from './limits.js';
import type { Cipher } from './mechanism.js';
import { type SocketType, takesSubscriptions } from './socket-types.js';

/** Bytes of a command after the handshake, where it cannot be a subscription. */
export const COMMAND_MAX = 64 * 1024;
/** Bytes of a subscription beside its topic: room for the command's name. */
export const COMMAND_NAME_MAX = 16;

/** After the handshake. */
export function commandLimitOf(socketType: SocketType, { topicSize }: ConnectionLimits): number {
  return takesSubscriptions(socketType) ? COMMAND_NAME_MAX + topicSize : COMMAND_MAX;
}

/**
 * For the next frame. One that is sealed looks like a message until it is opened, whatever it holds; RFC 26 makes a command
 * of it, libzmq a message.
 * @param room what is left of `maxMessageSize`
 */
export function limitFrames(reader: FrameReader, room: number, commandLimit: number, cipher: Cipher | undefined): void {
  if (cipher === undefined) {
    reader.messageLimit = room;
    reader.commandLimit = commandLimit;
  } else {
    reader.messageLimit = Math.max(room, commandLimit) + cipher.overhead;
    reader.commandLimit = reader.messageLimit;
  }
}

/** What a sealed frame stands for; its flags are the cipher's. @throws ProtocolError */
export function openFrame(cipher: Cipher, flags: number, body: Buffer, commandLimit: number): Buffer {
  if ((flags & FLAG_MORE) !== 0) throw new ProtocolError('frame-flags', 'a sealed frame has the MORE flag');
  const opened = cipher.open(body);
  if ((cipher.flags & FLAG_COMMAND) !== 0 && opened.length > commandLimit) {
    throw new ProtocolError('frame-size', `a sealed command of ${opened.length} bytes is over ${commandLimit}`);
  }
  return opened;
}
