// Commands: malformed, unknown, at the wrong time, to the wrong socket; PING and PONG (RFC 23 §Commands, RFC 37).

import * as wire from '../../support/wire.js';
import { shakes, talks, type WireCase } from '../wire-case.js';

const MALFORMED = { ends: 'command-malformed' } as const;
const UNEXPECTED = { ends: 'command-unexpected' } as const;
const all = (...chunks: Uint8Array[]): Buffer => Buffer.concat(chunks);
const X = wire.message('x');
const LENIENT = { options: { lenient: true } } as const;
const heard = { received: ['x'] } as const;
const READY = wire.ready('PUSH');
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

const malformed: [title: string, body: Buffer][] = [
  ['C1 an empty command', Buffer.alloc(0)],
  ['C2 a name of no letters', hex('00')],
  ['C2 a name of no letters, with data', hex('00414243')],
  ['C3 a name longer than its command', hex('0941')],
  ['C3 a name of 255 letters in a command of two octets', hex('ff41')],
  ['C5 a name that is not ASCII', hex('03c3a941')],
  ['A47 a name with a space', hex('03412042')],
  ['A47 a name with a zero', hex('03410042')],
  ['A47 a name with a digit', hex('03413142')],
  ['A47 a name of control characters', hex('031b5b48')],
];

/** In traffic: ignored, and the peer goes on. */
const ignored: [title: string, bytes: Buffer][] = [
  ['C6 an unknown command', wire.command('NEWS', 'of the day')],
  ['A48 a name of 255 letters', wire.command('N'.repeat(255))],
  [
    'A49 a PING by another name',
    all(wire.command('PINGX', '12'), wire.command('PIN', '12'), wire.command('ping', '12')),
  ],
  ['A50 words of RADIO and DISH', all(wire.command('JOIN', 'group'), wire.command('LEAVE', 'group'))],
  [
    'A51 words of PLAIN and CURVE',
    all(...['HELLO', 'WELCOME', 'INITIATE', 'MESSAGE'].map((n) => wire.command(n, 'x'))),
  ],
  ['A52 ready in another case', all(wire.command('ready'), wire.command('Ready'), wire.command('error'))],
  ['C14 SUBSCRIBE and CANCEL to a PULL', all(wire.subscribe('t'), wire.cancel('t'), wire.subscribe(''))],
  ['H5 PONGs that nobody asked for', all(wire.pong(), wire.pong('some context'), wire.pong('x'.repeat(200)))],
];

const early: [title: string, bytes: Buffer, ends: string][] = [
  ['C7 an unknown command', wire.command('NEWS'), 'command-unexpected'],
  ['C8 PING', wire.ping(1), 'command-unexpected'],
  ['C8 PONG', wire.pong(), 'command-unexpected'],
  ['C8 SUBSCRIBE', wire.subscribe('t'), 'command-unexpected'],
  ['C8 CANCEL', wire.cancel('t'), 'command-unexpected'],
  ['C11 ready', wire.command('ready', READY.subarray(8)), 'command-unexpected'],
  ['C11 Ready', wire.command('Ready', READY.subarray(8)), 'command-unexpected'],
  ['C12 a message', X, 'message-early'],
  ['C12 a part', wire.frame(1, 'x'), 'message-early'],
  ['C13 READY as a message', all(Buffer.of(0), READY.subarray(1)), 'message-early'],
  ['A53 HELLO of PLAIN', wire.command('HELLO', '\x01a\x01b'), 'command-unexpected'],
  ['A54 ERROR whose reason is too long for it', wire.command('ERROR', '\xffno'), 'error-malformed'],
  ['A54 ERROR with octets behind its reason', wire.command('ERROR', '\x02no more'), 'error-malformed'],
  ['A54 ERROR of nothing', wire.command('ERROR'), 'error-malformed'],
  ['A55 ERROR with an empty reason', wire.error(''), 'peer-error'],
  ['A55 ERROR with a reason that moves the cursor', wire.error('\x1b[2J\r\nroot:'), 'peer-error'],
  ['A56 a name of 255 letters', wire.command('R'.repeat(255)), 'command-unexpected'],
];

const PING_18 = wire.ping(1, 'sixteen octets..');

export const commandCases: readonly WireCase[] = [
  ...malformed.flatMap(([title, body]) => [
    shakes(`${title}, before READY`, wire.frame(4, body), MALFORMED),
    talks(`${title}, in traffic`, all(X, wire.frame(4, body), X), { ...MALFORMED, ...heard }),
  ]),
  ...ignored.map(([title, bytes]) => talks(`${title}, in traffic`, all(bytes, X), heard)),
  ...early.map(([title, bytes, ends]) => shakes(`${title} before READY`, all(bytes, READY, X), { ends })),
  shakes('C13 READY as a message, where we are lenient', all(Buffer.of(0), READY.subarray(1), X), {
    ...LENIENT,
    ...heard,
  }),
  shakes('C13 READY as a part of a message, though we are lenient', all(Buffer.of(1), READY.subarray(1), X), {
    ...LENIENT,
    ends: 'message-early',
  }),
  shakes('C13 PING as a message, though we are lenient', all(Buffer.of(0), wire.ping(1).subarray(1), READY), {
    ...LENIENT,
    ...UNEXPECTED,
  }),
  shakes('C12 a message, though we are lenient', all(X, READY), { ...LENIENT, ...MALFORMED }),
  talks('C13 READY as a message in traffic, where we are lenient', all(Buffer.of(0), READY.subarray(1)), {
    ...LENIENT,
    received: [READY.subarray(2).toString('latin1')],
  }),
  talks('C9 READY after the handshake', all(X, READY, X), { ...UNEXPECTED, ...heard }),
  talks('C10 ERROR after the handshake', all(X, wire.error('late'), X), { ...UNEXPECTED, ...heard }),
  talks('C14 SUBSCRIBE to a ROUTER', all(wire.subscribe('t'), X), { on: 'ROUTER', received: ['<id>|x'] }),
  ...[0, 1].map((size) =>
    talks(`H1 a PING of ${5 + size} octets`, wire.command('PING', 'x'.repeat(size)), { ends: 'ping-malformed' }),
  ),
  talks('H4 a hundred PINGs', all(...Array.from({ length: 100 }, (_, i) => wire.ping(0, `${i}`))), {
    answers: Array.from({ length: 100 }, (_, i) => `PONG ${i}`),
  }),
  talks('H6 a PING between the parts of a message', all(wire.frame(1, 'a'), wire.ping(0, 'c'), wire.frame(0, 'b')), {
    received: ['a|b'],
    answers: ['PONG c'],
  }),
  talks('H9 a time to live of a tenth of a second, then silence', wire.ping(1), {
    after: 'silence',
    options: { handshakeInterval: 1000 },
    ends: 'peer-silent',
    answers: ['PONG'],
  }),
  talks('A57 a time to live that is taken back, then silence', all(wire.ping(1), wire.ping(0)), {
    after: 'silence',
    answers: ['PONG', 'PONG'],
  }),
  talks('A58 the longest time to live, then silence', wire.ping(0xffff), { after: 'silence', answers: ['PONG'] }),
  talks('A59 a PING with all of its context', PING_18, { answers: ['PONG sixteen octets..'] }),
  talks('A59 a PING with one octet more', wire.ping(1, 'seventeen octets.'), { ends: 'ping-malformed' }),
  talks('A60 a PING in the long form', wire.longFrame(4, wire.commandBody('PING', '\0\0')), { answers: ['PONG'] }),
  talks(
    'A61 commands of all kinds between the parts of a message',
    all(wire.frame(1, 'a'), wire.pong(), wire.command('NEWS'), wire.frame(1, 'b'), wire.subscribe('t'), X),
    { received: ['a|b|x'] },
  ),
  talks('A62 READY between the parts of a message', all(wire.frame(1, 'a'), READY, X), UNEXPECTED),
  talks('A63 a PING whose context is a frame', all(wire.ping(0, X), X), { ...heard, answers: ['PONG \0\x01x'] }),
];
