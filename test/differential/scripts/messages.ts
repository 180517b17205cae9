// What `send` makes of a value, and what arrives.

import {
  type Behaviours,
  behaviour,
  bytes,
  hasty,
  joined,
  linked,
  receive,
  send,
  together,
  undefinedValue,
} from './words.js';

const PAIR = joined('Pair', 'Pair');
const TCP = linked('Pair', 'Pair');

export const messages: Behaviours = [
  behaviour('text goes as UTF-8', [...PAIR, send('b', 'héllo €'), receive('a'), send('b', ''), receive('a')]),
  behaviour('numbers go as their text', [
    ...PAIR,
    ...[12, -1.5, 0, 1e21].flatMap((value) => [send('b', value), receive('a')]),
    ...['nan', 'infinity'].flatMap((kind) => [send('b', { $: kind }), receive('a')]),
  ]),
  behaviour('null is an empty part', [
    ...PAIR,
    send('b', null),
    receive('a'),
    send('b', [null, 'x', null]),
    receive('a'),
  ]),
  behaviour('views and buffers send their bytes', [
    ...PAIR,
    ...['Buffer', 'Uint8Array', 'Int8Array', 'Uint16Array', 'ArrayBuffer', 'part'].flatMap((kind) => [
      send('b', bytes('00017fff', kind)),
      receive('a'),
    ]),
    send('b', bytes('0001020304050607', 'Float64Array')),
    receive('a'),
    send('b', bytes('')),
    receive('a'),
  ]),
  behaviour(
    'a DataView sends its bytes',
    [...PAIR, send('b', bytes('00017fff', 'DataView'))],
    'a DataView sends its bytes',
  ),
  behaviour(
    'a SharedArrayBuffer sends its bytes',
    [...PAIR, send('b', bytes('00017fff', 'SharedArrayBuffer')), receive('a')],
    'a SharedArrayBuffer sends its bytes',
  ),
  behaviour('other values go as their text', [
    ...PAIR,
    ...[true, false, { $: 'bigint', value: '12345678901234567890' }, { $: 'spoken' }, {}, { $: 'function' }].flatMap(
      (value) => [send('b', [value, 'end']), receive('a')],
    ),
    send('b', { $: 'date', value: 0 }),
    receive('a'),
  ]),
  behaviour('undefined within a list, and lists within lists, go as their text', [
    ...PAIR,
    send('b', [undefinedValue, 'x']),
    receive('a'),
    send('b', [['a', 'b'], ['c', ['d']], []]),
    receive('a'),
  ]),
  behaviour('undefined alone is refused', [...PAIR, send('b', undefinedValue), { on: 'b', call: 'send' }]),
  behaviour('symbols are refused', [
    ...PAIR,
    send('b', { $: 'symbol', value: 'x' }),
    send('b', ['first', { $: 'symbol', value: 'x' }]),
    send('b', 'after'),
    receive('a'),
    receive('a'),
  ]),
  behaviour('an empty list resolves and sends nothing', [
    ...PAIR,
    send('b', []),
    receive('a'),
    send('b', [[]]),
    receive('a'),
  ]),
  behaviour(
    'an empty list on a socket that cannot send',
    [hasty('Push', 'a'), send('a', [])],
    'an empty list never waits',
  ),
  behaviour('messages of many and of large parts arrive whole and in order', [
    ...TCP,
    send(
      'b',
      Array.from({ length: 40 }, (_, part) => `part ${part}`),
    ),
    send('b', [
      { $: 'repeat', text: 'x', times: 300_000 },
      { $: 'repeat', text: 'y', times: 129 },
    ]),
    receive('a'),
    receive('a'),
  ]),
  behaviour('sends in one tick keep their order', [
    ...TCP,
    together(...['1', '2', '3', '4', '5'].map((text) => send('b', text))),
    ...Array.from({ length: 6 }, () => receive('a')),
  ]),
];
