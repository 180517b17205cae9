// The table of limits against the source: every option in it exists with that default, every violation is one, every test and
// every constant is there; and no option that begins with `max` and bounds a peer is missing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OPTIONS, type OptionName } from '../../src/core/options.js';
import { VIOLATIONS } from '../../src/errors.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOTE = readFileSync(join(ROOT, 'spec-notes', 'limits.md'), 'utf8');
/** Of our own calls, not of a peer's. */
const OF_OURSELVES = ['maxPendingSends', 'maxPendingReceives'];

/** The rows of the table under a heading, cell by cell. */
function rows(heading: string): string[][] {
  const section = NOTE.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const inTicks = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const titles = readFileSync(join(ROOT, 'test', 'core', 'limits.test.ts'), 'utf8');

it.each(
  rows('Options').map((cells) => [inTicks(cells[1]!)[0]!, cells] as const),
)('%s is as the note says', (name, cells) => {
  const [, , value, shows, , test] = cells as [string, string, string, string, string, string];
  expect(OPTIONS[name as OptionName]?.default).toBe(Number(value));
  for (const word of inTicks(shows)) {
    if (/^[a-z]+-[a-z]+$/.test(word)) expect(VIOLATIONS).toHaveProperty(word);
  }
  const [file] = inTicks(test);
  if (file === undefined) expect(titles).toContain(`'${test.split(' ')[0]} `);
  else expect(existsSync(join(ROOT, file)), file).toBe(true);
});

it('has every option that bounds a peer', () => {
  const named = rows('Options').map((cells) => inTicks(cells[1]!)[0]);
  const bounding = Object.keys(OPTIONS).filter((name) => /^max|HighWater/.test(name) && !OF_OURSELVES.includes(name));
  expect(bounding.filter((name) => !named.includes(name))).toEqual([]);
});

it('names constants that are there', () => {
  const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
    .join('\n');
  const names = rows('Fixed').flatMap((cells) => inTicks(cells[3]!));
  expect(names.length).toBeGreaterThan(12);
  for (const name of names) expect(source).toContain(name.replace(/^LIMITS\./, ''));
});
