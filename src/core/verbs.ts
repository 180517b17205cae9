// Iteration, and the verbs beyond zeromq.js's own: what can be had at once, many messages together, iteration that can be
// called off. Every socket has them at run time; the types of src/sockets/types.ts show them only where they can succeed.

import { zmqError } from '../errors.js';
import { type Message, type MessageLike, toMessage } from './message.js';
import type { Operations, ReceivedMessage } from './operations.js';
import type { Socket } from './socket.js';
import { checkedNumber, checkedObject, checkedWait, type WaitOptions } from './wait-options.js';

/** Messages that `receiveBatch` takes together when nothing else is said: what one peer's queue holds by default. */
const BATCH_MAX = 1000;

export interface BatchOptions extends WaitOptions {
  /** Messages at most; default 1000. */
  readonly max?: number | undefined;
}

/** @param free the operations of a socket that may be used now. @throws EBADF, EBUSY */
export function defineVerbs(prototype: Socket, free: (socket: Socket) => Operations): void {
  define(prototype, 'trySend', function trySend(this: Socket, message: MessageLike | MessageLike[]): boolean {
    const operations = free(this);
    const parts = presentMessage(message);
    return parts === undefined || operations.trySend(parts);
  });

  define(prototype, 'tryReceive', function tryReceive(this: Socket): Message | undefined {
    return free(this).tryReceive();
  });

  define(
    prototype,
    'receiveMessage',
    function receiveMessage(this: Socket, options?: WaitOptions): Promise<ReceivedMessage> {
      return free(this).receiveMessage(given(options));
    },
  );

  define(prototype, 'receiveBatch', function receiveBatch(this: Socket, options?: BatchOptions): Promise<Message[]> {
    const operations = free(this);
    const max = batchMax(options);
    return operations.receiveBatch(operations.receive(given(options)), max);
  });

  // What a for await loop may wait for it hears as a rejection, never as a throw, as in zeromq.js.
  define(prototype, Symbol.asyncIterator, function iterate(this: Socket): AsyncIterator<Message, undefined> {
    const { receive } = this as Partial<Receiver>;
    if (receive !== undefined && receive !== (prototype as Partial<Receiver>).receive)
      return iterateOver(this as never);
    return {
      next: () => {
        if (this.closed) return Promise.resolve({ value: undefined, done: true });
        try {
          return free(this).next();
        } catch (error) {
          return Promise.reject(error);
        }
      },
    };
  });

  const { join, leave } = {
    join(this: Socket, ...groups: unknown[]): void {
      joinOrLeave(groups, () => free(this));
    },
    leave(this: Socket, ...groups: unknown[]): void {
      joinOrLeave(groups, () => free(this));
    },
  };
  define(prototype, 'join', join);
  define(prototype, 'leave', leave);

  define(prototype, 'messages', function messages(this: Socket, options?: WaitOptions): AsyncIterable<Message> {
    const wait = given(options);
    const next = (): Promise<IteratorResult<Message, undefined>> => {
      if (this.closed) return Promise.resolve({ value: undefined, done: true });
      return free(this).next(wait);
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  });
}

interface Receiver {
  readonly closed: boolean;
  receive(): Promise<Message>;
}

/** For a subclass with a `receive` of its own, which is what a loop over it gets, as in zeromq.js. */
function iterateOver(socket: Receiver): AsyncIterator<Message, undefined> {
  const next = async (): Promise<IteratorResult<Message, undefined>> => {
    if (socket.closed) return { value: undefined, done: true };
    try {
      return { value: await socket.receive(), done: false };
    } catch (error) {
      if (socket.closed && (error as NodeJS.ErrnoException).code === 'EAGAIN') return { value: undefined, done: true };
      throw error;
    }
  };
  return { next };
}

/** Groups are for the draft socket types; zeromq.js has the methods on all. @throws EBADF, EBUSY, TypeError, ENOTSUP */
function joinOrLeave(groups: readonly unknown[], checkFree: () => void): void {
  for (const group of groups) {
    checkFree();
    if (typeof group !== 'string' && !ArrayBuffer.isView(group))
      throw new TypeError('Value must be a string or buffer');
    throw zmqError('ENOTSUP', 'groups are for RADIO and DISH, draft types that are not there');
  }
}

/** As `toMessage`, for what a user gave. @throws TypeError, EMSGSIZE */
export function presentMessage(message: MessageLike | readonly MessageLike[]): Message | undefined {
  if (message === undefined) throw new TypeError('Message must be present');
  return toMessage(message);
}

export function define(
  target: Socket,
  name: string | symbol,
  method: (this: Socket, ...args: never[]) => unknown,
): void {
  Object.defineProperty(target, name, { value: method, writable: true, configurable: true });
}

function given(options: WaitOptions | undefined): WaitOptions | undefined {
  return options === undefined ? undefined : checkedWait(options);
}

function batchMax(options: BatchOptions | undefined): number {
  const max = options === undefined ? undefined : checkedObject<BatchOptions>(options).max;
  return max === undefined ? BATCH_MAX : checkedNumber('max', max, 1, Number.MAX_SAFE_INTEGER);
}
