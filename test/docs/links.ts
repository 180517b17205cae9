// Links from one document of the repository to another, to a file or to a heading.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, readPage } from './pages.js';

const LINK = /\]\(([^)\s]+)\)/g;
const ELSEWHERE = /^[a-z]+:/;

/** Links that lead nowhere. */
export function deadLinks(page: string, text = readPage(page) ?? ''): string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(LINK)]
    .map(([, target]) => target!)
    .filter((target) => !ELSEWHERE.test(target) && !leads(page, text, target));
}

function leads(page: string, text: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return heading === undefined || headings(path === '' ? text : (readPage(file) ?? '')).includes(heading);
}

/** As they are named in links. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
