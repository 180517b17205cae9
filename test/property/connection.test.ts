// A whole Connection as properties: any bytes cause events or one ProtocolError and nothing else, the same in any cut and
// under any refusals; what one connection sends another receives; messages are whole and within their limits.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SocketType } from '../../src/protocol/socket-types.js';
import {
  anyCommand,
  anyFrame,
  body,
  cutInto,
  harmlessCommand,
  hugeFrame,
  messageFrame,
  octets,
  sizes,
  streamOf,
} from '../support/arbitraries.js';
import {
  inTraffic,
  introduction,
  type Setup,
  type Subject,
  sent,
  started,
  type Verdict,
  verdict,
} from '../support/connections.js';
import { frame, greeting, property as metadata, ready } from '../support/wire.js';

const socketType = fc.constantFrom<SocketType[]>('PULL', 'PUB', 'XPUB', 'ROUTER');
const minor = fc.constantFrom(0, 1);
const maxMessageSize = fc.constantFrom(Number.MAX_SAFE_INTEGER, 0, 5, 20, 300);
const setup = fc.record({ socketType, minor, maxMessageSize });
const traffic = fc.oneof(
  streamOf(messageFrame, harmlessCommand),
  streamOf(messageFrame, anyCommand),
  streamOf(messageFrame, harmlessCommand, hugeFrame, octets(6)),
);
const legalTraffic = streamOf(messageFrame, harmlessCommand);

/** Anything a peer may do from its first octet on; most of it gets somewhere. */
const session = fc.oneof(
  octets(100),
  octets(100).map((bytes) => Buffer.concat([greeting(), bytes])),
  streamOf(anyFrame, anyCommand).map((bytes) => Buffer.concat([greeting(), bytes])),
  octets(30).map((bytes) => Buffer.concat([greeting(), ready('PUSH', bytes)])),
  fc.tuple(octets(9), body).map(([id, bytes]) => Buffer.concat([greeting(), ready('PUSH', metadata('X', id)), bytes])),
  traffic.map((bytes) => Buffer.concat([introduction('PUSH'), bytes])),
);

/** The same verdict whatever the cut, with pauses as the list of answers says, again and again. */
function withRefusals(subject: Subject, chunks: readonly Buffer[], answers: readonly boolean[]): Verdict {
  const { connection, recorder } = subject;
  let asked = 0;
  recorder.accepts = () => answers.length === 0 || answers[asked++ % answers.length]!;
  const feed = connection.receive.bind(connection);
  connection.receive = (chunk, now) => {
    let decoded = feed(chunk, now);
    while (!decoded && connection.state !== 'closed') decoded = connection.resume(now);
    return decoded;
  };
  return verdict(subject, chunks);
}

describe('any bytes', () => {
  it('from the first octet on cause the same in any cut: events, then at most one ProtocolError', () => {
    const property = fc.property(session, sizes, (bytes, cuts) => {
      const whole = verdict(started(), [bytes]);
      expect(verdict(started(), cutInto(bytes, cuts))).toEqual(whole);
      expect(whole.state === 'closed').toBe(whole.violation !== undefined);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('in traffic cause the same in any cut, for every kind of socket, version and limit', () => {
    const property = fc.property(setup, traffic, sizes, (options, bytes, cuts) => {
      const whole = verdict(inTraffic(options), [bytes]);
      expect(verdict(inTraffic(options), cutInto(bytes, cuts))).toEqual(whole);
      expect(whole.state === 'closed').toBe(whole.violation !== undefined);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('cause the same however often the receiver refuses', () => {
    const answers = fc.array(fc.boolean(), { maxLength: 5 });
    const property = fc.property(setup, traffic, sizes, answers, (options, bytes, cuts, refusals) => {
      const whole = verdict(inTraffic(options), [bytes]);
      expect(withRefusals(inTraffic(options), cutInto(bytes, cuts), refusals)).toEqual(whole);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('come to no message larger than maxMessageSize', () => {
    const property = fc.property(traffic, fc.nat(30), sizes, (bytes, limit, cuts) => {
      const subject = inTraffic({ maxMessageSize: limit });
      verdict(subject, cutInto(bytes, cuts));
      const lengths = subject.recorder.messages.map((parts) => Buffer.concat(parts).length);
      expect(lengths.filter((length) => length > limit)).toEqual([]);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

const message = fc.array(body, { minLength: 1, maxLength: 5 });
const bytesOf = (parts: readonly Buffer[]) =>
  Buffer.concat(parts.map((part, i) => frame(i < parts.length - 1 ? 1 : 0, part)));

/** What a connection in traffic of this setup makes of bytes that are legal. */
function received(options: Setup, chunks: readonly Buffer[]): Buffer[][] {
  const subject = inTraffic(options);
  expect(verdict(subject, chunks).violation).toBeUndefined();
  return subject.recorder.messages;
}

describe('messages', () => {
  it('are written as RFC 23 has them, and received as they were sent, in any cut', () => {
    const property = fc.property(fc.array(message, { maxLength: 8 }), sizes, (messages, cuts) => {
      const sender = inTraffic({ socketType: 'PUSH' }).connection;
      for (const parts of messages) sender.send(parts);
      const bytes = Buffer.concat(sender.output.take());
      expect(bytes).toEqual(Buffer.concat(messages.map(bytesOf)));
      expect(received({}, cutInto(bytes, cuts))).toEqual(messages);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('are the same whatever commands stand between their frames', () => {
    const property = fc.property(legalTraffic, sizes, (bytes, cuts) => {
      const subject = inTraffic();
      const { log, violation } = verdict(subject, cutInto(bytes, cuts));
      expect(violation).toBeUndefined();
      expect(log).toEqual(withoutCommands(bytes));
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** The messages in legal bytes, found frame by frame, as a Recorder writes them. */
function withoutCommands(bytes: Buffer): string[] {
  const log: string[] = [];
  let parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const flags = bytes[at]!;
    const bodyAt = at + (flags & 2 ? 9 : 2);
    const end = bodyAt + (flags & 2 ? Number(bytes.readBigUInt64BE(at + 1)) : bytes[at + 1]!);
    if (flags < 4) parts.push(bytes.toString('latin1', bodyAt, end));
    if (flags === 0 || flags === 2) {
      log.push(`message ${parts.join('|')}`);
      parts = [];
    }
    at = end;
  }
  return log;
}

describe('PINGs', () => {
  it('are answered with PONGs of the same contexts, in order', () => {
    const property = fc.property(fc.array(octets(16), { maxLength: 10 }), sizes, (contexts, cuts) => {
      const { connection } = inTraffic();
      const pings = contexts.map((context) => frame(4, Buffer.concat([Buffer.from('\x04PING\0\0'), context])));
      for (const chunk of cutInto(Buffer.concat(pings), cuts)) connection.receive(chunk, 0);
      expect(sent(connection)).toEqual(contexts.map((context) => `PONG ${context.toString('latin1')}`.trimEnd()));
    });
    fc.assert(property, { numRuns: 300 });
  });
});
