// What a peer has sent and nobody has decoded: how much of it the frame reader is given, and when. What a Connection makes of
// it is in connection-pause.test.ts and connection-turns.test.ts.

import { describe, expect, it } from 'vitest';
import { Intake } from '../../src/protocol/intake.js';
import { LIMITS } from '../../src/protocol/limits.js';
import { message } from '../support/wire.js';

/** In traffic, with bytes waiting. */
function intakeOf(turnBytes: number, ...chunks: Buffer[]): Intake {
  const intake = new Intake({ ...LIMITS, turnBytes });
  intake.trafficBegins(false);
  for (const chunk of chunks) intake.push(chunk);
  return intake;
}

describe('feed', () => {
  it('gives the reader one chunk after the other, and says when there is none', () => {
    const intake = intakeOf(1000, message('a'), message('b'));
    const bodies: string[] = [];
    while (intake.feed()) while (intake.reader.next()) bodies.push(String(intake.reader.body));
    expect([bodies, intake.resting, intake.feed()]).toEqual([['a', 'b'], false, false]);
  });

  it('gives what a turn allows, and then nothing until the next', () => {
    const intake = intakeOf(4, message('abcdef'));
    expect([intake.feed(), intake.reader.next(), intake.resting]).toEqual([true, false, false]);
    expect([intake.feed(), intake.feed(), intake.resting, intake.paused]).toEqual([false, false, true, true]);
    expect(intake.nextTurn(1)).toBe(true);
    expect([intake.feed(), intake.reader.next(), String(intake.reader.body)]).toEqual([true, true, 'abcdef']);
  });
});
