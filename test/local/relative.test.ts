// A relative folder is the one that it was at the call, wherever the program goes afterwards: daemons leave the folder they were
// started in.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { bindLocal, cleanSessions, findSession, listSessions, Pull, writeSession } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';
import { open } from '../support/sockets.js';

let folder: string;
let there: string;
beforeEach(() => {
  const before = process.cwd();
  folder = temporaryFolder();
  there = join(folder, 'there');
  mkdirSync(there);
  process.chdir(folder);
  return () => {
    process.chdir(before);
  };
});

it('to write a session, and to remove it', async () => {
  const written = writeSession('home', 'x', { endpoints: {} });
  process.chdir(there);
  const session = await written;
  expect(isAbsolute(session.path)).toBe(true);
  expect(readdirSync(join(folder, 'home'))).toEqual(['x.zmtp.json']);
  session.remove();
  expect(readdirSync(join(folder, 'home'))).toEqual([]);
  expect(readdirSync(there)).toEqual([]);
});

it('to bind', async () => {
  const binding = bindLocal(open(new Pull()), 'x', 'home');
  process.chdir(there);
  const endpoint = await binding;
  expect(endpoint).toContain(join(folder, 'home').replaceAll('\\', '/'));
  expect(readdirSync(there)).toEqual([]);
  expect(existsSync(join(folder, 'home'))).toBe(true);
});

it('to look for sessions', async () => {
  await writeSession('home', 'x', { endpoints: {} });
  const looks = [findSession('home', 'x'), listSessions('home').then(([first]) => first)];
  const cleaning = cleanSessions('home');
  process.chdir(there);
  for (const look of looks) expect(await look).toMatchObject({ name: 'x' });
  expect(await cleaning).toEqual([]);
});
