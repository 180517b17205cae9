// Scripts that fast-check makes, on both libraries: no difference that no rule names. The seed is the same each time, so
// that a change is judged by the change; README.md of this folder says how to run more, from other seeds.

import { expect, it } from 'vitest';
import { runGenerated } from './run.js';

const SEQUENCES = Number(process.env.ZMTP_DIFFERENTIAL_SEQUENCES ?? 300);
const SEED = Number(process.env.ZMTP_DIFFERENTIAL_SEED ?? 20_261_124);
/** ms; a script takes about a fifth of a second, and a difference some seconds more, to be sure of it. */
const PATIENCE = 120_000 + 1000 * SEQUENCES;

it('generated scripts show the same on both libraries, but for the named differences', {
  timeout: PATIENCE,
}, async () => {
  const { differences, found, ...summary } = await runGenerated(SEQUENCES, SEED);
  console.log(`seed ${SEED}:`, summary);
  expect(differences.join('\n\n')).toBe('');
  expect(found).toBe(0);
  // A process of zeromq.js that dies shows nothing: most have to live.
  expect(summary.noVerdict).toBeLessThan(SEQUENCES / 10);
});
