// Which paths ipc:// takes on Unix, and what it says of the others: deep and long folders, links above, what looks like a path
// of something else, folders that are closed.

import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { agent } from '../local/agent.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { leaveSocket, listenAt } from './ipc-files.js';

failOnUnhandled();

const LINUX = process.platform === 'linux';
const PATH_MAX = LINUX ? 107 : 103;
const ROOT = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function expectWorks(pull: Pull, path: string): Promise<void> {
  await pull.bind(`ipc://${path}`);
  const push = open(new Push());
  push.connect(`ipc://${path}`);
  await push.send(path);
  expect(String(await within(pull.receive(), `a message through ${path}`))).toBe(path);
  push.close();
  await pull.unbind(`ipc://${path}`);
}

describe('works', () => {
  it('U5 in folders of any length that leaves room for a name', async () => {
    const pull = open(new Pull());
    for (let bytes = PATH_MAX - 25; bytes <= PATH_MAX; bytes++) {
      const place = join(folder, 'y'.repeat(bytes - folder.length - 3));
      mkdirSync(place);
      const path = join(place, 'x');
      expect(path).toHaveLength(bytes);
      await expectWorks(pull, path);
      expect(readdirSync(place)).toEqual([]);
    }
  });

  it('U5 without keeping anything open', async () => {
    const place = join(folder, 'y'.repeat(PATH_MAX - folder.length - 3));
    mkdirSync(place);
    const pull = open(new Pull());
    const descriptors = () => (LINUX ? readdirSync('/proc/self/fd').length : 0);
    await pull.bind(`ipc://${join(place, 'x')}`);
    await pull.unbind(`ipc://${join(place, 'x')}`);
    const before = descriptors();
    for (let i = 0; i < 20; i++) {
      await pull.bind(`ipc://${join(place, 'x')}`);
      expect((await outcome(() => open(new Pull()).bind(`ipc://${join(place, 'x')}`))).how).toBe('rejected');
      await pull.unbind(`ipc://${join(place, 'x')}`);
    }
    expect(descriptors()).toBeLessThan(before + 10);
  });

  it('by a short relative path however deep the working directory is, where the system can', async () => {
    const place = join(folder, ...Array.from({ length: 12 }, () => 'y'.repeat(20)));
    mkdirSync(place, { recursive: true });
    const other = await agent();
    await other.ask('chdir', place);
    const bound = await other.try('bind', 'ipc://x');
    if (!LINUX) {
      expect(bound.error === undefined || bound.error.code !== undefined).toBe(true);
      return;
    }
    expect(bound).toEqual({ value: 'ipc://x' });
    expect(readdirSync(place)).toEqual(['x']);
    await other.ask('send', 'ipc://x', 'deep');
    expect(await other.ask('receive')).toBe('deep');
    expect(await other.try('bind', 'ipc://x')).toMatchObject({ error: { code: 'EADDRINUSE' } });
    await other.ask('close');
    expect(readdirSync(place)).toEqual([]);
  });

  it('below a link to a folder', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    await expectWorks(open(new Pull()), join(folder, 'link', 'x'));
    await expectWorks(open(new Pull()), join(folder, 'real', '..', 'link', '.', 'x'));
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'real'))).toEqual([]);
  });

  it.each([
    'line\nbreak',
    '-f',
    '"quoted"',
    "'",
    '$HOME',
    '\x1b[2J',
    '@at',
    'tcp:',
    '\\\\.\\pipe',
    '😀',
    '\ufffd',
  ])('with the name %j', async (name) => expectWorks(open(new Pull()), join(folder, name)));
});

describe('refuses', () => {
  async function both(path: string): Promise<Awaited<ReturnType<typeof outcome>>[]> {
    return [
      await outcome(() => open(new Pull()).bind(`ipc://${path}`)),
      await outcome(() => open(new Push()).connect(`ipc://${path}`)),
    ];
  }

  it.each([
    ['/a/\ud800', 'half of a surrogate pair'],
    ['\udc00x', 'half of a surrogate pair'],
    ['/', 'names a folder'],
    ['a/', 'names a folder'],
    ['a//', 'names a folder'],
    ['\\\\.\\pipe\\x', 'names a Windows pipe'],
    ['\\\\?\\PIPE\\x', 'names a Windows pipe'],
    ['@', 'abstract'],
  ])('%j: EINVAL, which says why', expectInvalid);

  it.each(['a\0b', '\0a', 'a\0'])('U5b %j: EINVAL, for it has a NUL character', (path) =>
    expectInvalid(path, 'NUL character'));

  async function expectInvalid(path: string, fault: string): Promise<void> {
    for (const { how, error } of await both(path)) {
      expect(how).toMatch(/^(rejected|threw)$/);
      expect(error).toMatchObject({ code: 'EINVAL', address: `ipc://${path}` });
      expect(error?.detail).toContain(fault);
    }
  }

  it('`~`, which nobody replaces here: ENOENT with a hint', async () => {
    const { error } = await outcome(() => open(new Pull()).bind('ipc://~/no/such/socket'));
    expect(error).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('write out the home folder') });
  });

  it('`.` and `..`, which are folders: EADDRINUSE', async () => {
    for (const path of ['.', '..', join(folder, 'no', '..'), `${folder}/.`]) {
      const { error } = await outcome(() => open(new Pull()).bind(`ipc://${path}`));
      expect(error, path).toMatchObject({ code: expect.stringMatching(/^(EADDRINUSE|ENOENT)$/) });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('U6 folders that may not be written to or entered: EACCES, which names them', async () => {
    chmodSync(folder, 0o755);
    const other = await agent();
    await other.ask('unprivileged');
    for (const mode of [0o555, 0o444, 0]) {
      const place = join(folder, `mode-${mode}`);
      mkdirSync(place);
      chmodSync(place, mode);
      const { error } = await other.try('bind', `ipc://${join(place, 'x')}`);
      expect(error).toMatchObject({ code: 'EACCES', message: expect.stringContaining(JSON.stringify(place)) });
      chmodSync(place, 0o755);
      expect(readdirSync(place)).toEqual([]);
    }
  });

  it('U1 a stale file that this user may not take away: it stays', async () => {
    const place = join(folder, 'place');
    mkdirSync(place);
    const path = join(place, 'x');
    await leaveSocket(path);
    rmSync(`${path}~`, { force: true });
    chmodSync(path, 0o777);
    chmodSync(folder, 0o755);
    // In a folder for all, with the sticky bit, everyone may add and nobody may take away what is another's.
    chmodSync(place, ROOT ? 0o1777 : 0o555);
    const { ino } = lstatSync(path);
    const other = await agent();
    await other.ask('unprivileged');
    const { error } = await other.try('bind', `ipc://${path}`);
    expect(error?.code).toBe(ROOT ? 'EADDRINUSE' : 'EACCES');
    expect(error?.detail).toContain(place);
    chmodSync(place, 0o755);
    expect(readdirSync(place)).toEqual(['x']);
    expect(lstatSync(path).ino).toBe(ino);
  });

  it('U2 a path where this user may not even ask: EADDRINUSE, in doubt', async () => {
    chmodSync(folder, 0o777);
    const path = join(folder, 'x');
    await listenAt(path);
    chmodSync(path, 0);
    const other = await agent();
    await other.ask('unprivileged');
    expect(await other.try('bind', `ipc://${path}`)).toMatchObject({ error: { code: 'EADDRINUSE' } });
  });
});
