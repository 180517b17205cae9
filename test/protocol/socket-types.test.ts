// Who may talk to whom: the tables of RFC 23 §Socket-Type, typed in a second time and compared in every cell.

import { describe, expect, it } from 'vitest';
import {
  compatible,
  hasRoutingId,
  SOCKET_TYPES,
  type SocketType,
  takesSubscriptions,
} from '../../src/protocol/socket-types.js';

/** The legal combinations as RFC 23 draws them: row and column, `*` for legal. */
const LEGAL = `
         REQ REP DEALER ROUTER PUB XPUB SUB XSUB PUSH PULL PAIR
  REQ    .   *   .      *      .   .    .   .    .    .    .
  REP    *   .   *      .      .   .    .   .    .    .    .
  DEALER .   *   *      *      .   .    .   .    .    .    .
  ROUTER *   .   *      *      .   .    .   .    .    .    .
  PUB    .   .   .      .      .   .    *   *    .    .    .
  XPUB   .   .   .      .      .   .    *   *    .    .    .
  SUB    .   .   .      .      *   *    .   .    .    .    .
  XSUB   .   .   .      .      *   *    .   .    .    .    .
  PUSH   .   .   .      .      .   .    .   .    .    *    .
  PULL   .   .   .      .      .   .    .   .    *    .    .
  PAIR   .   .   .      .      .   .    .   .    .    .    *
`;

const [columns, ...rows] = LEGAL.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/)) as [string[], ...string[][]];

describe('compatible', () => {
  it.each(rows)('%s has the legal peers of RFC 23', (own, ...cells) => {
    const legal = columns.filter((_, i) => cells[i] === '*');
    expect(columns.filter((peer) => compatible(own as SocketType, peer))).toEqual(legal);
  });

  it('knows every type of RFC 23', () => {
    expect([...SOCKET_TYPES].sort()).toEqual([...columns].sort());
  });

  it('N9 refuses names that are not exact, and the thread-safe types', () => {
    for (const peer of ['', 'pull', 'PULL\0', 'PULL ', ' PULL', 'SERVER', 'constructor']) {
      expect(columns.filter((own) => compatible(own as SocketType, peer))).toEqual([]);
    }
  });
});

describe('STREAM', () => {
  it('is a type of no peer, and fits none', () => {
    expect(['STREAM', ...columns].filter((peer) => compatible('STREAM', peer))).toEqual([]);
    expect(columns.filter((own) => compatible(own as SocketType, 'STREAM'))).toEqual([]);
  });
});

describe('the properties of a type', () => {
  it('N11 only REQ, DEALER and ROUTER announce a routing id (RFC 37: "for all other socket types … ignored")', () => {
    expect(columns.filter(hasRoutingId)).toEqual(['REQ', 'DEALER', 'ROUTER']);
  });

  it('only PUB and XPUB take subscriptions', () => {
    expect(columns.filter((type) => takesSubscriptions(type as SocketType))).toEqual(['PUB', 'XPUB']);
  });
});
