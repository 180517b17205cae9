// What generate.ts knows of the script so far: which sockets there are, what they have bound and connected. It need not
// be right, for both libraries get the same script; it only makes most of a script worth running.

import type { Json, Simple, Step } from './script.js';
import { call, make, set, timeouts, watch } from './scripts/words.js';

export interface ModelSocket {
  readonly name: string;
  readonly type: string;
  readonly bound: string[];
  readonly connected: string[];
}

type Pick = readonly [number, number, number, number];

/** Who fits whom; the first binds more often than not. */
export const FITTING: readonly (readonly [string, string])[] = [
  ['Pull', 'Push'],
  ['Reply', 'Request'],
  ['Publisher', 'Subscriber'],
  ['Router', 'Dealer'],
  ['Pair', 'Pair'],
  ['Dealer', 'Dealer'],
  ['Router', 'Request'],
  ['Reply', 'Dealer'],
  ['XPublisher', 'Subscriber'],
  ['XPublisher', 'XSubscriber'],
  ['Publisher', 'XSubscriber'],
  ['Router', 'Router'],
];
const SENDERS = ['Pair', 'Publisher', 'Request', 'Reply', 'Dealer', 'Router', 'Push', 'XPublisher', 'XSubscriber'];
const RECEIVERS = ['Pair', 'Subscriber', 'Request', 'Reply', 'Dealer', 'Router', 'Pull', 'XPublisher', 'XSubscriber'];
/** Milliseconds. Many do not wait, some wait for ever. */
const TIMEOUTS = [40, 40, 0, 40, -1];
const ROUTING_IDS = ['Dealer', 'Request', 'Router'];
/** For one type or all, with values to choose from. */
const SETTABLE: readonly (readonly [string, string, readonly Json[]])[] = [
  ['', 'linger', [0, -1, 30]],
  ['', 'immediate', [true, false]],
  ['Request', 'relaxed', [true, false]],
  ['Router', 'mandatory', [true, false]],
  ['Dealer', 'probeRouter', [true, false]],
  ['XPublisher', 'verbosity', [null, 'allSubs', 'allSubsUnsubs']],
  ['Subscriber', 'receiveTimeout', [0, 40]],
  ['Pull', 'receiveTimeout', [0, 40]],
  ['Push', 'sendTimeout', [0, 40]],
  ['Pair', 'sendTimeout', [0, 40]],
];
const TCP_MAX = 9;

export class Model {
  readonly #sockets: ModelSocket[] = [];
  readonly #watched: boolean;
  #names = 0;
  #ports = 0;

  constructor(watched: boolean) {
    this.#watched = watched;
  }

  /** Two sockets that fit, joined. */
  pair([types, how, options, mixed]: Pick): Step[] {
    if (this.#sockets.length >= 6) return [];
    const [binds, connects] = FITTING[types % FITTING.length] as readonly [string, string];
    const swapped = how % 4 === 3;
    const first = this.#add(swapped ? connects : binds);
    const second = this.#add(swapped ? binds : connects);
    const endpoint = this.#endpoint(how);
    const steps: Step[] = [...this.#making(first, options), ...this.#making(second, mixed)];
    const joins = [this.#bind(first, endpoint), this.#connect(second, endpoint)];
    // Whoever dials first waits for the other to come.
    return [...steps, ...(how % 9 === 8 ? joins.reverse() : joins), ...subscriptions(first, second, options)];
  }

  /** One more peer for a socket that is bound. */
  join([which, how, options]: Pick): Step[] {
    const bound = this.#choose(
      this.#sockets.filter((socket) => socket.bound.length > 0),
      which,
    );
    if (bound === undefined || this.#sockets.length >= 7) return [];
    const peers = FITTING.flatMap(([one, other]) => [
      ...(one === bound.type ? [other] : []),
      ...(other === bound.type ? [one] : []),
    ]);
    const socket = this.#add(peers[how % peers.length] as string);
    const connect = this.#connect(socket, bound.bound[0] as string);
    return [...this.#making(socket, options), connect, ...subscriptions(socket, bound, options)];
  }

  any(which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    const socket = this.#choose(this.#sockets, which);
    return socket === undefined ? [] : steps(socket);
  }

  sender(which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    return this.#of(SENDERS, which, steps);
  }

  receiver(which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    return this.#of(RECEIVERS, which, steps);
  }

  subscriber(which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    return this.#of(['Subscriber', 'XSubscriber'], which, steps);
  }

  /** Those at the other ends, that receive. */
  peers(socket: ModelSocket): ModelSocket[] {
    const { bound, connected } = socket;
    return this.#sockets.filter(
      (other) =>
        RECEIVERS.includes(other.type) &&
        (other.bound.some((endpoint) => connected.includes(endpoint)) ||
          other.connected.some((endpoint) => bound.includes(endpoint))),
    );
  }

  bindAnother([which, how]: Pick): Step[] {
    return this.any(which, (socket) => [this.#bind(socket, this.#endpoint(how))]);
  }

  /** To a bound peer, a second time to the same, or to nobody. */
  connectAnother([which, to, how]: Pick): Step[] {
    return this.any(which, (socket) => {
      // In which order the events of both ends come to a socket that meets itself is a matter of time.
      const others = this.#sockets.filter((other) => !this.#watched || other !== socket);
      const endpoints = others.flatMap(({ bound }) => bound);
      const endpoint = how % 4 === 0 ? this.#endpoint(how) : endpoints[to % Math.max(endpoints.length, 1)];
      return endpoint === undefined ? [] : [this.#connect(socket, endpoint)];
    });
  }

  unbind([which, what]: Pick): Step[] {
    return this.any(which, (socket) => {
      const endpoint = takeOne(socket.bound, what);
      return endpoint === undefined ? [] : [call(socket.name, 'unbind', endpoint)];
    });
  }

  disconnect([which, what]: Pick): Step[] {
    return this.any(which, (socket) => {
      const endpoint = takeOne(socket.connected, what);
      return endpoint === undefined ? [] : [call(socket.name, 'disconnect', endpoint)];
    });
  }

  close([which, again]: Pick): Step[] {
    return this.any(which, (socket) => {
      // Now and then it stays in the model, so that the closed socket is used.
      if (again % 4 !== 0) this.#sockets.splice(this.#sockets.indexOf(socket), 1);
      return [call(socket.name, 'close')];
    });
  }

  set([which, what, value]: Pick): Step[] {
    return this.any(which, ({ name, type }) => {
      const settable = SETTABLE.filter(([only]) => only === '' || only === type);
      const [, option, values] = settable[what % settable.length] as (typeof SETTABLE)[number];
      return [set(name, option, values[value % values.length] as Json)];
    });
  }

  #of(types: readonly string[], which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    return this.#some(
      this.#sockets.filter(({ type }) => types.includes(type)),
      which,
      steps,
    );
  }

  #some(sockets: readonly ModelSocket[], which: number, steps: (socket: ModelSocket) => Step[]): Step[] {
    const socket = this.#choose(sockets, which);
    return socket === undefined ? [] : steps(socket);
  }

  #choose(sockets: readonly ModelSocket[], which: number): ModelSocket | undefined {
    return sockets[which % Math.max(sockets.length, 1)];
  }

  #add(type: string): ModelSocket {
    const socket: ModelSocket = { name: String.fromCharCode(97 + this.#names++), type, bound: [], connected: [] };
    this.#sockets.push(socket);
    return socket;
  }

  #making({ name, type }: ModelSocket, options: number): Simple[] {
    // A watched socket tries once: how often it would try again is a matter of time.
    const watched = this.#watched && this.#sockets.length <= 2;
    const own = ROUTING_IDS.includes(type) && options % 3 === 0 ? { routingId: `id-${name}` } : {};
    const reconnectInterval = watched ? -1 : 10;
    const waits = timeouts(type, TIMEOUTS[options % TIMEOUTS.length] as number);
    return [make(type, name, { reconnectInterval, ...waits, ...own }), ...(watched ? [watch(name)] : [])];
  }

  #bind(socket: ModelSocket, endpoint: string): Simple {
    socket.bound.push(endpoint);
    return call(socket.name, 'bind', endpoint);
  }

  #connect(socket: ModelSocket, endpoint: string): Simple {
    socket.connected.push(endpoint);
    return call(socket.name, 'connect', endpoint);
  }

  #endpoint(how: number): string {
    const number = ++this.#ports;
    const transport = number > TCP_MAX ? how % 2 : how % 3;
    return [`inproc://{me}e${number}`, `ipc://{dir}/e${number}`, `tcp://127.0.0.1:{port${number}}`][
      transport
    ] as string;
  }
}

/** Subscribers of new pairs nearly always have something to receive. */
function subscriptions(one: ModelSocket, other: ModelSocket, options: number): Simple[] {
  return [one, other]
    .filter(({ type }) => type === 'Subscriber' && options % 8 !== 7)
    .map(({ name }) => call(name, 'subscribe', ''));
}

function takeOne(list: string[], which: number): string | undefined {
  return list.splice(which % Math.max(list.length, 1), 1)[0];
}
