// `npm run soak` as it is started, with tiny numbers: that all scenarios run, and that what breaks a promise is seen.

import { describe, expect, it } from 'vitest';
import { Workplace } from '../examples/run.js';
import { SCENARIOS } from './options.js';

async function soak(...args: string[]) {
  const workplace = new Workplace();
  const { code, output } = await workplace.run('test/soak/run.ts', ['--smoke', ...args]);
  expect(workplace.leftovers()).toEqual([]);
  return { code, output };
}

describe('npm run soak', () => {
  it.each(SCENARIOS)('plays %s, and ends well when everything promised was kept', async (scenario) => {
    const { code, output } = await soak('--only', scenario, '--json');
    expect([output, code]).toEqual([expect.stringMatching(/^\[/), 0]);
    const [verdict, ...others] = JSON.parse(output);
    expect(verdict).toMatchObject({ scenario, lost: 0, failures: [] });
    expect(verdict.received).toBeGreaterThan(0);
    expect(others).toEqual([]);
  });

  it('ends with 1 when a message is lost', async () => {
    const { code, output } = await soak('--only', 'churn', '--inject', 'lose');
    expect([output, code]).toEqual([expect.stringContaining('BROKEN: 1 messages lost'), 1]);
  });

  it('ends with 1 when a process holds more than before', async () => {
    const { code, output } = await soak('--only', 'churn', '--inject', 'leak');
    expect([output, code]).toEqual([expect.stringMatching(/BROKEN: PULL: resources before: .*; after: .*Timeout/), 1]);
  });

  it.each([
    [['--only', 'nothing'], '--only: no nothing; there are connections, churn, hostile, brokers'],
    [['--churns', 'many'], '--churns: not a whole number from 1: many'],
  ])('refuses %j', async (args, text) => {
    const { code, output } = await soak(...args);
    expect([output, code]).toEqual([expect.stringContaining(text), 2]);
  });
});
