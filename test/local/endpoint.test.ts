// localEndpoint: one endpoint for an application's name and a folder, however the folder is written; another one for any other
// name or folder; names and folders that are none are refused.

import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { localEndpoint, pipeName } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

const WINDOWS = process.platform === 'win32';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** What the folder's own endpoint has to be. */
function plain(name: string, place = folder): string {
  const path = join(place, `${name}.sock`);
  return `ipc://${WINDOWS ? path.replaceAll('\\', '/') : path}`;
}

describe('the endpoint of a name and a folder', () => {
  it('is a file of that name in the folder', () => {
    expect(localEndpoint('gate', folder)).toBe(plain('gate'));
    expect(localEndpoint('Gate.v2_x-1', folder)).toBe(plain('Gate.v2_x-1'));
  });

  it('is the same however the folder is written', () => {
    const ways = [
      relative(process.cwd(), folder) || '.',
      `${folder}${sep}`,
      `${folder}/`,
      `${folder}//.//`,
      join(folder, 'no', 'such', '..', '..'),
      `${folder}/no/../`,
      `${folder}/./`,
    ];
    for (const way of ways) expect(localEndpoint('gate', way), way).toBe(plain('gate'));
  });

  it('is the same through a link to the folder, and through links above it', () => {
    mkdirSync(join(folder, 'real', 'below'), { recursive: true });
    symlinkSync(join(folder, 'real'), join(folder, 'link'), 'junction');
    symlinkSync(join(folder, 'link'), join(folder, 'again'), 'junction');
    const want = plain('gate', join(folder, 'real', 'below'));
    for (const way of ['real', 'link', 'again']) expect(localEndpoint('gate', join(folder, way, 'below'))).toBe(want);
    expect(localEndpoint('gate', join(folder, 'link'))).toBe(plain('gate', join(folder, 'real')));
  });

  const expectSameOnceMade = (way: string): void => {
    const before = localEndpoint('gate', join(folder, way));
    mkdirSync(join(folder, way), { recursive: true });
    expect(localEndpoint('gate', join(folder, way)), way).toBe(before);
  };

  it('is the same before the folder is made and after', () => {
    expectSameOnceMade('later/on');
    expectSameOnceMade('later/other/../third');
  });

  it('is the same before the folder is made and after through a link', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'), 'junction');
    expectSameOnceMade('link/later');
  });

  it('follows the file system on upper and lower case', () => {
    mkdirSync(join(folder, 'Mixed'));
    const [one, other] = [join(folder, 'Mixed'), join(folder, 'mIXED')].map((way) => localEndpoint('gate', way));
    const ignoresCase = WINDOWS || process.platform === 'darwin';
    expect(one === other).toBe(ignoresCase);
  });

  it('is where the program was when it asked', () => {
    expect(localEndpoint('gate', '.')).toBe(localEndpoint('gate', process.cwd()));
  });

  it('can be bound as it stands: it has a pipe of its own on Windows', () => {
    expect(pipeName(localEndpoint('gate', folder))).not.toBe(pipeName(localEndpoint('gate2', folder)));
  });
});

describe('no two share an endpoint', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '0', '-', '_', '.');
  const name = fc.string({ unit: letters, minLength: 1, maxLength: 9 }).filter((text) => !/^\.\.?$/.test(text));
  // Short enough for a socket's path: what is hashed has a test file of its own.
  const scope = fc
    .array(fc.string({ unit: fc.constantFrom('a', 'B', '1', '-'), minLength: 1, maxLength: 6 }), { maxLength: 4 })
    .map((steps) => join(folder, 'x', ...steps));

  it('names and folders that differ', () => {
    fc.assert(
      fc.property(name, scope, name, scope, (one, here, other, there) => {
        const same = one === other && resolve(here) === resolve(there);
        expect(localEndpoint(one, here) === localEndpoint(other, there)).toBe(same);
      }),
    );
  });
});

describe('a name that is none is a TypeError that says what one is', () => {
  const refused = (name: unknown): void => {
    expect(() => localEndpoint(name as string, folder)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/^a name consists of letters/) }),
    );
  };

  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    '../x',
    '/',
    'a b',
    'a\0',
    'a\n',
    'é',
    '*',
    '@a',
    'a:b',
    '~',
    'a%',
    '\ud800',
    'x'.repeat(129),
  ])('%j', refused);

  it.each([undefined, null, 1, {}, ['a'], Symbol('a'), { toString: () => 'a' }, new String('a')])('%o', refused);

  it('anything with a character that is no letter, digit, dash, line or dot', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/^[A-Za-z0-9._-]*$/.test(text)),
        refused,
      ),
    );
  });

  it('and 128 characters are a name', () => {
    const name = 'x'.repeat(128);
    expect(localEndpoint(name, folder)).toMatch(/^ipc:\/\//);
  });
});

describe('a folder that is none is a TypeError that says what one is', () => {
  it.each([undefined, null, 1, {}, [], Symbol('x'), '', 'a\0b', '/x/\ud800', '\udc00'])('%o', (scope) => {
    expect(() => localEndpoint('gate', scope as string)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/^a folder is a path/) }),
    );
  });
});
