// Subscriptions, envelopes and directions: bytes that are legal frames and no legal conversation (RFC 28–31, 37).

import * as wire from '../../support/wire.js';
import { shakes, talks, type WireCase } from '../wire-case.js';

const all = (...chunks: Uint8Array[]): Buffer => Buffer.concat(chunks);
const PUB = { on: 'PUB' } as const;
const XPUB = { on: 'XPUB' } as const;
const long = Buffer.alloc(65_536, 'topic');
const longCommand = (name: string): Buffer => wire.frame(4, wire.commandBody(name, long));
const text = (bytes: Buffer): string => bytes.toString('latin1');
const addresses = Array.from({ length: 300 }, (_, i) => `a${i}`);
const minor0 = (type: string): Buffer => all(wire.greeting({ minor: 0 }), wire.ready(type));

const subscriptions: WireCase[] = [
  talks('S1 the empty topic', all(wire.subscribe(''), wire.cancel('')), { ...XPUB, received: ['\x01', '\0'] }),
  talks('S2 a topic of 64 KiB, and its end', all(longCommand('SUBSCRIBE'), longCommand('CANCEL')), {
    ...XPUB,
    received: [`\x01${text(long)}`, `\0${text(long)}`],
  }),
  talks('S3 the end of what never began', all(wire.cancel('t'), wire.cancel('')), XPUB),
  talks('S4 a topic twice, ended once', all(wire.subscribe('t'), wire.subscribe('t'), wire.cancel('t')), {
    ...XPUB,
    received: ['\x01t'],
  }),
  talks(
    'S4 a topic twice, ended twice',
    all(...['SUBSCRIBE', 'SUBSCRIBE', 'CANCEL', 'CANCEL'].map((n) => wire.command(n, 't'))),
    {
      ...XPUB,
      received: ['\x01t', '\0t'],
    },
  ),
  talks('S7 topics as messages to a peer of 3.1', all(wire.message('\x01t'), wire.message('\0t')), {
    ...XPUB,
    received: ['\x01t', '\0t'],
  }),
  talks('S8 other messages to PUB', all(wire.message('\x02x'), wire.message(''), wire.message('a', 'b')), PUB),
  talks('S8 other messages to XPUB', all(wire.message('\x02x'), wire.message('')), {
    ...XPUB,
    received: ['\x02x', ''],
  }),
  talks('S9 a topic with MORE', all(wire.frame(1, '\x01t'), wire.frame(0, 'more')), {
    ...XPUB,
    received: ['\x01t|more'],
  }),
  talks('S10 a topic that is no text', wire.subscribe(Buffer.from('ff00c328', 'hex')), {
    ...XPUB,
    received: ['\x01\xff\0\xc3('],
  }),
  talks('S11 messages that nobody subscribed to', all(wire.message('else'), wire.message(''), wire.message('go')), {
    on: 'SUB',
    received: ['go'],
  }),
  talks('S11 parts that nobody subscribed to', all(wire.message('else', 'g'), wire.message('g', 'else')), {
    on: 'SUB',
    received: ['g|else'],
  }),
  talks('A78 a subscriber whose topics all end', all(...numbered('SUBSCRIBE'), ...numbered('CANCEL')), {
    ...XPUB,
    received: [...shown('\x01'), ...shown('\0')],
  }),
  talks(
    'A79 a topic between the parts of a message',
    all(wire.frame(1, 'a'), wire.subscribe('t'), wire.frame(0, 'b')),
    {
      ...XPUB,
      received: ['\x01t', 'a|b'],
    },
  ),
  talks('A80 PUB hears what only XPUB shows', all(wire.subscribe('t'), wire.message('x'), wire.cancel('t')), PUB),
  {
    ...shakes('S7 topics as messages to a peer of 3.0', all(wire.message('\x01t'), wire.message('\0t')), XPUB),
    before: minor0('SUB'),
    received: ['\x01t', '\0t'],
  },
  {
    ...shakes('A81 topics as commands from a peer of 3.0', all(wire.subscribe('t'), wire.cancel('t')), XPUB),
    before: minor0('SUB'),
    received: ['\x01t', '\0t'],
  },
];

const REP = { on: 'REP' } as const;
const REQ = { on: 'REQ' } as const;
const served = { received: ['next'], answers: ['|to next'] } as const;
const next = wire.message('', 'next');

const envelopes: WireCase[] = [
  talks('R1 a request without delimiter', all(wire.message('nodelim'), next), { ...REP, ...served }),
  talks('R1 a request of a delimiter', all(wire.message(''), next), { ...REP, ...served }),
  talks('R1 a request whose delimiter is last', all(wire.message('a', ''), next), { ...REP, ...served }),
  talks('R1 a request with 300 addresses', wire.message(...addresses, '', 'q'), {
    ...REP,
    received: ['q'],
    answers: [[...addresses, '', 'to q'].join('|')],
  }),
  talks('R1 a request with an empty body', wire.message('', ''), { ...REP, received: [''], answers: ['|to '] }),
  talks('R2 a reply without delimiter', all(wire.message('nodelim'), next), { ...REQ, received: ['next'] }),
  talks('R2 a reply of a delimiter', all(wire.message(''), next), { ...REQ, received: ['next'] }),
  talks('R2 a reply twice', all(next, wire.message('', 'again')), { ...REQ, received: ['next'] }),
  talks('R2 a reply to an address', all(wire.message('a', '', 'x'), next), { ...REQ, received: ['next'] }),
  talks('R3 a request, and gone', next, { ...REP, ...served, after: 'RST', ends: 'ECONNRESET' }),
  talks('A82 a request after a request', all(next, wire.message('', 'more')), {
    ...REP,
    received: ['next', 'more'],
    answers: ['|to next', '|to more'],
  }),
  talks('A83 a ROUTER hears an empty message', all(wire.message(''), wire.message('', '')), {
    on: 'ROUTER',
    received: ['<id>|', '<id>||'],
  }),
  talks('A84 a PUSH hears messages, which are none of its business', all(next, wire.message('x'), wire.subscribe('')), {
    on: 'PUSH',
  }),
  talks('A85 a flood of messages at a PUSH', Buffer.alloc(30_000, '000178', 'hex'), { on: 'PUSH' }),
  talks('A86 a flood of messages at a PUB', Buffer.alloc(30_000, '000178', 'hex'), PUB),
  talks('A87 a PAIR and a DEALER take any message', all(wire.message(''), wire.message('', '')), {
    on: 'PAIR',
    received: ['', '|'],
  }),
  talks('A87 a DEALER takes any message', all(wire.message(''), wire.message('', '')), {
    on: 'DEALER',
    received: ['', '|'],
  }),
];

function numbered(name: string): Buffer[] {
  return Array.from({ length: 50 }, (_, i) => wire.command(name, `t${i}`));
}

function shown(sign: string): string[] {
  return Array.from({ length: 50 }, (_, i) => `${sign}t${i}`);
}

export const patternCases: readonly WireCase[] = [...subscriptions, ...envelopes];
