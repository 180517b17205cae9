// Two Connections joined in memory, speaking to each other: every pair of socket types, whole and byte by byte, and a
// conversation with messages, subscriptions and heartbeats both ways.

import { describe, expect, it } from 'vitest';
import { compatible, SOCKET_TYPES, type SocketType } from '../../src/protocol/socket-types.js';
import { type Setup, type Subject, started, violationOf } from '../support/connections.js';
import { exchange } from '../support/duplex.js';

const octets = (bytes: Buffer) => [...bytes].map((octet) => Buffer.of(octet));

const CUTS = [
  ['whole', undefined],
  ['byte by byte', octets],
] as const;

interface Pair {
  left: Subject;
  right: Subject;
  exchange: (now: number) => void;
}

function pair(left: Setup, right: Setup, cut?: (bytes: Buffer) => Buffer[]): Pair {
  const subjects = { left: started(left), right: started(right) };
  const ends = { left: subjects.left.connection, right: subjects.right.connection, ...(cut && { cut }) };
  return { ...subjects, exchange: (now) => exchange(ends, now) };
}

describe.each(CUTS)('joined %s', (_, cut) => {
  it.each(SOCKET_TYPES)('%s comes to terms with its legal peers and with no other', (socketType) => {
    for (const peerType of SOCKET_TYPES) {
      const { left, right, exchange } = pair({ socketType }, { socketType: peerType }, cut);
      const violation = violationOf(() => exchange(0));
      if (compatible(socketType, peerType)) {
        expect(violation, peerType).toBeUndefined();
        expect([left.recorder.log, right.recorder.log]).toEqual([[`ready ${peerType}`], [`ready ${socketType}`]]);
      } else {
        expect(violation, peerType).toBe('socket-type');
        expect([left.recorder.log, right.recorder.log]).toEqual([[], []]);
      }
    }
  });

  it('messages arrive as they were sent, both ways', () => {
    const { left, right, exchange } = pair({ socketType: 'DEALER' }, { socketType: 'ROUTER' }, cut);
    exchange(0);
    const messages = [['a'], ['b', '', 'c'], [''], ['x'.repeat(300), 'y'.repeat(9000)]];
    for (const parts of messages) {
      left.connection.send(parts.map((part) => Buffer.from(part)));
      right.connection.send(parts.map((part) => Buffer.from(part)));
    }
    exchange(0);
    for (const { recorder } of [left, right])
      expect(recorder.messages.map((parts) => parts.map(String))).toEqual(messages);
  });

  it.each([
    ['PUB', 'SUB'],
    ['XPUB', 'XSUB'],
    ['PUB', 'XSUB'],
    ['XPUB', 'SUB'],
  ] as [SocketType, SocketType][])('a %s is told what a %s subscribes to, in order', (publisher, subscriber) => {
    const { left, right, exchange } = pair({ socketType: publisher }, { socketType: subscriber }, cut);
    exchange(0);
    right.connection.subscribe(Buffer.from('a'), true);
    right.connection.subscribe(Buffer.alloc(0), true);
    right.connection.subscribe(Buffer.from('a'), false);
    left.connection.send([Buffer.from('news')]);
    exchange(0);
    expect(left.recorder.log.slice(1)).toEqual(['+a', '+', '-a']);
    expect(right.recorder.log.slice(1)).toEqual(['message news']);
  });

  it('a PING is answered before either side gives up', () => {
    const heartbeat = { interval: 100, timeToLive: 300, timeout: 100 };
    const { left, right, exchange } = pair({ socketType: 'PUSH', heartbeat }, { socketType: 'PULL' }, cut);
    exchange(0);
    expect([left.connection.deadline, right.connection.deadline]).toEqual([100, Number.POSITIVE_INFINITY]);
    left.connection.timeout(100);
    exchange(150);
    expect([left.connection.deadline, right.connection.deadline]).toEqual([200, 450]);
    expect(violationOf(() => right.connection.timeout(450))).toBe('peer-silent');
  });
});
