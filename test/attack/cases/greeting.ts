// The greeting: other protocols, wrong signatures, versions and mechanisms, and what must be tolerated (RFC 23 §Greeting).

import * as wire from '../../support/wire.js';
import { greets, shakes, type WireCase } from '../wire-case.js';

const SIGNATURE = { ends: 'greeting-signature' } as const;
const VERSION = { ends: 'greeting-version' } as const;
const MECHANISM = { ends: 'greeting-mechanism' } as const;

const strangers: [title: string, bytes: Buffer | string][] = [
  ['G1 an HTTP request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['G1 the last octet of a long request line', 'G'],
  ['G2 a TLS hello', Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(60, 7)])],
  ['G3 an SSH banner', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['G3 an SMTP banner', '220 mail.example ESMTP\r\n'],
  ['G4 ZMTP 1.0, anonymous', Buffer.from('0100', 'hex')],
  ['G4 ZMTP 1.0 with an identity', Buffer.from('0400414243', 'hex')],
  ['G5 an octet 9 of 00', Buffer.from('ff000000000000000000', 'hex')],
  ['G5 an octet 9 of 7e', Buffer.from('ff00000000000000007e', 'hex')],
  ['A1 a BOM before the greeting', Buffer.concat([Buffer.from('efbbbf', 'hex'), wire.greeting()])],
  ['A2 a zero before the greeting', Buffer.concat([Buffer.alloc(1), wire.greeting()])],
  ['A3 ZMTP 1.0 with an identity of 255 octets and more', Buffer.from('ff00000000000001000041', 'hex')],
  ['A4 a PROXY protocol header in words', 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'],
  ['A5 a PROXY protocol header in octets', Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex')],
  ['A6 HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['A7 a WebSocket upgrade', 'GET /zws HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ZWS2.0\r\n\r\n'],
  ['A8 Redis', '*1\r\n$4\r\nPING\r\n'],
  ['A9 PostgreSQL', Buffer.from('0000000804d2162f', 'hex')],
  ['A10 SMB, which begins with ff', Buffer.from('ff534d4272000000001801280000000000', 'hex')],
  ['A11 a JPEG, which begins with ff', Buffer.from('ffd8ffe000104a4649460001', 'hex')],
  ['A12 UTF-16, which begins with ff', Buffer.from('\ufeffGET / HTTP', 'utf16le')],
];

/** Accepted: the peer goes on as any other. */
const READY = wire.ready(wire.PEER_OF.PULL as string);
const tolerated: [title: string, fields: wire.GreetingFields][] = [
  ['G5 an octet 9 of 01', { signature: Buffer.from('ff000000000000000001', 'hex') }],
  ['G5 an octet 9 of ff', { signature: Buffer.from('ff0000000000000000ff', 'hex') }],
  ['G6 a signature padded with all bits', { signature: Buffer.from('ffffffffffffffffff7f', 'hex') }],
  ['G6 a signature padded with a length', { signature: Buffer.from('ff00000000000000017f', 'hex') }],
  ['G11 a filler of all bits', { filler: Buffer.alloc(31, 0xff) }],
  ['G15 as-server with NULL', { asServer: 1 }],
  ['A13 as-server of all bits', { asServer: 0xff }],
  ['A14 version 3.0', { minor: 0 }],
  ['A15 version 3.255', { minor: 255 }],
  ['A16 version 255.255', { major: 255, minor: 255 }],
  ['A17 version 4.0', { major: 4, minor: 0 }],
];

const mechanisms: [title: string, name: string][] = [
  ['G12 null', 'null'],
  ['G12 NULL\\0X', 'NULL\0X'],
  ['G12 all bits', '\xff'.repeat(20)],
  ['G12 20 letters', 'X'.repeat(20)],
  ['G12 nothing', ''],
  ['G13 PLAIN', 'PLAIN'],
  ['G13 CURVE', 'CURVE'],
  ['G13 GSSAPI', 'GSSAPI'],
  ['A18 NULL with a space', 'NULL '],
  ['A18 NULL with a zero in front', '\0NULL'],
  ['A18 NULL with its high bit', 'NUL\xcc'],
  ['A18 NULL twice', 'NULLNULL'],
  ['A18 NULL with an octet at the very end', `NULL${'\0'.repeat(15)}X`],
  ['A18 a line feed', 'NULL\n'],
];

const GREETING = wire.greeting();
/** Telnet's first words have the form of a signature: told apart by the mechanism only. */
const TELNET = Buffer.from('fffb01fffb03fffd18fffd1ffffd20fffd21fffd22fffd27fffd05fffb05'.padEnd(128, 'f'), 'hex');

export const greetingCases: readonly WireCase[] = [
  ...strangers.map(([title, bytes]) => greets(title, bytes, SIGNATURE)),
  ...tolerated.map(([title, fields]) => greets(title, Buffer.concat([wire.greeting(fields), READY]), {})),
  ...mechanisms.map(([title, name]) =>
    greets(`${title} as mechanism`, wire.greeting({ mechanism: Buffer.from(name, 'latin1') }), MECHANISM),
  ),
  ...[0, 1, 2].map((major) => greets(`G7 version ${major}.0`, wire.greeting({ major, minor: 0 }), VERSION)),
  greets('G7 version 2.1 with a mechanism of ours', wire.greeting({ major: 2 }), VERSION),
  greets('G9 11 octets and silence', GREETING.subarray(0, 11), { after: 'silence', ends: 'handshake-timeout' }),
  greets('G9 one octet and silence', GREETING.subarray(0, 1), { after: 'silence', ends: 'handshake-timeout' }),
  greets('G10 63 octets and FIN', GREETING.subarray(0, 63), { after: 'FIN', ends: 'EPIPE' }),
  greets('A19 63 octets and RST', GREETING.subarray(0, 63), { after: 'RST', ends: 'ECONNRESET' }),
  greets('G18 a greeting and FIN', GREETING, { after: 'FIN', ends: 'EPIPE' }),
  greets('A20 a greeting and silence', GREETING, { after: 'silence', ends: 'handshake-timeout' }),
  greets('G18 a greeting, READY and FIN', Buffer.concat([GREETING, READY]), { after: 'FIN', ends: 'left' }),
  greets('A21 Telnet, whose first words look like a signature', TELNET, MECHANISM),
  shakes('A22 a second greeting', GREETING, { ends: 'frame-flags' }),
  shakes('A23 HTTP after the greeting', 'GET / HTTP/1.1\r\n\r\n', { ends: 'frame-flags' }),
];
