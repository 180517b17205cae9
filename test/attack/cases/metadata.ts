// READY and its metadata: socket types, routing ids, sizes and names (RFC 23 §Metadata, RFC 28–31, RFC 37).

import * as wire from '../../support/wire.js';
import { greets, shakes, type WireCase } from '../wire-case.js';

const METADATA = { ends: 'metadata-malformed' } as const;
const all = (...chunks: Uint8Array[]): Buffer => Buffer.concat(chunks);
const TYPE = wire.property('Socket-Type', 'PUSH');
const X = wire.message('x');
const LENIENT = { options: { lenient: true } } as const;
const heard = { received: ['x'] } as const;
/** A READY of any length. */
const ready = (...properties: Uint8Array[]): Buffer => wire.frame(4, wire.commandBody('READY', all(...properties)));
const many = (count: number): Buffer => all(...Array.from({ length: count }, (_, i) => wire.property(`X-${i}`, '')));

/** A type that does not fit is told so. */
const TOLD = { ends: 'socket-type', answers: ['ERROR \x18Incompatible socket type'] } as const;
const misfits: [title: string, type: string][] = [
  ['N8 PULL to PULL', 'PULL'],
  ['N8 PUB to PULL', 'PUB'],
  ['N8 DEALER to PULL', 'DEALER'],
  ['N9 PUSH with a zero', 'PUSH\0'],
  ['N9 PUSH with a space', 'PUSH '],
  ['N9 push', 'push'],
  ['N9 nothing', ''],
  ['A64 STREAM, which is no type of the wire', 'STREAM'],
  ['A64 SERVER, CLIENT and their like', 'CLIENT'],
  ['A65 a type of 60,000 octets', 'P'.repeat(60_000)],
  ['A65 a type of control characters', '\x1b[31m\r\n'],
  ['A66 a name that every object has', 'constructor'],
];

const malformed: [title: string, properties: Buffer][] = [
  ['N1 no property at all', Buffer.alloc(0)],
  ['N1 no Socket-Type', wire.property('Identity', 'me')],
  ['N4 a name of no letters', all(TYPE, wire.property('', 'v'))],
  ['N5 a value cut off', all(TYPE, wire.property('X', 'v', 2))],
  ['N5 a value of 2^31', all(TYPE, wire.property('X', 'v', 2 ** 31))],
  ['N5 a value of 2^32-1', all(TYPE, wire.property('X', 'v', 2 ** 32 - 1))],
  ['N6 an octet too many', all(TYPE, Buffer.of(0))],
  ['N6 another octet too many', all(TYPE, Buffer.of(7))],
  ['A68 a name with a space', all(TYPE, wire.property('a b', ''))],
  ['A68 a name with a zero', all(TYPE, wire.property('a\0b', ''))],
  ['A68 a name of another alphabet', all(TYPE, wire.property('\xe4', ''))],
  ['A69 a name that leaves no room for a value', all(TYPE, Buffer.from('\x04abcd', 'latin1'))],
  ['A69 a name and half a size', all(TYPE, Buffer.from('\x04abcd\0\0', 'latin1'))],
];

const fine: [title: string, properties: Buffer][] = [
  ['N2 a property name in small letters', wire.property('socket-type', 'PUSH')],
  ['N2 a property name in capitals', wire.property('SOCKET-TYPE', 'PUSH')],
  ['N11 an identity of a PUSH', all(TYPE, wire.property('Identity', 'me'))],
  ['N11 an identity of a PUSH that begins with 00', all(TYPE, wire.property('Identity', Buffer.alloc(5)))],
  ['N11 an identity of a PUSH that is too long', all(TYPE, wire.property('Identity', 'x'.repeat(300)))],
  ['A70 256 properties', all(TYPE, many(255))],
  ['A71 names that every object has', all(TYPE, ...['__proto__', 'constructor'].map((n) => wire.property(n, 'x')))],
  ['A72 Socket-Type twice, the second wrong', all(TYPE, wire.property('Socket-Type', 'SUB'))],
  ['A73 a name of 255 letters', all(TYPE, wire.property('n'.repeat(255), 'v'))],
  ['A74 60,000 octets of a value', all(TYPE, wire.property('X-Long', Buffer.alloc(60_000)))],
  ['A75 a value of nothing', all(TYPE, wire.property('X-Empty', ''))],
];

const router = (title: string, identity: Buffer | string, verdict: Partial<WireCase>): WireCase =>
  shakes(title, all(wire.ready('DEALER', wire.property('Identity', identity)), X), { on: 'ROUTER', ...verdict });
const LONG_ID = 'i'.repeat(255);

export const metadataCases: readonly WireCase[] = [
  ...misfits.map(([title, type]) =>
    shakes(`${title} as type`, all(ready(wire.property('Socket-Type', type)), X), TOLD),
  ),
  ...malformed.map(([title, properties]) => shakes(`${title} in READY`, all(ready(properties), X), METADATA)),
  shakes('A67 257 properties in READY', all(ready(all(TYPE, many(256))), X), { ends: 'metadata-limit' }),
  ...fine.map(([title, properties]) => shakes(`${title} in READY`, all(ready(properties), X), heard)),
  shakes('N1 no Socket-Type, where we are lenient', all(ready(wire.property('X', 'v')), X), { ...LENIENT, ...heard }),
  shakes('N1 no property at all, where we are lenient', all(ready(), X), { ...LENIENT, ...heard }),
  shakes('N8 a type that does not fit, though we are lenient', all(ready(wire.property('Socket-Type', 'SUB')), X), {
    ...LENIENT,
    ...TOLD,
  }),
  shakes('N1 no Socket-Type to a ROUTER that is lenient', all(ready(wire.property('Identity', 'me')), X), {
    on: 'ROUTER',
    ...LENIENT,
    received: ['<id>|x'],
  }),
  shakes('A72 Socket-Type twice, the first wrong', all(ready(wire.property('Socket-Type', 'SUB'), TYPE), X), TOLD),
  router('N10 an empty identity', '', { received: ['<id>|x'] }),
  router('N10 an identity of 255 octets', LONG_ID, { received: [`${LONG_ID}|x`] }),
  router('N10 an identity of 256 octets', 'i'.repeat(256), { ends: 'routing-id' }),
  router('N10 an identity that begins with 00', Buffer.from('0001020304', 'hex'), { ends: 'routing-id' }),
  router('R7 an identity of one zero', Buffer.alloc(1), { ends: 'routing-id' }),
  router('A76 an identity that is a delimiter and more', '\x01\0', { received: ['\x01\0|x'] }),
  shakes('N14 READY of 64 KiB + 1', wire.longFrame(4, '\x05READY', 65_537n), { ends: 'frame-size' }),
  greets('A77 READY of 64 KiB', all(wire.greeting(), full(65_536), X), heard),
  shakes('N13 ERROR, which ends it', wire.error('Invalid'), { ends: 'peer-error' }),
];

/** A READY frame of so many octets of body. */
function full(size: number): Buffer {
  const rest = size - wire.commandBody('READY', all(TYPE, wire.property('X', ''))).length;
  return ready(TYPE, wire.property('X', Buffer.alloc(rest)));
}
