// Frames: flags, forms, sizes and limits, before the handshake is done and after (RFC 23 §Framing).

import * as wire from '../../support/wire.js';
import { greets, shakes, talks, type WireCase } from '../wire-case.js';

const FLAGS = { ends: 'frame-flags' } as const;
const SIZE = { ends: 'frame-size' } as const;
const all = (...chunks: Uint8Array[]): Buffer => Buffer.concat(chunks);
const LIMITED = { options: { maxMessageSize: 1000 } };
const LENIENT = { lenient: true };
const lenientReady = all(Buffer.of(0x84), wire.ready('PUSH').subarray(1));
const reserved = [0x08, 0x10, 0x20, 0x40, 0x80, 0xf8, 0xff];
const impossible: [name: string, size: bigint][] = [
  ['2^64-1', 2n ** 64n - 1n],
  ['2^63', 2n ** 63n],
  ['2^63+5', 2n ** 63n + 5n],
  ['2^53+1', 2n ** 53n + 1n],
  ['2^53', 2n ** 53n],
];
/** A message and what is behind the fault: nothing of that may be heard. */
const X = wire.message('x');
const parts = (count: number): Buffer => all(Buffer.alloc(2 * (count - 1), '0100', 'hex'), wire.message(''));
const spelt = (count: number): string => Array(count).fill('').join('|');
const body = (size: number): Buffer => Buffer.alloc(size, 'body');

const flagCases: WireCase[] = [
  ...reserved.map((flags) => shakes(`F1 flags ${flags.toString(16)} before READY`, wire.frame(flags, 'x'), FLAGS)),
  ...reserved.map((flags) => talks(`F1 flags ${flags.toString(16)} in traffic`, all(wire.frame(flags, 'x'), X), FLAGS)),
  ...reserved.map((flags) =>
    talks(`F1 flags ${flags.toString(16)} in traffic, where we are lenient`, all(wire.frame(flags & 0xf8, 'x'), X), {
      options: LENIENT,
      received: ['x', 'x'],
    }),
  ),
  talks(
    'F1 long frames and parts with reserved flags, where we are lenient',
    all(wire.longFrame(0x89, 'a'), wire.frame(0x10, 'b'), X),
    {
      options: LENIENT,
      received: ['a|b', 'x'],
    },
  ),
  greets('F1 READY with reserved flags, where we are lenient', all(wire.greeting(), lenientReady, X), {
    options: LENIENT,
    received: ['x'],
  }),
  talks('F2 MORE on a command, though we are lenient', all(wire.frame(0x85, wire.commandBody('NEWS')), X), {
    options: LENIENT,
    ...FLAGS,
  }),
  shakes('F2 MORE on READY', all(Buffer.of(5), wire.ready('PUSH').subarray(1)), FLAGS),
  talks('F2 MORE on a command', wire.frame(5, wire.commandBody('NEWS')), FLAGS),
  talks('F2 MORE on a long command', wire.longFrame(5, wire.commandBody('NEWS')), FLAGS),
];

const sizeCases: WireCase[] = [
  talks('F3 a long form of one octet', wire.longFrame(0, 'x'), { received: ['x'] }),
  talks('F3 long forms in all parts', all(wire.longFrame(1, 'a'), wire.longFrame(0, 'b')), { received: ['a|b'] }),
  greets('F3 READY in the long form', all(wire.greeting(), wire.longFrame(4, wire.ready('PUSH').subarray(2))), {}),
  ...impossible.flatMap(([name, size]) => [
    talks(`F4 a message of ${name} octets`, wire.longFrame(0, 'x', size), SIZE),
    talks(`F4 a part of ${name} octets`, wire.longFrame(1, 'x', size), SIZE),
    talks(`F4 a command of ${name} octets`, wire.longFrame(4, 'x', size), SIZE),
    shakes(`F4 ${name} octets before READY`, wire.longFrame(4, 'x', size), SIZE),
  ]),
  talks('F4 2^32 octets above maxMessageSize', wire.longFrame(0, '', 2n ** 32n), { ...SIZE, ...LIMITED }),
  talks('F4 2^31 octets above maxMessageSize', wire.longFrame(0, '', 2n ** 31n), { ...SIZE, ...LIMITED }),
  talks('F4 2^31 octets that do not come', wire.longFrame(0, 'x', 2n ** 31n), { after: 'FIN', ends: 'left' }),
  talks('F4 2^32 octets that do not come', wire.longFrame(0, 'x', 2n ** 32n), { after: 'RST', ends: 'ECONNRESET' }),
  talks('F5 maxMessageSize', wire.message(body(1000)), { ...LIMITED, received: [String(body(1000))] }),
  talks('F5 maxMessageSize + 1', all(wire.message(body(1001)), X), { ...LIMITED, ...SIZE }),
  talks('F6 1 GiB announced, 10 octets sent, silence', wire.longFrame(0, '0123456789', 2n ** 30n), {
    after: 'RST',
    ends: 'ECONNRESET',
  }),
  talks('F7 every octet of a long header by itself', wire.longFrame(0, body(300)), { received: [String(body(300))] }),
  talks('F8 frames of nothing, final and not', all(parts(1), parts(3)), { received: ['', '||'] }),
  talks('F9 65,536 empty parts', parts(65_536), { received: [spelt(65_536)] }),
  talks('F9 65,537 empty parts', all(parts(65_537), X), { ends: 'message-parts' }),
  talks('F11 a part, then FIN', wire.frame(1, 'half'), { after: 'FIN', ends: 'left' }),
  talks('F11 a part, then RST', wire.frame(1, 'half'), { after: 'RST', ends: 'ECONNRESET' }),
  talks('F11 a message and a part, then FIN', all(X, wire.frame(1, 'half')), {
    after: 'FIN',
    ends: 'left',
    received: ['x'],
  }),
  talks('F12 a thousand messages of one octet', Buffer.alloc(3000, '000178', 'hex'), {
    received: Array(1000).fill('x'),
  }),
];

const ownCases: WireCase[] = [
  talks('A24 a long frame of nothing', wire.longFrame(0, ''), { received: [''] }),
  talks('A25 a long part of nothing', all(wire.longFrame(1, ''), wire.longFrame(0, '')), { received: ['|'] }),
  talks('A26 2^32+5 octets, five of which come', all(wire.longFrame(0, '12345', 2n ** 32n + 5n), X), SIZE),
  talks('A27 MORE on a long command of nothing', wire.longFrame(5, ''), FLAGS),
  talks('A28 parts within the limit, together above it', all(wire.frame(1, body(600)), wire.frame(0, body(401)), X), {
    ...LIMITED,
    ...SIZE,
  }),
  talks('A29 parts that fill the limit, and an empty one', all(wire.frame(1, body(1000)), wire.frame(0, '')), {
    ...LIMITED,
    received: [`${body(1000)}|`],
  }),
  talks('A30 the limit is that of each message anew', all(wire.message(body(1000)), wire.message(body(1000))), {
    ...LIMITED,
    received: [String(body(1000)), String(body(1000))],
  }),
  talks('A31 nothing at all where nothing is allowed', all(wire.message(''), wire.message('', '')), {
    on: 'PUSH',
    options: { maxMessageSize: 0 },
  }),
  talks('A32 one octet where nothing is allowed', X, { on: 'PUSH', options: { maxMessageSize: 0 }, ...SIZE }),
  talks('A33 what follows a fault in the same chunk is not heard', all(X, wire.frame(0x80, 'bad'), X), {
    ...FLAGS,
    received: ['x'],
  }),
  talks('A34 a body that is a greeting and READY', wire.message(wire.greeting(), wire.ready('PUSH')), {
    received: [`${wire.greeting().toString('latin1')}|${wire.ready('PUSH').toString('latin1')}`],
  }),
  talks('A35 a body that is half a frame', wire.message(Buffer.from('0001', 'hex')), { received: ['\0\x01'] }),
  talks('A36 a body at the end of the short form', wire.message(body(255)), { received: [String(body(255))] }),
  talks('A37 a body at the start of the long form', wire.message(body(256)), { received: [String(body(256))] }),
  talks('A38 a body of a chunk', wire.message(body(65_536)), { received: [String(body(65_536))] }),
  talks('A39 a body as large as those filled in place', wire.message(body(262_144)), {
    received: [String(body(262_144))],
  }),
  talks('A40 a body larger than those filled in place', wire.message(body(262_145)), {
    received: [String(body(262_145))],
  }),
  talks('A41 a fault between the parts of a message', all(wire.frame(1, 'half'), wire.frame(0x10, 'x'), X), FLAGS),
  talks('A42 a command header cut off by FIN', wire.longFrame(4, '').subarray(0, 5), { after: 'FIN', ends: 'left' }),
  shakes('A43 READY cut off by silence', wire.ready('PUSH').subarray(0, 20), {
    after: 'silence',
    ends: 'handshake-timeout',
  }),
  shakes('A44 READY of a size that does not come', wire.longFrame(4, '\x05READY', 60_000n), {
    after: 'silence',
    ends: 'handshake-timeout',
  }),
  talks('A45 no command to a PULL is longer than one of the handshake', wire.longFrame(4, '', 65_537n), SIZE),
  talks('A46 no command to a PUB is longer than its topics together may be', wire.longFrame(4, '', 2n ** 27n), {
    on: 'PUB',
    ...SIZE,
  }),
  talks('A99 300 parts of one octet', all(Buffer.alloc(3 * 299, '010178', 'hex'), X), {
    received: [Array(300).fill('x').join('|')],
  }),
];

export const framingCases: readonly WireCase[] = [...flagCases, ...sizeCases, ...ownCases];
