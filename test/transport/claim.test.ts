// The claim on a file: work is done on the very file that was seen, by one process, also after another died with its claim.

import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { withClaim } from '../../src/transport/claim.js';
import { look } from '../../src/transport/files.js';
import { goneProcess } from '../local/forge.js';
import { temporaryFolder } from '../support/folder.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'x');
  writeFileSync(path, 'stale');
});

const seen = () => look(path)!;
const remove = () => unlinkSync(path);

describe('withClaim', () => {
  it('does the work on the file that was seen, and leaves nothing of its own', () => {
    expect(withClaim(path, seen(), remove)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does nothing where nothing is, or another file, or the same one written again', () => {
    const found = seen();
    rmSync(path);
    expect(withClaim(path, found, remove)).toBe(false);
    writeFileSync(`${path}2`, 'other');
    linkSync(`${path}2`, path);
    expect(withClaim(path, found, remove)).toBe(false);
    expect(withClaim(path, { ...found, ...seen(), mtimeNs: 1n } as typeof found, remove)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('other');
    expect(readdirSync(folder).sort()).toEqual(['x', 'x2']);
  });

  it('lets only one do it, and the next after him sees that it is done', () => {
    const found = seen();
    let second: boolean | undefined;
    const first = withClaim(path, found, () => {
      second = withClaim(path, found, () => expect.fail('two had the claim'));
      writeFileSync(`${path}2`, 'new');
      renameSync(`${path}2`, path);
    });
    expect([first, second, withClaim(path, found, remove)]).toEqual([true, false, false]);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('is given back when the work fails', () => {
    const fail = () => {
      throw new Error('no');
    };
    expect(() => withClaim(path, seen(), fail)).toThrow('no');
    expect(withClaim(path, seen(), remove)).toBe(true);
  });
});

describe('a claim that was left behind', () => {
  /** As a process leaves it that dies at its work. */
  function leave(content: string): string {
    let claim = '';
    withClaim(path, seen(), () => {
      claim = readdirSync(folder).find((name) => name.endsWith('.zmtp-claim')) as string;
    });
    writeFileSync(join(folder, claim), content);
    return claim;
  }

  it('by a process that is gone is taken over', () => {
    leave(`${goneProcess()} ${hostname()}`);
    expect(withClaim(path, seen(), remove)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['by one that lives', `${process.pid} ${hostname()}`],
    ['by one on another machine', `${2 ** 22 + 1} elsewhere`],
    ['before it said by whom', ''],
  ])('%s is respected', (_, content) => {
    const claim = leave(content);
    expect(withClaim(path, seen(), remove)).toBe(false);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(join(folder, claim), 'utf8')).toBe(content);
  });
});
