// The option `lenient`: what libzmq takes though the RFC forbids it (spec-notes/libzmq-differences.md), and no more than that.

import { describe, expect, it } from 'vitest';
import { inTraffic, started, verdict } from '../support/connections.js';
import * as wire from '../support/wire.js';

const lenient = { lenient: true };
const READY = wire.ready('PUSH');
const bytes = (...chunks: Uint8Array[]): Buffer[] => [Buffer.concat([wire.greeting(), ...chunks])];

describe('a lenient connection takes', () => {
  it.each([0x08, 0x10, 0x20, 0x40, 0x80, 0xf8])('F1 reserved flag bits: %i', (flags) => {
    const { log, violation } = verdict(inTraffic(lenient), [
      wire.frame(flags, 'x'),
      wire.frame(flags | 1, 'a'),
      wire.frame(0, 'b'),
    ]);
    expect({ log, violation }).toEqual({ log: ['message x', 'message a|b'], violation: undefined });
  });

  it('F1 reserved flag bits in a header that is cut after each octet', () => {
    const frame = wire.longFrame(0xf8, 'x'.repeat(300));
    for (let at = 1; at < 10; at++) {
      const { log } = verdict(inTraffic(lenient), [frame.subarray(0, at), frame.subarray(at)]);
      expect(log).toEqual([`message ${'x'.repeat(300)}`]);
    }
  });

  it('C13 READY as a message', () => {
    const { log, state } = verdict(started(lenient), bytes(Buffer.of(0), READY.subarray(1), wire.message('x')));
    expect({ log, state }).toEqual({ log: ['ready PUSH', 'message x'], state: 'traffic' });
  });

  it('N1 READY without Socket-Type', () => {
    const { log, state } = verdict(started(lenient), bytes(wire.command('READY'), wire.message('x')));
    expect({ log, state }).toEqual({ log: ['ready ', 'message x'], state: 'traffic' });
  });
});

describe('a lenient connection refuses', () => {
  it.each([
    ['F2 MORE on a command', wire.frame(0x85, wire.commandBody('READY')), 'frame-flags'],
    ['C12 a message before READY', wire.message('x'), 'command-malformed'],
    ['C13 READY as a part', Buffer.concat([Buffer.of(1), READY.subarray(1)]), 'message-early'],
    [
      'C13 PING as a message before READY',
      Buffer.concat([Buffer.of(0), wire.ping(1).subarray(1)]),
      'command-unexpected',
    ],
    ['N8 a type that does not fit', wire.ready('SUB'), 'socket-type'],
  ])('%s', (_title, chunk, violation) => {
    expect(verdict(started(lenient), bytes(chunk)).violation).toBe(violation);
  });
});
