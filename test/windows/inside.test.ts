// What stands in the place of Vitest in the Windows lane has all that the tests take from it: here, on every system, so that
// nobody has to run the lane to be told.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const TESTS = new URL('../', import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file.replaceAll('\\', '/'), TESTS), 'utf8');
}

/** The names between the braces of such statements, without types. */
function names(text: string, statement: RegExp): string[] {
  return [...text.matchAll(statement)]
    .flatMap(([, list = '']) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
}

it('tests take from vitest what the Windows lane has of it', () => {
  const shim = read('windows/inside/vitest.ts');
  const own = [...shim.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const has = new Set([...own, ...names(shim, /^export \{([^}]*)\} from/gm)]);
  const all = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  // What Stryker runs by is for Linux alone.
  const files = all.filter((file) => !/^mutation[\\/]/.test(file));
  const taken = files.flatMap((file) =>
    names(read(file), /^import \{([^}]*)\} from 'vitest';/gm).map((name) => ({ file, name })),
  );
  expect(taken.length).toBeGreaterThan(files.length);
  expect(taken.filter(({ name }) => !has.has(name))).toEqual([]);
});
