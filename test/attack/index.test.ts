// No case is dropped quietly: each id of ids.ts begins the title of a test, and each title that begins with an id has one
// of ids.ts. Titles are found as text, in the test files and in the tables of cases beside this file.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { wireCases } from './cases/all.js';
import { OWN_IDS, SECURITY_IDS, SYSTEM_IDS, WIRE_IDS } from './ids.js';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
const ID = '[A-Z]\\d+b?';
/** A string that begins with one or more ids and goes on. */
const TITLE = new RegExp(`['"\`]((?:${ID}[, ]+)+)[^'"\`\\s]`, 'g');
const ALL = [...WIRE_IDS, ...SYSTEM_IDS, ...SECURITY_IDS, ...OWN_IDS];
const LETTERS = new Set(['L', 'V', 'Z', ...ALL.map((id) => id[0])]);

function idsIn(source: string): string[] {
  const code = source.replace(/^\s*(\/\/.*|\/?\*.*)$/gm, '');
  return [...code.matchAll(TITLE)].flatMap(([, ids = '']) => ids.split(/[, ]+/).filter((id) => id !== ''));
}

function filesWithTitles(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') || name.startsWith('attack/cases/'))
    .filter((name) => name !== 'attack/index.test.ts');
}

const titled = new Map<string, string[]>();
for (const file of filesWithTitles()) {
  for (const id of idsIn(readFileSync(join(TESTS, file), 'utf8'))) titled.set(id, [...(titled.get(id) ?? []), file]);
}

describe('the cases', () => {
  it('have one id each', () => {
    expect(ALL.filter((id, i) => ALL.indexOf(id) !== i)).toEqual([]);
    expect(ALL.filter((id) => !new RegExp(`^${ID}$`).test(id))).toEqual([]);
  });

  it('are all held by a test whose title begins with the id', () => {
    expect(ALL.filter((id) => !titled.has(id))).toEqual([]);
  });

  it('are at least sixty of our own', () => {
    expect(OWN_IDS.length).toBeGreaterThanOrEqual(60);
  });

  it('on the wire have titles that begin with an id, no two the same', () => {
    const titles = wireCases.map(({ title }) => title);
    expect(titles.filter((title) => !new RegExp(`^${ID} `).test(title))).toEqual([]);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });
});

describe('the titles', () => {
  it('begin with ids that are known, where they begin with one', () => {
    const strangers = [...titled].filter(([id]) => LETTERS.has(id[0]!) && !ALL.includes(id));
    expect(strangers).toEqual([]);
  });

  it('are read from every kind of quotes, with one id or several, and not from comments', () => {
    const source = [
      "it('G1 one', () => {});",
      'it("F2 F3 two", () => {});',
      ['it(`H7, H8 take %s $', '{x}`, () => {});'].join(''),
      "['U5b a NUL', 1],",
      "// it('S1 no', () => {});",
      "const key = 'X1';",
      "expect(line).toBe('R5');",
    ].join('\n');
    expect(idsIn(source)).toEqual(['G1', 'F2', 'F3', 'H7', 'H8', 'U5b']);
  });
});
