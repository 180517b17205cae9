// Holds the rules of this folder and section "Operations" of spec-notes/zeromqjs-differences.md together: the same names, in
// the same order, with the same reasons.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.js';

const NOTES = readFileSync(new URL('../../spec-notes/zeromqjs-differences.md', import.meta.url), 'utf8');

describe('the note on differences', () => {
  it('has the rules of the differential test, with their reasons', () => {
    const operations = NOTES.split(/^## /m).find((part) => part.startsWith('Operations\n')) ?? '';
    const entries = operations.split(/^### /m).slice(1);
    const told = entries.map((entry) => {
      const [name, ...lines] = entry.trim().split('\n');
      return { name, reason: lines.join(' ').trim() };
    });
    const rules = RULES.filter(({ section }) => section === undefined);
    expect(told).toEqual(rules.map(({ name, reason }) => ({ name, reason })));
  });

  it.each(RULES.filter(({ section }) => section !== undefined))('tells in $section: $name', ({ name, section }) => {
    const part = NOTES.split(/^## /m).find((one) => one.startsWith(`${section}\n`));
    expect(part).toContain(`\n### ${name}\n`);
  });
});
