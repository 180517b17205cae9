// Every block in the documents has a language that is tested, every command names what there is, every link leads somewhere.

import { describe, expect, it } from 'vitest';
import { commandsOf, wrong } from './commands.js';
import { deadLinks } from './links.js';
import { allBlocks, blocksOf, pages, place, programsOf, readPage } from './pages.js';

const LANGUAGES = ['js', 'ts', 'cjs', 'sh', 'console', 'json', 'text'];
/** Commands that pages show for what comes of them, or that are not of this repository; each by its first words. */
const NOT_CHECKED: Readonly<Record<string, string>> = {
  'daemon request item.get $(reboot)': 'shown because it is refused',
};

const blocks = allBlocks();

describe('the blocks of the documents', () => {
  it('name a language that is tested', () => {
    const others = blocks.filter(({ language }) => !LANGUAGES.includes(language));
    expect(others.map((block) => `${place(block)} ${block.language}`)).toEqual([]);
  });

  it('are programs in the first place', () => {
    expect(programsOf(blocks).length).toBeGreaterThan(10);
  });

  it('in JSON parse', () => {
    for (const { language, text } of blocks) if (language === 'json') JSON.parse(text);
  });

  it('with commands name what there is', () => {
    const shells = blocks.filter(({ language }) => language === 'sh' || language === 'console');
    const all = shells.flatMap((block) => commandsOf(block).map((words) => ({ block, words })));
    const checked = all.filter(({ words }) => !(words.join(' ') in NOT_CHECKED));
    expect(checked.length).toBe(all.length - Object.keys(NOT_CHECKED).length);
    const faults = checked.map(({ block, words }) => ({ at: place(block), fault: wrong(block.page, words) }));
    expect(faults.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  it('with commands cannot name what there is not', () => {
    const text =
      'npm run nothing  # a comment\nnpm install && npm test\nnpx tsx examples/none.ts\nrm x\nnpm install other';
    const faults = commandsOf({ language: 'sh', text }).map((words) => wrong('README.md', words));
    expect(faults).toEqual([
      'package.json has no script nothing',
      undefined,
      undefined,
      'there is no examples/none.ts',
      'nobody knows what "rm" is',
      'other is not this package',
    ]);
    const shown = { language: 'console', text: '$ daemon start\nstarted\n$ daemon dance\n> daemon stop' };
    expect(commandsOf(shown).map((words) => wrong('README.md', words)?.slice(0, 19))).toEqual([
      undefined,
      'a command is one of',
      undefined,
    ]);
  });

  it('are closed', () => {
    expect(() => blocksOf('a page', 'x\n```js\ny')).toThrow('the block of line 2 is never closed');
  });
});

describe('the links of the documents', () => {
  it.each(pages())('%s: each leads somewhere', (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('are seen when they do not', () => {
    const text = '# A b\n[a](#a-b) [b](#b) [c](README.md) [d](none.md) [e](README.md#no-heading) [f](https://a.b)';
    expect(deadLinks('README.md', `${text}\n\`\`\`js\n[g](none.js)\n\`\`\``)).toEqual([
      '#b',
      'none.md',
      'README.md#no-heading',
    ]);
  });

  it('lead from the guide to each of its pages', () => {
    const guide = readPage('docs/README.md');
    const own = pages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    for (const page of own) expect(guide).toContain(`(${page.slice('docs/'.length)})`);
  });
});
