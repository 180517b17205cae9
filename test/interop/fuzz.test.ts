// Some made-up inputs given to listeners of libzmq and of this library: the same verdicts, or a rule that says why not. The same as
// `npm run fuzz -- --differential`, in small; test/fuzz/README.md says how.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Differential } from '../fuzz/differential/compare.js';
import { rulesFor, TITLES, type Verdicts } from '../fuzz/differential/rules.js';

const NOTE = readFileSync(new URL('../../spec-notes/libzmq-differences.md', import.meta.url), 'utf8');

describe('libzmq and this library', () => {
  it('come to the same verdict on the same bytes, or a rule says why not', async () => {
    const { inputs, same, byRule, uncovered } = await new Differential(1).run(480, Number.POSITIVE_INFINITY);
    expect(uncovered).toEqual([]);
    expect(inputs).toBe(480);
    expect(same).toBeGreaterThan(240);
    expect(byRule.size).toBeGreaterThan(5);
  });

  it('differ by rules that are sections of the note', () => {
    expect(TITLES.filter((title) => !NOTE.includes(`\n### ${title}\n`))).toEqual([]);
  });

  it('may not differ otherwise: no rule covers a message that only one of them delivers', () => {
    const sight = { messages: ['61'], pongs: [], closed: false };
    const input = {
      target: 'null',
      socketType: 'PULL',
      pieces: [] as Buffer[],
      maxMessageSize: 1,
      admit: 'now',
    } as const;
    const trace = {
      violation: undefined,
      detail: '',
      state: 'traffic',
      ignored: 0,
      received: 0,
      allocated: 0,
      sent: [],
      reports: [],
    };
    const verdicts: Verdicts = {
      input: { ...input, cuts: [], answers: [], deeds: [] },
      trace,
      ours: sight,
      theirs: sight,
    };
    const without = { ...sight, messages: [] };
    expect(rulesFor(verdicts)).toEqual([]);
    expect(rulesFor({ ...verdicts, ours: without })).toBeUndefined();
    expect(rulesFor({ ...verdicts, theirs: without })).toBeUndefined();
    expect(rulesFor({ ...verdicts, theirs: { ...sight, closed: true } })).toBeUndefined();
    expect(rulesFor({ ...verdicts, ours: { ...sight, closed: true } })).toBeUndefined();
  });
});
