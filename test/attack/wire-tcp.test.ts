// The wire cases again, over real tcp: whole, and in pieces that the system cuts and joins as it likes.

import { describe, expect, it } from 'vitest';
import { failOnUnhandled } from '../support/unhandled.js';
import { wireCases } from './cases/all.js';
import { playableOverTcp, TcpStage } from './tcp-stage.js';

failOnUnhandled();

const playable = wireCases.filter(playableOverTcp);

function pieces(bytes: Buffer, count: number): Buffer[] {
  const size = Math.ceil(bytes.length / count);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

it('leaves out a few cases only', () => {
  expect(playable.length).toBeGreaterThan(wireCases.length * 0.9);
});

describe.each(playable.map((wireCase) => [wireCase.title, wireCase] as const))('%s', (_title, wireCase) => {
  const { on = 'PULL', options, before, bytes } = wireCase;
  const whole = Buffer.concat([before, bytes]);

  it('over tcp, whole and in pieces', async () => {
    const stage = await new TcpStage(on, options).set();
    await stage.play(wireCase, [whole]);
    await stage.play(wireCase, pieces(whole, 12));
  });
});
