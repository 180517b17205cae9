// What one script of operations is, and what a runner tells of it. Both are JSON: they cross process borders, and a
// script that shows a difference is printed so that it can be pasted into scripts/.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A value for a call: JSON, in which an object with `$` stands for what JSON cannot say (values.ts), and a string may
 * hold `{dir}`, `{port1}`, `{me}` and `{last a}` (the endpoint that socket `a` bound or connected last).
 */
export type Value = Json;

/** Makes an object: a socket class, or `Context`. */
export interface NewStep {
  readonly new: string;
  readonly as: string;
  readonly args?: readonly Value[];
}

/** Calls a method of a socket, or of `a.events`, or of `a.context`. */
export interface CallStep {
  readonly on: string;
  readonly call: string;
  readonly args?: readonly Value[];
}

export interface GetStep {
  readonly on: string;
  readonly get: string;
}

export interface SetStep {
  readonly on: string;
  readonly set: string;
  readonly value: Value;
}

/** Takes one turn of the socket's (or observer's) one asynchronous iteration. */
export interface IterateStep {
  readonly iterate: string;
}

/** From here on the events of the socket are read as they come, and told with the step in which they came. */
export interface WatchStep {
  readonly watch: string;
}

/** A plain TCP client or server at the other end of an endpoint: connects, listens, writes or ends. */
export interface RawStep {
  readonly raw: 'connect' | 'listen' | 'write' | 'end';
  readonly as: string;
  readonly to?: string;
  readonly hex?: string;
}

/** Milliseconds, and then until all is quiet. */
export interface WaitStep {
  readonly wait: number;
}

export type Simple = NewStep | CallStep | GetStep | SetStep | IterateStep | WatchStep | RawStep | WaitStep;

/** All in one tick, without a look at what comes of it in between. */
export interface TogetherStep {
  readonly together: readonly Simple[];
}

export type Step = Simple | TogetherStep;
export type Script = readonly Step[];

export interface ErrorRecord {
  /** The nearest of JavaScript's own classes. */
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly code?: Json;
  readonly errno?: Json;
  readonly address?: Json;
  /** Names of the enumerable properties. */
  readonly keys: readonly string[];
}

export interface Outcome {
  readonly how: 'gave' | 'threw' | 'resolved' | 'rejected' | 'pending';
  readonly value?: Json;
  readonly error?: ErrorRecord;
  /** For operations with a finite timeout: whether it had run out when they settled. */
  readonly waited?: boolean;
}

export interface SocketState {
  readonly readable: Json;
  readonly writable: Json;
  readonly closed: Json;
  readonly lastEndpoint: Json;
}

/** What could be seen once all was quiet after a step. */
export interface StepRecord {
  /** One for a step, several for `together`. */
  readonly outcomes: readonly Outcome[];
  /** Earlier operations that settled during this step, by `step` or `step.part`. */
  readonly settled: { readonly [operation: string]: Outcome };
  /** Of every socket; no look is taken at `readable` and `writable` while an operation waits. */
  readonly states: { readonly [socket: string]: SocketState };
  /** Events that came to watched sockets. */
  readonly events: { readonly [socket: string]: readonly Json[] };
}

export type Transcript = readonly StepRecord[];

export function partsOf(step: Step): readonly Simple[] {
  return 'together' in step ? step.together : [step];
}
