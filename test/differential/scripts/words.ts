// The words in which the scripts of this folder are written.

import type {
  CallStep,
  GetStep,
  IterateStep,
  Json,
  NewStep,
  RawStep,
  Script,
  SetStep,
  Simple,
  TogetherStep,
  Value,
  WaitStep,
  WatchStep,
} from '../script.js';

export interface Behaviour {
  readonly name: string;
  readonly script: Script;
  /** The rules that this script needs, by name; none: the libraries do the same. */
  readonly rules?: readonly string[];
}

export type Behaviours = readonly Behaviour[];

type Options = { readonly [name: string]: Json };

/** Where sockets bind that choose their port. */
export const ANY = 'tcp://127.0.0.1:*';

/** A timeout in ms that is over soon, and long enough for what can succeed. */
export const SOON = 80;

export function behaviour(name: string, script: Script, ...rules: string[]): Behaviour {
  return { name, script, rules };
}

export function make(type: string, as: string, options: Options = {}): NewStep {
  return { new: type, as, args: [options] };
}

/** With timeouts that are over soon. */
export function hasty(type: string, as: string, options: Options = {}): NewStep {
  return make(type, as, { ...timeouts(type), ...options });
}

export function raw(type: string, as: string, ...args: Value[]): NewStep {
  return { new: type, as, args };
}

export function call(on: string, method: string, ...args: Value[]): CallStep {
  return { on, call: method, args };
}

export function get(on: string, name: string): GetStep {
  return { on, get: name };
}

export function set(on: string, name: string, value: Value): SetStep {
  return { on, set: name, value };
}

export function send(on: string, message: Value): CallStep {
  return call(on, 'send', message);
}

export function receive(on: string): CallStep {
  return call(on, 'receive');
}

export function watch(socket: string): WatchStep {
  return { watch: socket };
}

export function iterate(on: string): IterateStep {
  return { iterate: on };
}

export function wait(ms: number): WaitStep {
  return { wait: ms };
}

export function together(...steps: Simple[]): TogetherStep {
  return { together: steps };
}

/** A plain TCP connection to `{portN}` or `{last a}`, or a listener there. */
export function tcp(what: RawStep['raw'], as: string, more: { to?: string; hex?: string } = {}): RawStep {
  return { raw: what, as, ...more };
}

/** Two hasty sockets `a` and `b`, joined over inproc. */
export function joined(binds: string, connects: string, options: Options = {}, others: Options = {}): Simple[] {
  return joinedAt('inproc://{me}joined', binds, connects, options, others);
}

/** The same over tcp. */
export function linked(binds: string, connects: string, options: Options = {}, others: Options = {}): Simple[] {
  return joinedAt('tcp://127.0.0.1:*', binds, connects, options, others);
}

export const bytes = (hex: string, as = 'Buffer'): Value => ({ $: 'bytes', hex, as });
export const idOf = (socket: string): Value => ({ $: 'id', of: socket });
export const object = (name: string): Value => ({ $: 'object', name });
export const undefinedValue: Value = { $: 'undefined' };

function joinedAt(endpoint: string, binds: string, connects: string, options: Options, others: Options): Simple[] {
  return [
    hasty(binds, 'a', options),
    hasty(connects, 'b', others),
    call('a', 'bind', endpoint),
    call('b', 'connect', '{last a}'),
  ];
}

const ONLY_SENDS = ['Publisher', 'Push'];
const ONLY_RECEIVES = ['Subscriber', 'Pull'];

export function timeouts(type: string, ms = SOON): Options {
  return {
    ...(ONLY_RECEIVES.includes(type) ? {} : { sendTimeout: ms }),
    ...(ONLY_SENDS.includes(type) ? {} : { receiveTimeout: ms }),
  };
}
