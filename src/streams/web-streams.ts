// Sockets as Web streams, one message a chunk. Back-pressure is the socket's own: a message leaves the socket when a reader
// asks for it, and a writer is ready when the socket has taken the last one.

import type { MessageLike } from '../core/message.js';
import type { Socket } from '../core/socket.js';
import type { Message, Readable, Writable } from '../sockets/types.js';
import { closesSocket, type StreamOptions, StreamSource } from './stream-options.js';

/**
 * A stream of the messages that a socket receives. Nothing is read ahead: a message is received when a reader asks for it, so
 * that a stream that is cancelled leaves all others in the socket, and a read that is pending then takes none with it. (One
 * exception: a read whose reader has released its lock. Its message stays in the stream.)
 *
 * The stream ends when the socket is closed, and fails with what `receive` rejects with; `cancel` gives up.
 * @param options `close`: close the socket with the stream, default false
 * @throws TypeError
 */
export function toReadableStream<M extends object[] = Message[]>(
  socket: Socket & Readable<M>,
  options?: StreamOptions,
): ReadableStream<M> {
  const close = closesSocket(options);
  const source = new StreamSource(socket);
  return new ReadableStream<M>(
    {
      async pull(controller) {
        try {
          const message = await source.next();
          if (source.keep(message)) controller.enqueue(message);
          else if (!source.stopped) controller.close();
        } catch (error) {
          source.stop(close);
          throw error;
        }
      },
      cancel: () => source.stop(close),
    },
    { highWaterMark: 0 },
  );
}

/**
 * A stream that sends each chunk as a message. A write is done when the socket has taken the message, and waits as `send`
 * waits: for room, or for a peer.
 *
 * The stream fails with what `send` rejects or throws; nothing of that message is sent. `abort` gives up the write that waits.
 * Closing the stream waits for its writes.
 * @param options `close`: close the socket with the stream, which then lingers as it is set to; default false
 * @throws TypeError
 */
export function toWritableStream<M extends MessageLike | MessageLike[] = MessageLike | MessageLike[]>(
  socket: Socket & Writable<M>,
  options?: StreamOptions,
): WritableStream<M> {
  const close = closesSocket(options);
  const end = (): void => {
    if (close) socket.close();
  };
  return new WritableStream<M>({
    async write(message, controller) {
      // Node 20 has it; its declarations have not.
      const { signal } = controller as WritableStreamDefaultController & { readonly signal: AbortSignal };
      try {
        await socket.send(message, { signal });
      } catch (error) {
        end();
        throw error;
      }
    },
    close: end,
    abort: end,
  });
}
