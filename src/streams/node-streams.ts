// Sockets as Node streams in object mode, one message a chunk. Back-pressure is the socket's own, as in web-streams.ts.

import type { Readable as NodeReadable, Writable as NodeWritable } from 'node:stream';
import type { MessageLike } from '../core/message.js';
import type { Socket } from '../core/socket.js';
import type { Message, Readable, Writable } from '../sockets/types.js';
import { node } from '../util/node-modules.js';
import { closesSocket, type StreamOptions, StreamSource } from './stream-options.js';

/**
 * A stream of the messages that a socket receives, each a list of its frames. At most one message is read ahead; when the
 * stream is destroyed, a message that nobody has taken goes back to the socket, and its next receive has it.
 *
 * The stream ends when the socket is closed, and fails with what `receive` rejects with.
 * @param options `close`: close the socket with the stream, default false
 * @throws TypeError
 */
export function toNodeReadable<M extends object[] = Message[]>(
  socket: Socket & Readable<M>,
  options?: StreamOptions,
): NodeReadable {
  const close = closesSocket(options);
  const source = new StreamSource(socket);
  let last: M | undefined;
  return new node.stream.Readable({
    objectMode: true,
    highWaterMark: 0,
    read() {
      source.next().then(
        (message) => {
          last = message;
          if (source.keep(message)) this.push(message);
          else if (!source.stopped) this.push(null);
        },
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      if (this.readableLength > 0 && last !== undefined) source.giveBack(last);
      source.stop(close);
      done(error);
    },
  });
}

/**
 * A stream that sends each chunk as a message: one frame, or a list of frames. One message waits in the stream at most; `write`
 * returns false while it does. `finish` comes when the socket has taken the last one.
 *
 * The stream fails with what `send` rejects or throws; nothing of that message is sent. `destroy` gives up the write that waits.
 * @param options `close`: close the socket with the stream, which then lingers as it is set to; default false
 * @throws TypeError
 */
export function toNodeWritable<M extends MessageLike | MessageLike[] = MessageLike | MessageLike[]>(
  socket: Socket & Writable<M>,
  options?: StreamOptions,
): NodeWritable {
  const close = closesSocket(options);
  const stop = new AbortController();
  return new node.stream.Writable({
    objectMode: true,
    highWaterMark: 1,
    write(message: M, _encoding, done) {
      const send = async (): Promise<void> => socket.send(message, { signal: stop.signal });
      send().then(() => done(), done);
    },
    destroy(error, done) {
      stop.abort();
      if (close) socket.close();
      done(error);
    },
  });
}
