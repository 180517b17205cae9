// The options object that every call which waits may take: who may end the wait, and when it ends by itself. Calls without
// one never come here.

import { describe, typeError, zmqError } from '../errors.js';

/** Who may end one call's wait. */
export interface SignalOptions {
  /** Ends the wait: the promise rejects with `signal.reason`. A signal that is aborted already keeps the call from doing anything. */
  readonly signal?: AbortSignal | undefined;
}

/** How long one call may wait, and who may end it before. */
export interface WaitOptions extends SignalOptions {
  /** ms, in place of the socket's option, for this call; -1 without end, 0 not at all. */
  readonly timeout?: number | undefined;
}

/** Node's timers go no further. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/**
 * A copy of what the caller gave: options may be reused and changed.
 * @throws TypeError for what is no object, no signal or no number; EINVAL for a timeout that is no whole number from -1
 */
export function checkedWait(options: unknown): WaitOptions {
  const { signal, timeout } = checkedObject<WaitOptions>(options);
  if (signal !== undefined && !isSignal(signal)) {
    throw typeError('Signal must be an AbortSignal', `not ${describe(signal)}`);
  }
  if (timeout !== undefined) checkedNumber('timeout', timeout, -1, TIMEOUT_MAX);
  return { signal, timeout };
}

/** @throws TypeError */
export function checkedObject<T extends object>(options: unknown): T {
  if (isSignal(options)) throw typeError('Options must be an object', 'a signal is given as { signal }');
  if (typeof options === 'object' && options !== null) return options as T;
  throw new TypeError('Options must be an object');
}

/** @throws TypeError for no number; EINVAL for a number out of range, or no whole one */
export function checkedNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') {
    throw typeError('Option value must be a number', `${name} got ${describe(value)}`);
  }
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw zmqError('EINVAL', `${name} is a whole number from ${min} to ${max}, not ${value}`);
}

/** Settles as `promise` does, or rejects with the signal's reason if that comes first; leaves no listener behind. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    const settled = (): void => signal.removeEventListener('abort', aborted);
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).then(settled);
  });
}

/** By its shape: a signal may come from another realm, or be a polyfill's. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  return 'aborted' in value && typeof (value as AbortSignal).addEventListener === 'function';
}
