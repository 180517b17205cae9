// What send accepts and what arrives: every kind of part, over each transport; whole messages; memory of the caller.

import { describe, expect, it } from 'vitest';
import { Pair } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { inproc, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const bytes = Uint8Array.of(1, 2, 3, 4);
const shared = new SharedArrayBuffer(3);
new Uint8Array(shared).set([7, 8, 9]);
const late = { toString: () => 'late text' };

/** What is sent, and the bytes of each frame that arrives, as latin1. */
const rows: [what: string, sent: unknown, frames: string[]][] = [
  ['a string, as UTF-8', 'é€😀', [Buffer.from('é€😀').toString('latin1')]],
  ['an empty string', '', ['']],
  ['a lone surrogate', '\ud800', ['\u00ef\u00bf\u00bd']],
  ['a number', 5, ['5']],
  ['NaN', Number.NaN, ['NaN']],
  ['minus zero', -0, ['0']],
  ['a large number', 1e21, ['1e+21']],
  ['null', null, ['']],
  ['a Buffer', Buffer.from('buffer'), ['buffer']],
  ['a slice of a Buffer', Buffer.from('buffer').subarray(2, 4), ['ff']],
  ['a Uint8Array', bytes, ['\x01\x02\x03\x04']],
  ['a view with an offset', bytes.subarray(1, 3), ['\x02\x03']],
  ['a Uint16Array', Uint16Array.of(0x4142), ['BA']],
  ['a Float32Array', Float32Array.of(1), ['\0\0\x80?']],
  ['a BigInt64Array', BigInt64Array.of(1n), ['\x01\0\0\0\0\0\0\0']],
  ['an empty typed array', new Uint8Array(0), ['']],
  ['a DataView', new DataView(bytes.buffer, 1, 2), ['\x02\x03']],
  ['an ArrayBuffer', bytes.buffer, ['\x01\x02\x03\x04']],
  ['a SharedArrayBuffer', shared, ['\x07\x08\x09']],
  ['a view of shared memory', new Uint8Array(shared, 1), ['\x08\x09']],
  ['a bigint', 12345678901234567890n, ['12345678901234567890']],
  ['a boolean', true, ['true']],
  ['an object', late, ['late text']],
  ['a list', ['a', 'b'], ['a', 'b']],
  ['a list of every kind', [Buffer.from('x'), 'y', 1, null, bytes], ['x', 'y', '1', '', '\x01\x02\x03\x04']],
  ['a nested list, as its text', [['a', 'b'], 'c'], ['a,b', 'c']],
  ['a list with undefined, as its text', [undefined, 'x'], ['undefined', 'x']],
  ['a list of one null', [null], ['']],
  ['nothing but empty frames', ['', '', ''], ['', '', '']],
  ['300 frames', Array(300).fill('f'), Array(300).fill('f')],
  ['129 bytes, the first size not copied', 'm'.repeat(129), ['m'.repeat(129)]],
  ['255 and 256 bytes', ['s'.repeat(255), 'l'.repeat(256)], ['s'.repeat(255), 'l'.repeat(256)]],
  ['100 kB', 'k'.repeat(100_000), ['k'.repeat(100_000)]],
];

const transports: [name: string, endpoint: () => string][] = [
  ['inproc', inproc],
  ['tcp', () => 'tcp://127.0.0.1:*'],
  ['ipc', () => 'ipc://*'],
];

async function pairOver(endpoint: string): Promise<[Pair, Pair]> {
  const [one, two] = [open(new Pair()), open(new Pair())];
  await one.bind(endpoint);
  two.connect(one.lastEndpoint as string);
  return [one, two];
}

const latin1 = (message: Buffer[]): string[] => message.map((frame) => frame.toString('latin1'));

describe.each(transports)('over %s', (_name, endpoint) => {
  it.each(rows)('%s', async (_what, sent, frames) => {
    const [one, two] = await pairOver(endpoint());
    await two.send(sent as never);
    const message = await one.receive();
    expect(latin1(message)).toEqual(frames);
    for (const frame of message) expect(Buffer.isBuffer(frame)).toBe(true);
  });

  it('an empty list resolves and sends nothing', async () => {
    const [one, two] = await pairOver(endpoint());
    await two.send([]);
    await two.send('next');
    expect(latin1(await one.receive())).toEqual(['next']);
  });

  it('a list may be changed after send', async () => {
    const [one, two] = await pairOver(endpoint());
    const parts = ['a', 'b'];
    const sending = two.send(parts);
    parts[0] = 'changed';
    parts.push('added');
    await sending;
    expect(latin1(await one.receive())).toEqual(['a', 'b']);
  });

  it('a small buffer may be used again after send, before and after the peer is there', async () => {
    const [one, two] = await pairOver(endpoint());
    const scratch = Buffer.alloc(100);
    for (let i = 0; i < 20; i++) {
      scratch.fill(i);
      await two.send([scratch, scratch]);
    }
    for (let i = 0; i < 20; i++) {
      const expected = Buffer.alloc(100, i);
      expect(await one.receive()).toEqual([expected, expected]);
    }
    for (let i = 0; i < 20; i++) {
      scratch.fill(i);
      await two.send(scratch);
    }
    for (let i = 0; i < 20; i++) expect(await one.receive()).toEqual([Buffer.alloc(100, i)]);
  });

  it('a received message is the receiver’s: changing it changes no other', async () => {
    const [one, two] = await pairOver(endpoint());
    await two.send(['one', 'two']);
    await two.send(['one', 'two']);
    const first = await one.receive();
    first[0]?.fill(0);
    first.length = 0;
    expect(latin1(await one.receive())).toEqual(['one', 'two']);
  });
});

describe('what cannot be sent is thrown, and the socket goes on', () => {
  const refused: [what: string, value: unknown][] = [
    ['a symbol', Symbol('s')],
    ['a symbol in a list', ['a', Symbol('s')]],
    ['an object without text', Object.create(null)],
    [
      'an object whose text throws',
      {
        toString: () => {
          throw new TypeError('no text');
        },
      },
    ],
  ];
  it.each(refused)('%s', async (_what, value) => {
    const [one, two] = await pairOver(inproc());
    const { how, error } = await outcome(() => two.send(value as never));
    expect(how).toBe('threw');
    expect(error).toBeInstanceOf(TypeError);
    await two.send('next');
    expect(latin1(await one.receive())).toEqual(['next']);
  });
});
