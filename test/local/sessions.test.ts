// Session files: what is written is read, listed and found; a file is replaced and removed by its owner only; names, folders
// and contents that are none are refused before anything is written.

import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  cleanSessions,
  findSession,
  listSessions,
  type OwnSession,
  readSession,
  type SessionContent,
  writeSession,
} from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { agent } from './agent.js';

failOnUnhandled();

const WINDOWS = process.platform === 'win32';
const NOTHING = { endpoints: {} };
const FILE_MAX = 64 * 1024;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

function seen({ name, endpoints, properties, pid, startedAt }: OwnSession) {
  return { name, endpoints, properties, pid, startedAt };
}

describe('a session', () => {
  it('is read, found and listed as it was written', async () => {
    const endpoints = { commands: 'tcp://127.0.0.1:1', events: 'foo://anything' };
    const session = await writeSession(folder, 'gate', { endpoints, properties: { version: '1.2' } });
    expect(session).toMatchObject({ name: 'gate', pid: process.pid, endpoints, properties: { version: '1.2' } });
    expect(Math.abs(session.startedAt - performance.timeOrigin)).toBeLessThan(1);
    expect(session.path).toBe(join(folder, 'gate.zmtp.json'));
    expect(await readSession(folder, 'gate')).toEqual(seen(session));
    expect(await findSession(folder, 'gate')).toEqual(seen(session));
    expect(await listSessions(folder)).toEqual([seen(session)]);
    expect(await cleanSessions(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(['gate.zmtp.json']);
  });

  it('is a file that only this user may read, in a folder that only this user may enter when it is made for it', async () => {
    const place = join(folder, 'made', 'here');
    const before = process.umask(0);
    try {
      const { path } = await writeSession(place, 'gate', NOTHING);
      if (!WINDOWS) {
        expect(lstatSync(path).mode & 0o777).toBe(0o600);
        for (const made of [place, join(folder, 'made')]) expect(lstatSync(made).mode & 0o777).toBe(0o700);
      }
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ name: 'gate', pid: process.pid });
    } finally {
      process.umask(before);
    }
  });

  it('keeps any text, and relative paths are made whole where they are files', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text), async (properties) => {
        await writeSession(folder, 'gate', { endpoints: {}, properties });
        expect((await readSession(folder, 'gate'))?.properties).toEqual({ ...properties });
      }),
      { numRuns: 20 },
    );
    const { endpoints } = await writeSession(folder, 'gate', { endpoints: { a: 'ipc://x/../gate', b: 'ipc:///b' } });
    expect(endpoints).toEqual({ a: WINDOWS ? 'ipc://x/../gate' : `ipc://${resolve('gate')}`, b: 'ipc:///b' });
  });

  it('has a name of its own also in its letters, or shares one where the file system takes them for the same', async () => {
    await writeSession(folder, 'gate', NOTHING);
    const other = await readSession(folder, 'GATE');
    expect(other?.name).toBe(existsSync(join(folder, 'GATE.zmtp.json')) ? 'gate' : undefined);
  });

  it('can have any name that is one, and they are listed in order', async () => {
    const names = ['..a', '.hidden', '-', '_', 'a', 'a.b', 'a.zmtp.json', 'con', 'x'.repeat(128)];
    for (const name of names) await writeSession(folder, name, NOTHING);
    const found = (await listSessions(folder)).map(({ name }) => name);
    expect(found).toEqual([...names].sort());
  });
});

describe('the owner', () => {
  it('writes it again, and from then on only the newer one removes the file', async () => {
    const first = await writeSession(folder, 'gate', { endpoints: {}, properties: { round: '1' } });
    const second = await writeSession(folder, 'gate', { endpoints: {}, properties: { round: '2' } });
    expect((await readSession(folder, 'gate'))?.properties).toEqual({ round: '2' });
    first.remove();
    expect((await readSession(folder, 'gate'))?.properties).toEqual({ round: '2' });
    second.remove();
    expect(readdirSync(folder)).toEqual([]);
    second.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes it at the end of a `using` block, and with Symbol.dispose', async () => {
    {
      using session = await writeSession(folder, 'gate', NOTHING);
      expect(existsSync(session.path)).toBe(true);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves what somebody else has put there', async () => {
    const session = await writeSession(folder, 'gate', NOTHING);
    rmSync(session.path);
    writeFileSync(session.path, 'precious');
    session.remove();
    expect(readFileSync(session.path, 'utf8')).toBe('precious');
    rmSync(session.path);
    mkdirSync(session.path);
    session.remove();
    expect(lstatSync(session.path).isDirectory()).toBe(true);
    rmSync(folder, { recursive: true });
    session.remove();
    expect(existsSync(folder)).toBe(false);
  });

  it('removes it while its process exits', async () => {
    const other = await agent();
    await other.ask('writeSession', folder, 'gate', NOTHING);
    expect(await findSession(folder, 'gate')).toMatchObject({ pid: other.pid });
    const ended = new Promise((resolve) => other.child.once('exit', resolve));
    void other.try('exit').catch(() => {});
    await within(ended, 'the process ends');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('alone: a name that another live process has is EADDRINUSE, which says whose it is, and stays as it is', async () => {
    const other = await agent();
    const { path } = await other.ask<OwnSession>('writeSession', folder, 'gate', NOTHING);
    const before = readFileSync(path, 'utf8');
    const { error } = await outcome(() => writeSession(folder, 'gate', NOTHING));
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    expect(error?.message).toContain(`process ${other.pid} `);
    expect(error?.message).toContain(JSON.stringify(path));
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['gate.zmtp.json']);
  });
});

describe('is refused, with nothing written', () => {
  async function refused(write: () => Promise<unknown>, expected: object): Promise<void> {
    rmSync(folder, { recursive: true });
    const { error } = await outcome(write);
    expect(error).toMatchObject(expected);
    expect(existsSync(folder)).toBe(false);
  }
  const content = (value: unknown) => () => writeSession(folder, 'gate', value as SessionContent);
  const endpoint = (text: unknown) => content({ endpoints: { a: 'tcp://127.0.0.1:1', b: text } });

  it.each([
    undefined,
    null,
    7,
    'text',
    {},
    [],
    { endpoints: null },
    { endpoints: [] },
    { endpoints: 'ipc:///x' },
  ])('the content %o: TypeError', (value) => refused(content(value), { name: 'TypeError' }));

  it.each([undefined, null, 7, {}, ['ipc:///x']])('the endpoint %o: TypeError', (value) =>
    refused(endpoint(value), { name: 'TypeError' }));

  it.each([7, [], 'text', { a: 1 }, { a: null }])('the properties %o: TypeError', (properties) =>
    refused(content({ endpoints: {}, properties }), { name: 'TypeError' }));

  it.each([
    '',
    'gate',
    'ipc://',
    'ipc://*',
    'ipc://a\0b',
    'ipc://\ud800',
    'tcp://127.0.0.1',
    'tcp://127.0.0.1:*',
    'tcp://*:5555',
    'tcp://127.0.0.1:0',
    'tcp://127.0.0.1:99999',
  ])('the endpoint %j, to which nobody can connect: EINVAL, which names it', (text) =>
    refused(endpoint(text), { code: 'EINVAL', address: text }));

  it('an endpoint that is too long: ENAMETOOLONG', () =>
    refused(endpoint(WINDOWS ? `ipc://\\\\.\\pipe\\${'x'.repeat(300)}` : `ipc:///${'x'.repeat(107)}`), {
      code: 'ENAMETOOLONG',
    }));

  it('more than 64 KiB: EMSGSIZE', async () => {
    const bare = lstatSync((await writeSession(folder, 'gate', { endpoints: {}, properties: { a: '' } })).path).size;
    const sized = (bytes: number) =>
      content({ endpoints: {}, properties: { a: 'é'.repeat(8) + 'x'.repeat(bytes - 16) } });
    await sized(FILE_MAX - bare)();
    expect((await readSession(folder, 'gate'))?.properties.a).toHaveLength(FILE_MAX - bare - 8);
    const { error } = await outcome(sized(FILE_MAX - bare + 1));
    expect(error).toMatchObject({ code: 'EMSGSIZE' });
    expect(error?.message).toContain(`${FILE_MAX + 1} bytes, ${FILE_MAX} are allowed`);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a b',
    'x'.repeat(129),
    7,
    undefined,
  ])('the name %o: TypeError', (name) =>
    refused(
      async () => {
        for (const read of [readSession, findSession]) {
          expect((await outcome(() => read(folder, name as string))).error).toMatchObject({ name: 'TypeError' });
        }
        await writeSession(folder, name as string, NOTHING);
      },
      { name: 'TypeError' },
    ));

  it.each(['', 'a\0b', '\ud800', 7, null, undefined])('the folder %o: TypeError', async (place) => {
    const calls = [
      () => writeSession(place as string, 'gate', NOTHING),
      () => readSession(place as string, 'gate'),
      () => findSession(place as string, 'gate'),
      () => listSessions(place as string),
      () => cleanSessions(place as string),
    ];
    for (const call of calls)
      expect(await outcome(call)).toMatchObject({ how: 'rejected', error: { name: 'TypeError' } });
  });
});

describe('where there is nothing', () => {
  it('nothing is found, listed or cleaned, and nothing is made', async () => {
    for (const place of [folder, join(folder, 'missing')]) {
      expect(await readSession(place, 'gate')).toBe(undefined);
      expect(await findSession(place, 'gate')).toBe(undefined);
      expect(await listSessions(place)).toEqual([]);
      expect(await cleanSessions(place)).toEqual([]);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('but a file: its error names it', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    const code = expect.stringMatching(/^(ENOTDIR|EEXIST|ENOENT)$/);
    for (const call of [() => listSessions(file), () => writeSession(file, 'gate', NOTHING)]) {
      expect(await outcome(call)).toMatchObject({ error: { code, message: expect.stringContaining('file') } });
    }
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });
});
