// The clockwork of PING and PONG (RFC 37 §Heartbeating) alone, on plain numbers: when to send, when to expect, when to
// give up.

import { describe, expect, it } from 'vitest';
import { decodePing, encodePing, encodePong, Heartbeat, type HeartbeatOptions } from '../../src/protocol/heartbeat.js';
import { violationOf } from '../support/connections.js';
import { saying } from '../support/errors.js';

const NEVER = Number.POSITIVE_INFINITY;

function heartbeat(options: Partial<HeartbeatOptions> = {}, now = 0): Heartbeat {
  return new Heartbeat({ interval: 100, timeToLive: 0, timeout: 250, ...options }, now);
}

const dead = (beat: Heartbeat, now: number) => violationOf(() => beat.tick(now)) === 'peer-silent';

describe('PING and PONG', () => {
  it.each([
    [0, '0000'],
    [99, '0000'],
    [100, '0001'],
    [1999, '0013'],
    [65_500, '028f'],
    [65_600, '028f'],
    [6_553_599, '028f'],
  ])('a time to live of %i ms is %s tenths of a second, 655 at most', (milliseconds, hex) => {
    expect(encodePing(milliseconds).toString('hex')).toBe(`0450494e47${hex}`);
  });

  it('PONG returns the context', () => {
    expect(encodePong(Buffer.from('me')).toString('latin1')).toBe('\x04PONGme');
    expect(encodePong(Buffer.alloc(0)).toString('latin1')).toBe('\x04PONG');
  });

  it.each([0, 1, 15, 16])('reads a context of %i octets', (size) => {
    const context = Buffer.alloc(size, 'c');
    const data = Buffer.concat([Buffer.from([0x01, 0x02]), context]);
    expect(decodePing(data)).toEqual({ timeToLive: 25_800, context });
  });

  it('reads the whole range of the time to live', () => {
    for (const [hex, timeToLive] of [
      ['0000', 0],
      ['0001', 100],
      ['ffff', 6_553_500],
    ] as const) {
      expect(decodePing(Buffer.from(hex, 'hex')).timeToLive).toBe(timeToLive);
    }
  });

  it.each([0, 1, 19, 300])('H1 refuses a PING with %i octets', (size) => {
    expect(violationOf(() => decodePing(Buffer.alloc(size)))).toBe('ping-malformed');
  });
});

describe('sending', () => {
  it('is due an interval after the start, and an interval after each PING', () => {
    const beat = heartbeat({ timeout: NEVER }, 1000);
    expect(beat.deadline).toBe(1100);
    expect([beat.tick(1099), beat.tick(1100)]).toEqual([false, true]);
    expect(beat.deadline).toBe(1200);
    expect([beat.tick(1100), beat.tick(1199), beat.tick(1205)]).toEqual([false, false, true]);
    expect(beat.deadline).toBe(1305);
  });

  it('makes up for no PING that was missed', () => {
    const beat = heartbeat({ timeout: NEVER });
    expect([beat.tick(1000), beat.tick(1001)]).toEqual([true, false]);
    expect(beat.deadline).toBe(1100);
  });

  it('never is with an interval of 0', () => {
    const beat = heartbeat({ interval: 0 });
    expect(beat.deadline).toBe(NEVER);
    expect(beat.tick(1e12)).toBe(false);
  });

  it('knows the time to live it asks for', () => {
    expect(heartbeat({ timeToLive: 1234 }).timeToLive).toBe(1234);
  });
});

describe('expecting an answer', () => {
  it('gives up a timeout after a PING that nothing followed, not earlier', () => {
    const beat = heartbeat({ interval: 1000 });
    beat.tick(1000);
    expect(beat.deadline).toBe(1250);
    expect([dead(beat, 1249), dead(beat, 1250)]).toEqual([false, true]);
  });

  it('counts from the oldest PING without an answer', () => {
    const beat = heartbeat();
    expect([beat.tick(100), beat.tick(200), beat.tick(300)]).toEqual([true, true, true]);
    expect(beat.deadline).toBe(350);
    expect(dead(beat, 350)).toBe(true);
  });

  it('H7 takes anything heard as an answer', () => {
    const beat = heartbeat();
    beat.tick(100);
    beat.heard(101);
    expect(beat.deadline).toBe(200);
    beat.tick(200);
    expect(beat.deadline).toBe(300);
    expect([dead(beat, 449), dead(beat, 450)]).toEqual([false, true]);
  });

  it('expects nothing before the first PING', () => {
    expect(dead(heartbeat({ interval: 10_000 }), 9999)).toBe(false);
  });

  it('H8 after a long sleep sends a PING and waits for its answer when none was open', () => {
    const beat = heartbeat();
    beat.heard(50);
    expect(beat.tick(3_600_000)).toBe(true);
    expect(beat.deadline).toBe(3_600_100);
    expect(dead(beat, 3_600_250)).toBe(true);
  });

  it('says how long nothing was heard', () => {
    const beat = heartbeat({ interval: 1000 });
    beat.heard(400.4);
    beat.tick(1000);
    expect(() => beat.tick(1250)).toThrow(saying('850 ms'));
  });
});

describe("the peer's time to live", () => {
  it('H9 is honoured though we send no PING', () => {
    const beat = heartbeat({ interval: 0 }, 1000);
    beat.peerAsks(500);
    expect(beat.deadline).toBe(1500);
    expect([dead(beat, 1499), dead(beat, 1500)]).toEqual([false, true]);
  });

  it('runs from the last time the peer was heard', () => {
    const beat = heartbeat({ interval: 0 });
    beat.peerAsks(500);
    beat.heard(300);
    expect(beat.deadline).toBe(800);
    expect([dead(beat, 799), dead(beat, 800)]).toEqual([false, true]);
  });

  it('is what the last PING says; 0 asks nothing', () => {
    const beat = heartbeat({ interval: 0 });
    beat.peerAsks(500);
    beat.peerAsks(700);
    expect(beat.deadline).toBe(700);
    beat.peerAsks(0);
    expect(beat.deadline).toBe(NEVER);
    expect(dead(beat, 1e12)).toBe(false);
  });

  it('and our own PINGs share one deadline, the earliest', () => {
    const beat = heartbeat({ interval: 1000, timeout: 50 });
    beat.peerAsks(2000);
    expect(beat.deadline).toBe(1000);
    beat.tick(1000);
    expect(beat.deadline).toBe(1050);
    beat.heard(1040);
    expect(beat.deadline).toBe(2000);
  });
});
