// Time as the core sees it. Tests put a virtual clock in its place; beside it only the Turn asks for the time.

export interface Clock {
  /** Milliseconds, monotonic: a jump of the system's date changes nothing. */
  now(): number;
  /** Calls `callback` once after `delay` ms. Does not keep the process alive. */
  after(delay: number, callback: () => void): Timer;
  /** Calls `callback` once in the next turn of the event loop, after its input. */
  soon(callback: () => void): void;
}

export interface Timer {
  cancel(): void;
}

/** Node's timers take no longer delay; whoever wants more looks at the clock again when called. */
const DELAY_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delay, 0), DELAY_MAX));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  soon: setImmediate,
};

/** For people to read; nothing is decided by it. */
export function currentDate(): Date {
  return new Date();
}
