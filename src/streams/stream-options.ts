// What the four adapters between sockets and streams share.

import type { Message } from '../core/message.js';
import { checkedBoolean } from '../core/option-bytes.js';
import { Socket } from '../core/socket.js';
import { checkedObject } from '../core/wait-options.js';
import type { Readable } from '../sockets/types.js';

/** Options of the streams that sockets can be taken as. */
export interface StreamOptions {
  /** Close the socket when the stream ends, fails, or is cancelled, aborted or destroyed. Default false: the socket goes on. */
  readonly close?: boolean | undefined;
}

/** @throws TypeError */
export function closesSocket(options: StreamOptions | undefined): boolean {
  if (options === undefined) return false;
  const { close = false } = checkedObject<StreamOptions>(options);
  return checkedBoolean(close, 'close');
}

/** Receives one message after the other for a stream that may be told at any time that it is no longer wanted. */
export class StreamSource<M extends object[]> {
  readonly #socket: Socket & Readable<M>;
  readonly #stop = new AbortController();

  constructor(socket: Socket & Readable<M>) {
    this.#socket = socket;
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The next message, for `keep`; undefined when the socket is closed, or nothing is wanted any more. Rejects as `receive`. */
  async next(): Promise<M | undefined> {
    if (this.stopped || this.#socket.closed) return undefined;
    try {
      // With its sender, so that a message given back still has one.
      const { parts } = await this.#socket.receiveMessage({ signal: this.#stop.signal });
      return parts;
    } catch (error) {
      if (!this.stopped && !this.#socket.closed) throw error;
    }
    return undefined;
  }

  /**
   * There is a message, and it is wanted still; if not, the socket has it back. To be asked last, and the message passed on
   * before anything else happens: the stream may be told to stop between any two steps of a promise.
   */
  keep(message: M | undefined): message is M {
    if (message === undefined) return false;
    if (!this.stopped) return true;
    this.giveBack(message);
    return false;
  }

  /** The next receive of the socket has this message. */
  giveBack(parts: M): void {
    Socket.giveBack(this.#socket, parts as unknown as Message);
  }

  stop(close: boolean): void {
    this.#stop.abort();
    if (close) this.#socket.close();
  }
}
