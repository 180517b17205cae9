// Requests that are sent again until they are answered ("lazy pirate"): the part that REQ and DEALER share. How each tells
// its replies apart is in lock-step-requests.ts and correlated-requests.ts.

import { TimeoutError, type ZmqError, zmqError } from '../errors.js';
import { type Message, type MessageLike, owned } from './message.js';
import type { CheckedRequest, Operations, Requester } from './operations.js';
import { presentMessage } from './verbs.js';
import { checkedNumber, checkedObject, checkedWait, type WaitOptions } from './wait-options.js';

export interface RequestOptions extends WaitOptions {
  /** ms that each attempt may take, sending included; -1 without end. Default: the option `receiveTimeout`. */
  readonly timeout?: number | undefined;
  /** Attempts after the first. Default 0. */
  readonly retries?: number | undefined;
}

/**
 * @param make the socket's requester, when there is none yet
 * @throws TypeError, EINVAL, EMSGSIZE
 */
export function request(
  operations: Operations,
  make: () => Requester,
  message: MessageLike | readonly MessageLike[],
  options: RequestOptions = {},
): Promise<Message> {
  const parts = presentMessage(message);
  if (parts === undefined) throw new TypeError('Message must be present');
  const { signal, timeout = operations.context.limits.receiveTimeout } = checkedWait(options);
  const { retries = 0 } = checkedObject<RequestOptions>(options);
  checkedNumber('retries', retries, 0, Number.MAX_SAFE_INTEGER);
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  operations.requester ??= make();
  // The same message may be sent later again: it stays as it is now.
  return operations.requester.request(owned(parts), { signal, timeout, retries });
}

/** Runs attempts until one succeeds, fails with something else than its time being over, or was the last. */
export async function persist({ timeout, retries }: CheckedRequest, attempt: () => Promise<Message>): Promise<Message> {
  for (let left = retries; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      if (left === 0) throw unanswered(timeout, retries + 1);
    }
  }
}

export function unanswered(timeout: number, attempts: number): ZmqError {
  const tried = attempts === 1 ? 'the request' : `each of ${attempts} attempts`;
  return zmqError('EAGAIN', `no reply within ${timeout} ms of ${tried}; options timeout and retries of request()`);
}
