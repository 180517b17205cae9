// Which writes need not wait for the next tick: after a silence a few, then one now and then, over all sessions of a context.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rota } from '../../src/core/rota.js';
import { Turn } from '../../src/core/turn.js';
import { VirtualClock } from '../support/virtual-clock.js';

const rotaOf = (clock: VirtualClock): Rota => new Rota(clock, new Turn(), () => true);
const granted = (rota: Rota, asked: number): number => {
  let count = 0;
  for (let i = 0; i < asked; i++) if (rota.prompt()) count++;
  return count;
};

describe('prompt writes', () => {
  it('are eight after a silence, however long', async () => {
    const clock = new VirtualClock();
    const rota = rotaOf(clock);
    expect(granted(rota, 100)).toBe(8);
    await clock.advance(1_000_000);
    expect(granted(rota, 100)).toBe(8);
  });

  it('are one in ten milliseconds from then on', async () => {
    const clock = new VirtualClock();
    const rota = rotaOf(clock);
    granted(rota, 8);
    for (let i = 0; i < 20; i++) {
      await clock.advance(9);
      expect(granted(rota, 5)).toBe(0);
      await clock.advance(1);
      expect(granted(rota, 5)).toBe(1);
    }
    await clock.advance(39);
    expect(granted(rota, 5)).toBe(3);
  });

  it('are never more than eight and one for each ten milliseconds, and none is withheld', async () => {
    const steps = fc.array(fc.record({ wait: fc.nat({ max: 100 }), ask: fc.nat({ max: 12 }) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const clock = new VirtualClock();
        const rota = rotaOf(clock);
        let milliseconds = 80;
        for (const { wait, ask } of plan) {
          await clock.advance(wait);
          milliseconds = Math.min(80, milliseconds + wait);
          const count = granted(rota, ask);
          expect(count).toBe(Math.min(ask, Math.floor(milliseconds / 10)));
          milliseconds -= 10 * count;
        }
      }),
    );
  });
});
