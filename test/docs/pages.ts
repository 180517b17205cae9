// The documents whose code is tested, and the fenced blocks in them.
//
// What a document may hold, so that all of it can be tested:
//   js, ts, cjs   a whole program, which ends by itself with exit code 0. A comment behind a `console.log(…)` on one line says
//                 what that line prints ("…" for any text); a `text` block right behind the program is all that it prints.
//                 A first line `// name.js` gives the program a file name, under which the others of the page can import it.
//                 With `// client.js, while service.js runs` the other one is started before and stopped afterwards.
//   sh, console   commands; in `console` those behind "$" or ">", and what they print
//   json          data
//   text          drawings, and what programs print

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Block {
  readonly page: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** Empty when the document names none. */
  readonly language: string;
  readonly text: string;
  /** What stands between the block before and this one. */
  readonly before: string;
}

export interface Program extends Block {
  /** Given by its first line, or undefined. */
  readonly name: string | undefined;
  /** The name of a program that runs meanwhile. */
  readonly companion: string | undefined;
  /** All that it prints, where the document says so. */
  readonly output: string | undefined;
}

const PROGRAM = ['js', 'ts', 'cjs'];
const FENCE = /^( *)```(.*)$/;
const TITLE = /^\/\/ ([\w-]+\.[cm]?[jt]s)(?:, while ([\w-]+\.[cm]?[jt]s) runs)?$/;
/** A `text` block is a program's output when at most a line that ends in a colon stands between. */
const OUTPUT_FOLLOWS = /^\s*([^\n]*:\s*)?$/;

/** Paths from the root, with forward slashes. */
export function pages(): string[] {
  const examples = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `examples/${name}/README.md`);
  const guide = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const all = ['README.md', ...guide.map((name) => `docs/${name}`), 'examples/README.md', ...examples];
  return all.filter((page) => readPage(page) !== undefined);
}

/** Undefined for a folder without one. */
export function readPage(page: string): string | undefined {
  try {
    return readFileSync(join(ROOT, page), 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error for a fence that is never closed */
export function blocksOf(page: string, text = readPage(page) ?? ''): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let before: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at]!);
    if (fence === null) {
      before.push(lines[at]!);
      continue;
    }
    const [, indent = '', language = ''] = fence;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end < 0) throw new Error(`${page}: the block of line ${at + 1} is never closed`);
    const body = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page, line: at + 1, language, text: body.join('\n'), before: before.join('\n') });
    before = [];
    at = end;
  }
  return blocks;
}

export function allBlocks(): Block[] {
  return pages().flatMap((page) => blocksOf(page));
}

export function programsOf(blocks: readonly Block[]): Program[] {
  return blocks.flatMap((block, index) => {
    if (!PROGRAM.includes(block.language)) return [];
    const [, name, companion] = TITLE.exec(block.text.split('\n', 1)[0]!) ?? [];
    const next = blocks[index + 1];
    const follows = next?.page === block.page && next.language === 'text' && OUTPUT_FOLLOWS.test(next.before);
    return [{ ...block, name, companion, output: follows ? next.text : undefined }];
  });
}

/** Where a reader finds it. */
export function place({ page, line }: Block): string {
  return `${page}:${line}`;
}
