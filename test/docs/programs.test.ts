// Every program in the documents runs, ends, and prints what the page says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE } from '../support/peers/deadline.js';
import { fault, promisedLines } from './expected.js';
import { allBlocks, blocksOf, place, programsOf } from './pages.js';
import { type Outcome, Workplace } from './programs.js';

const programs = programsOf(allBlocks());
const cases = programs.map((program, index) => ({ program, index, title: titleOf(index) }));
let workplace: Workplace;
let outcomes: (Outcome | undefined)[];

beforeAll(async () => {
  workplace = new Workplace();
  outcomes = await workplace.runAll(programs);
}, 300_000 * PATIENCE);

afterAll(() => workplace.remove());

describe('a program in', () => {
  it.each(cases)('$title does what the page says', ({ program, index }) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return; // It ran beside another one of its page, which is judged.
    expect(`${outcome.errors}exit code ${outcome.code}`, place(program)).toBe('exit code 0');
    const companion = programs.find(({ page, name }) => page === program.page && name === program.companion);
    const text = program.companion === undefined ? program.text : `${companion?.text}\n${program.text}`;
    expect(fault({ text, output: program.output }, outcome.output), place(program)).toBeUndefined();
  });
});

describe('the judge of programs', () => {
  it('finds what was promised behind console.log and in the block behind', () => {
    const page = "a\n```js\nconsole.log('x'); // one …\n```\n\nIt prints:\n\n```text\none two\n```\n";
    const [program] = programsOf(blocksOf('a page', page));
    expect(promisedLines(program!.text)).toEqual(['one …']);
    expect(program!.output).toBe('one two');
    expect(fault(program!, 'one two\r\n')).toBeUndefined();
    expect(fault(program!, 'one three\n')).toContain('one three');
    expect(fault({ text: program!.text, output: undefined }, 'two\n')).toContain('"one …" was not printed');
  });

  it('runs what it is given, with another program beside it, and sees it fail', async () => {
    const page =
      "```js\n// a.js\nimport { Push } from 'zmtp';\nsetInterval(() => {}, 1000);\nconsole.log(Push.name);\n```\n" +
      '```js\n// b.js, while a.js runs\nprocess.exitCode = 3;\n```\n' +
      "```ts\nimport { Pull } from 'zeromq';\nlet name: string = Pull.name;\nconsole.log(name);\n```\n";
    const own = new Workplace();
    try {
      const [a, b, c] = await own.runAll(programsOf(blocksOf('a page', page)));
      expect(a).toBeUndefined();
      expect(b).toMatchObject({ code: 3, errors: '' });
      expect(c).toEqual({ code: 0, output: 'Pull\n', errors: '' });
    } finally {
      own.remove();
    }
  });
});

/** The same on every system, and another one for each. */
function titleOf(index: number): string {
  const { page } = programs[index]!;
  const earlier = programs.slice(0, index).filter((other) => other.page === page);
  return `${page}, number ${earlier.length + 1},`;
}
