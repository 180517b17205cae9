// Scripts that fast-check makes. It draws moves (what to do, and some numbers to choose with); a model that knows which
// sockets there are and what they are joined to turns the moves into a script, so that most of it makes sense, and any
// part of it can be left out when a difference is shrunk.

import fc from 'fast-check';
import { Model, type ModelSocket } from './model.js';
import type { Script, Simple, Step, Value } from './script.js';
import { bytes, call, get, idOf, iterate, receive, send, set, together, undefinedValue } from './scripts/words.js';

/** What to do, and numbers to choose with. */
export interface Move {
  readonly kind: keyof typeof MOVES;
  readonly pick: readonly [number, number, number, number];
}

const MESSAGES: readonly Value[] = [
  'x',
  'hello',
  '',
  null,
  7,
  ['a', 'b'],
  ['', 'b'],
  [],
  bytes('0001ff'),
  bytes('0102', 'Uint16Array'),
  { $: 'repeat', text: 'y', times: 200 },
  ['a', { $: 'repeat', text: 'z', times: 70_000 }],
];
const TOPICS: readonly string[] = ['', 'a', 'x', 'hel', 'none'];
const WRONG: readonly ((name: string) => Simple)[] = [
  (name) => send(name, undefinedValue),
  (name) => send(name, { $: 'symbol', value: 's' }),
  (name) => call(name, 'bind', 5),
  (name) => call(name, 'connect', null),
  (name) => call(name, 'bind', 'junk'),
  (name) => call(name, 'connect', 'tcp://127.0.0.1:*'),
  (name) => call(name, 'connect', 'foo://x'),
  (name) => call(name, 'disconnect', 'inproc://{me}nobody'),
  (name) => call(name, 'unbind', 'tcp://127.0.0.1:1'),
  (name) => set(name, 'linger', 'x'),
  (name) => set(name, 'nonsense', 1),
  (name) => get(name, 'nonsense'),
  (name) => send(name, 'to whom'),
  (name) => receive(name),
];
const READ: readonly string[] = [
  'type',
  'lastEndpoint',
  'closed',
  'linger',
  'immediate',
  'reconnectInterval',
  'readable',
  'writable',
];

type Make = (model: Model, pick: Move['pick']) => Step[];

/** Each kind of move with its weight. */
const MOVES = {
  pair: [3, (model, pick) => model.pair(pick)],
  join: [2, (model, pick) => model.join(pick)],
  send: [10, (model, [which, what]) => model.sender(which, (socket) => [sending(model, socket, what)])],
  exchange: [
    8,
    (model, [which, what]) =>
      model.sender(which, (socket) => [
        sending(model, socket, what),
        ...model
          .peers(socket)
          .slice(0, 2)
          .map(({ name }) => receive(name)),
      ]),
  ],
  receive: [8, (model, [which]) => model.receiver(which, ({ name }) => [receive(name)])],
  iterate: [1, (model, [which]) => model.receiver(which, ({ name }) => [iterate(name)])],
  subscribe: [3, (model, [which, topic]) => model.subscriber(which, (socket) => [subscribing(socket, topic, true)])],
  unsubscribe: [1, (model, [which, topic]) => model.subscriber(which, (socket) => [subscribing(socket, topic, false)])],
  bind: [1, (model, pick) => model.bindAnother(pick)],
  connect: [1, (model, pick) => model.connectAnother(pick)],
  unbind: [1, (model, pick) => model.unbind(pick)],
  disconnect: [1, (model, pick) => model.disconnect(pick)],
  close: [2, (model, pick) => model.close(pick)],
  get: [1, (model, [which, what]) => model.any(which, ({ name }) => [get(name, from(READ, what))])],
  set: [1, (model, pick) => model.set(pick)],
  wrong: [2, (model, [which, what]) => model.any(which, ({ name }) => [from(WRONG, what)(name)])],
  burst: [
    2,
    (model, [which, what, count]) =>
      model.sender(which, (socket) => [
        together(...Array.from({ length: 2 + (count % 3) }, (_, index) => sending(model, socket, what + index))),
      ]),
  ],
  race: [
    1,
    (model, [which, what, end]) =>
      model.any(which, ({ name }) => [
        together(
          call(name, end % 2 === 0 ? 'bind' : 'unbind', end % 3 === 0 ? 'inproc://{me}race' : `{last ${name}}`),
          from([send(name, 'x'), receive(name), call(name, 'close'), call(name, 'connect', 'inproc://{me}race')], what),
        ),
      ]),
  ],
} as const satisfies Record<string, readonly [weight: number, make: Make]>;

/** Some scripts watch the events of their first two sockets. */
export const scripts: fc.Arbitrary<Script> = fc
  .record({
    moves: fc.array(
      fc.record<Move>({
        kind: fc.oneof(
          ...Object.entries(MOVES).map(([kind, [weight]]) => ({
            weight,
            arbitrary: fc.constant(kind as Move['kind']),
          })),
        ),
        pick: fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999)),
      }),
      { minLength: 3, maxLength: 16 },
    ),
    first: fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999)),
    watched: fc.nat(5).map((number) => number === 5),
  })
  .map(({ moves, first, watched }) => scriptOf(first, moves, watched));

function scriptOf(first: Move['pick'], moves: readonly Move[], watched: boolean): Script {
  const model = new Model(watched);
  const script: Step[] = model.pair(first);
  for (const { kind, pick } of moves) script.push(...(MOVES[kind][1] as Make)(model, pick));
  return script;
}

function sending(model: Model, socket: ModelSocket, what: number): Simple {
  const message = from(MESSAGES, what);
  if (socket.type === 'Router') return send(socket.name, addressed(model, socket, message, what));
  const bare = socket.type !== 'Dealer' || !model.peers(socket).some(({ type }) => type === 'Reply') || what % 8 === 7;
  return send(socket.name, bare ? message : [null, ...partsOf(message)]);
}

/** From a ROUTER: to who wrote last, now and then to nobody; with the delimiter where REQ and REP need it. */
function addressed(model: Model, socket: ModelSocket, message: Value, what: number): Value {
  if (what % 9 === 8) return ['nobody', ...partsOf(message)];
  const needsDelimiter = model.peers(socket).some(({ type }) => type === 'Request' || type === 'Reply');
  const delimiter = needsDelimiter === (what % 11 !== 10) ? [null] : [];
  return [idOf(socket.name), ...delimiter, ...partsOf(message)];
}

function partsOf(message: Value): readonly Value[] {
  return Array.isArray(message) ? (message as Value[]) : [message];
}

function subscribing({ name, type }: ModelSocket, topic: number, add: boolean): Simple {
  const text = from(TOPICS, topic);
  if (type === 'Subscriber') return call(name, add ? 'subscribe' : 'unsubscribe', text);
  return send(name, bytes(`${add ? '01' : '00'}${Buffer.from(text).toString('hex')}`));
}

function from<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}
