// Every wire case on the stage of one side, in the three ways its bytes may be cut; after each, a well-behaved peer is
// served on the same endpoint, and in the end nothing is left.

import { describe, it } from 'vitest';
import { failOnUnhandled } from '../support/unhandled.js';
import { wireCases } from './cases/all.js';
import { MemoryStage, type Side } from './memory-stage.js';
import { cutInTwo, pieceOf, type WireCase } from './wire-case.js';

const titled = wireCases.map((wireCase) => [wireCase.title, wireCase] as const);

async function onStage(side: Side, { on = 'PULL', options }: WireCase, play: (stage: MemoryStage) => Promise<void>) {
  const stage = await new MemoryStage(on, side, options).set();
  await play(stage);
  await stage.strike();
}

export function playAll(side: Side): void {
  failOnUnhandled();

  describe.each(titled)('%s', (_title, wireCase) => {
    const whole = Buffer.concat([wireCase.before, wireCase.bytes]);

    it('whole', () => onStage(side, wireCase, (stage) => stage.play(wireCase, [whole])));

    it('byte by byte', () => onStage(side, wireCase, (stage) => stage.play(wireCase, [whole], pieceOf(wireCase))));

    it('split at every offset', () =>
      onStage(side, wireCase, async (stage) => {
        for (const chunks of cutInTwo(wireCase)) await stage.play(wireCase, chunks);
      }));
  });
}
