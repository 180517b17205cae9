// A peer that speaks nonsense at a bound socket, of every type: its own connection ends, an event says why, no memory
// stays, and a well-behaved peer is served by the same listener. Letters refer to the wire cases.

import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/index.js';
import { type AnySocket, type ClassRow, classes, classNamed } from '../support/classes.js';
import { dial, type NetPeer } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

const PROTOCOL = 'handshake:error:protocol';
const OTHER = 'handshake:error:other';
const hello = (type: string): Buffer => Buffer.concat([wire.greeting(), wire.ready(type)]);
const tlsHello = Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(192, 7)]);
const random = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 131 + 17) % 251));

interface Case {
  readonly title: string;
  /** @param type a socket type that fits the library's */
  readonly bytes: (type: string) => Buffer;
  readonly event: Event['type'];
  readonly code: string;
  /** Ends its own side after the bytes. */
  readonly hangUp?: true;
}

const greetingCases: Case[] = [
  { title: 'G1 an HTTP request', bytes: () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
  { title: 'G2 a TLS hello', bytes: () => tlsHello },
  { title: 'G3 an SSH banner', bytes: () => Buffer.from('SSH-2.0-OpenSSH_9.6\r\n') },
  { title: 'G4 ZMTP 1.0', bytes: () => Buffer.from('0100', 'hex') },
  { title: 'G5 a wrong signature', bytes: () => Buffer.from('ff000000000000000000', 'hex') },
  { title: 'G7 ZMTP 2.0', bytes: () => wire.greeting({ major: 2 }) },
  { title: 'zeros', bytes: () => Buffer.alloc(100) },
  { title: 'bytes without pattern', bytes: () => random },
].map((row) => ({ ...row, event: PROTOCOL, code: 'ERR_ZMTP_UNSPECIFIED' }));

const mechanismCases: Case[] = ['null', 'NULL\0X', 'x'.repeat(20), '', 'PLAIN', 'CURVE', '\xff'.repeat(20)].map(
  (name) => ({
    title: `G12 G13 mechanism ${JSON.stringify(name)}`,
    bytes: () => wire.greeting({ mechanism: Buffer.from(name, 'latin1') }),
    event: PROTOCOL,
    code: 'ERR_ZMTP_MECHANISM_MISMATCH',
  }),
);

const after = (bytes: Buffer) => (): Buffer => Buffer.concat([wire.greeting(), bytes]);
const handshakeCases: Case[] = [
  { title: 'F1 reserved flags', bytes: after(wire.frame(0x44, 'x')), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'F2 MORE on a command', bytes: after(wire.frame(0x05, 'x')), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'F4 2^64-1 bytes', bytes: after(wire.longFrame(4, '', 2n ** 64n - 1n)), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'N14 READY of 64 KiB + 1', bytes: after(wire.longFrame(4, '', 65_537n)), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'C1 an empty command', bytes: after(wire.frame(4, '')), code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED' },
  {
    title: 'C3 a name longer than its command',
    bytes: after(wire.frame(4, Buffer.from([9, 65]))),
    code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED',
  },
  { title: 'C7 an unknown command', bytes: after(wire.command('HELLO')), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C8 PING before READY', bytes: after(wire.ping(1)), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C8 SUBSCRIBE before READY', bytes: after(wire.subscribe('x')), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C11 `ready`', bytes: after(wire.command('ready')), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C12 a message before READY', bytes: after(wire.message('early')), code: 'ERR_ZMTP_INVALID_SEQUENCE' },
  { title: 'N1 no Socket-Type', bytes: after(wire.command('READY')), code: 'ERR_ZMTP_INVALID_METADATA' },
  {
    title: 'N5 a value cut off',
    bytes: after(wire.command('READY', wire.property('Socket-Type', 'PAIR', 2 ** 31))),
    code: 'ERR_ZMTP_INVALID_METADATA',
  },
  { title: 'N13 ERROR', bytes: after(wire.error('no')), code: 'ERR_ZMTP_UNSPECIFIED' },
].map((row) => ({ ...row, event: PROTOCOL }));

const silentCases: Case[] = [
  { title: 'nothing', bytes: () => Buffer.alloc(0) },
  { title: '10 bytes of greeting', bytes: () => wire.greeting().subarray(0, 10) },
  { title: 'G10 63 bytes of greeting', bytes: () => wire.greeting().subarray(0, 63) },
  { title: 'G18 a greeting', bytes: () => wire.greeting() },
  { title: 'half a READY', bytes: (type: string) => hello(type).subarray(0, 70) },
].map((row) => ({ ...row, title: `${row.title}, then FIN`, event: OTHER, code: 'EPIPE', hangUp: true }));

const trafficCases: Case[] = [
  { title: 'F1 reserved flags', bytes: wire.frame(0x08, 'x'), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'F4 2^63 bytes', bytes: wire.longFrame(0, '', 2n ** 63n), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'F5 over maxMessageSize', bytes: wire.longFrame(0, '', 100_001n), code: 'ERR_ZMTP_UNSPECIFIED' },
  {
    title: 'parts over maxMessageSize together',
    bytes: Buffer.concat([wire.frame(1, Buffer.alloc(60_000)), wire.longFrame(0, '', 60_000n)]),
    code: 'ERR_ZMTP_UNSPECIFIED',
  },
  { title: 'F9 empty parts without end', bytes: Buffer.alloc(140_000, '0100', 'hex'), code: 'ERR_ZMTP_UNSPECIFIED' },
  { title: 'C9 READY again', bytes: wire.ready('PAIR'), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C10 ERROR', bytes: wire.error('late'), code: 'ERR_ZMTP_UNEXPECTED_COMMAND' },
  { title: 'C1 an empty command', bytes: wire.frame(4, ''), code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED' },
  {
    title: 'H1 a PING of 5 bytes',
    bytes: wire.command('PING'),
    code: 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED',
  },
].map(({ title, bytes, code }) => ({
  title: `in traffic: ${title}`,
  bytes: (type: string) => Buffer.concat([hello(type), bytes]),
  event: 'disconnect',
  code,
}));

const wrongType: Case = {
  title: 'N8 a socket type that does not fit',
  bytes: (type) => hello(type === 'PAIR' ? 'PUB' : 'PAIR'),
  event: 'disconnect',
  code: 'ERR_ZMTP_INVALID_METADATA',
};

const cases = [...greetingCases, ...mechanismCases, ...handshakeCases, ...silentCases, ...trafficCases, wrongType];

/** Everything the socket's observer has said about faults. */
function faults(socket: AnySocket): Event[] {
  const seen: Event[] = [];
  for (const type of ['handshake:error:protocol', 'handshake:error:other', 'disconnect'] as const) {
    socket.events.on(type, (event) => seen.push(event));
  }
  return seen;
}

/** A peer of the library joins the listener, and messages pass. */
async function expectServed(row: ClassRow, socket: AnySocket): Promise<void> {
  const peer = open(new (classNamed(row.peer).create)());
  if (row.peer === 'Subscriber') peer.subscribe();
  let joined = false;
  peer.events.on('handshake', () => {
    joined = true;
  });
  peer.connect(socket.lastEndpoint as string);
  await until(() => joined, 'a well-behaved peer joins');
  peer.close();
}

async function misbehave(peer: NetPeer, { bytes, hangUp }: Case, type: string): Promise<void> {
  peer.socket.write(bytes(type));
  if (hangUp) peer.end();
  await peer.gone();
}

describe.each(classes)('$name', (row) => {
  it.each(cases)('$title', async (faultCase) => {
    const socket = open(new row.create({ maxMessageSize: 100_000 }));
    const seen = faults(socket);
    const endpoint = await bound(socket);
    await misbehave(await dial(endpoint), faultCase, wire.PEER_OF[row.wireName] as string);
    const matching = () =>
      seen.find(({ type }) => type === faultCase.event) as { error?: { code: string } } | undefined;
    await until(matching, `${faultCase.event}; seen: ${JSON.stringify(seen)}`);
    expect(matching()).toMatchObject({ address: endpoint, error: { code: faultCase.code } });
    await expectServed(row, socket);
  });

  it('all of them at once, over and over, beside a good peer', async () => {
    const socket = open(new row.create({ maxMessageSize: 100_000 }));
    const seen = faults(socket);
    const endpoint = await bound(socket);
    for (let round = 0; round < 3; round++) {
      const peers = await Promise.all(cases.map(() => dial(endpoint)));
      const type = wire.PEER_OF[row.wireName] as string;
      await within(Promise.all(cases.map((one, i) => misbehave(peers[i] as NetPeer, one, type))), 'the end of all');
    }
    await until(() => seen.filter(({ type }) => type === 'disconnect').length >= 3 * cases.length, 'all reported');
    await expectServed(row, socket);
  });
});
