// Holds spec-notes/rfc-*.md and the tests of this folder together, both ways: every clause names a test that exists,
// title for title, and every clause a test title begins with is in the notes.
//
// A note is read strictly: headings `## Section` and `### CLAUSE-ID`, and under each clause one line `- **Says:**`, one
// `- **We:**` and one or more `- **Held by:**`. Anything else under a clause is a fault, so that nothing hides in prose.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOTES = readdirSync(`${ROOT}spec-notes`).filter((name) => /^rfc-\d+\.md$/.test(name));
const TESTS = readdirSync(`${ROOT}test/spec`).filter((name) => /^rfc-.*\.test\.ts$/.test(name));

const CLAUSE_ID = /^[A-Z]+\d+(-[A-Z]+)+-\d+$/;
const HELD_BY = /^- \*\*Held by:\*\* `(test\/[^`]+\.test\.ts)` › `([^`]+)`$/;
const LATER = /^- \*\*Held by:\*\* later \([^)]+ release\)$/;
const LATER_SECTION = 'Later releases';
/** `it('…'`, `test("…"` and so on; `it.each(…)('…'` too, as long as the title is literal. */
const TITLE = /\b(?:it|test)(?:\.each\b[\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

interface Clause {
  id: string;
  section: string;
  lines: string[];
}

function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

function clausesOf(note: string): Clause[] {
  const clauses: Clause[] = [];
  let section = '';
  for (const line of read(`spec-notes/${note}`).split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    else if (line.startsWith('### ')) clauses.push({ id: line.slice(4), section, lines: [] });
    else if (line !== '' && section !== '' && clauses.at(-1)?.section === section) clauses.at(-1)!.lines.push(line);
  }
  return clauses;
}

/** The titles of the tests in a source file, comments left out; those with a `${…}` cannot be named by a clause. */
function titlesIn(source: string): string[] {
  const code = source.replace(/^\s*(\/\/.*|\/?\*.*)$/gm, '');
  const titles = [...code.matchAll(TITLE)].map(([, quote, text]) => ({ quote, text: text! }));
  return titles
    .filter(({ quote, text }) => quote !== '`' || !text.includes('${'))
    .map(({ text }) => text.replace(/\\(.)/g, '$1'));
}

const CLAUSES = NOTES.flatMap(clausesOf);

describe('Notes', () => {
  it('exist for RFC 23 to 31 and 37', () => {
    for (const rfc of [23, 24, 25, 26, 27, 28, 29, 30, 31, 37]) expect(NOTES).toContain(`rfc-${rfc}.md`);
  });

  it('have clauses with unique ids', () => {
    const ids = CLAUSES.map(({ id }) => id);
    expect(ids.filter((id) => !CLAUSE_ID.test(id))).toEqual([]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.length).toBeGreaterThan(300);
  });

  it('say for each clause what the RFC says, what we do, and what holds it', () => {
    const faults = CLAUSES.filter(({ lines }) => {
      const [says, we, ...held] = lines;
      if (!/^- \*\*Says:\*\* \S/.test(says ?? '') || !/^- \*\*We:\*\* \S/.test(we ?? '')) return true;
      return held.length === 0 || !held.every((line) => HELD_BY.test(line) || LATER.test(line));
    });
    expect(faults).toEqual([]);
  });

  it('name tests that exist, title for title', () => {
    const missing: string[] = [];
    const titles = new Map<string, string[]>();
    for (const { id, lines } of CLAUSES) {
      for (const [, path, title] of lines.map((line) => HELD_BY.exec(line)).filter((match) => match !== null)) {
        if (!titles.has(path!)) titles.set(path!, existsSync(ROOT + path!) ? titlesIn(read(path!)) : []);
        if (titles.get(path!)!.filter((found) => found === title).length !== 1)
          missing.push(`${id}: ${path} › ${title}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it(`put off to a later release only what stands under "${LATER_SECTION}"`, () => {
    const later = CLAUSES.filter(({ lines }) => lines.some((line) => LATER.test(line)));
    expect(later.filter(({ section }) => section !== LATER_SECTION).map(({ id }) => id)).toEqual([]);
    const rest = CLAUSES.filter(({ section }) => section === LATER_SECTION);
    expect(rest.filter((clause) => !later.includes(clause)).map(({ id }) => id)).toEqual([]);
  });
});

describe('Tests', () => {
  it('begin with the id of a clause that is in the notes', () => {
    const ids = new Set(CLAUSES.map(({ id }) => id));
    const strangers: string[] = [];
    for (const file of TESTS) {
      for (const title of titlesIn(read(`test/spec/${file}`))) {
        if (!ids.has(title.split(' ')[0]!)) strangers.push(`${file} › ${title}`);
      }
    }
    expect(strangers).toEqual([]);
  });

  it('have literal titles that the notes can name, all of them different, and all run', () => {
    const titles: string[] = [];
    for (const file of TESTS) {
      const source = read(`test/spec/${file}`);
      const found = titlesIn(source);
      const calls = source.match(/^\s*(?:it|test)(?:\.\w+)*\(/gm) ?? [];
      expect([file, found.length]).toEqual([file, calls.length]);
      expect([file, /\b(?:describe|it|test)\.(?:skip|only|todo|fails)/.test(source)]).toEqual([file, false]);
      titles.push(...found);
    }
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  it('are named by a clause of the same id, each of them', () => {
    const named = new Set(CLAUSES.flatMap(({ lines }) => lines.map((line) => HELD_BY.exec(line)?.[2])));
    const unnamed = TESTS.flatMap((file) => titlesIn(read(`test/spec/${file}`))).filter((title) => !named.has(title));
    expect(unnamed).toEqual([]);
  });
});

describe('The reader of titles', () => {
  it('finds titles in every kind of quotes and leaves comments and templates out', () => {
    const source = [
      "it('one', () => {});",
      'test("two", () => {});',
      'it(\n  `three`, () => {});',
      "it.each([['a'], ['b']])('four %s', () => {});",
      "// it('no', () => {});",
      ['it(`five $', '{six}`, () => {});'].join(''),
      "it('it\\'s', () => {});",
    ].join('\n');
    expect(titlesIn(source)).toEqual(['one', 'two', 'three', 'four %s', "it's"]);
  });
});
