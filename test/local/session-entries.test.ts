// What else may stand in a folder of sessions: half of a file, foreign files under a session's name, huge ones, folders. None of
// it is a session, nothing breaks, and nothing is removed but what lacks its end.

import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cleanSessions, findSession, listSessions, readSession, writeSession } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { fileOf, forge, goneProcess } from './forge.js';

failOnUnhandled();

const NOTHING = { endpoints: {} };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Not a session, and not to be touched; a session beside it is found all the same. */
async function expectForeign(path: string): Promise<void> {
  const before = readFileSync(path);
  const good = await writeSession(folder, 'good', NOTHING);
  expect((await listSessions(folder)).map(({ name }) => name)).toEqual(['good']);
  expect(await findSession(folder, 'x')).toBe(undefined);
  expect(await cleanSessions(folder)).toEqual([]);
  const { error } = await outcome(() => writeSession(folder, 'x', NOTHING));
  expect(error).toMatchObject({ code: 'EADDRINUSE' });
  expect(error?.message).toContain(JSON.stringify(path));
  expect(readFileSync(path).equals(before)).toBe(true);
  good.remove();
}

describe('half of a session file', () => {
  it('cut anywhere is never a session, and is removed as half-written', async () => {
    const { path } = await writeSession(folder, 'x', { endpoints: { a: 'tcp://127.0.0.1:1' }, properties: { b: 'é' } });
    const whole = readFileSync(path);
    for (let end = 0; end < whole.length - 2; end += 1 + Math.floor(end / 12)) {
      for (const rest of [Buffer.alloc(0), Buffer.alloc(whole.length - end)]) {
        writeFileSync(path, Buffer.concat([whole.subarray(0, end), rest]));
        expect(await listSessions(folder)).toEqual([]);
        expect(await outcome(() => readSession(folder, 'x'))).toMatchObject({ error: { code: 'EINVAL' } });
        expect(await cleanSessions(folder), `${end} bytes`).toEqual([{ name: 'x', reason: 'half-written' }]);
        expect(existsSync(path)).toBe(false);
      }
    }
  });

  it.each([
    '',
    '\0\0\0\0',
    '{"name":"x","pid":',
    '{"pid":1',
    '{',
    '{\n  "na',
  ])('%j makes way for a session', async (text) => {
    writeFileSync(fileOf(folder, 'x'), text);
    await writeSession(folder, 'x', NOTHING);
    expect(await findSession(folder, 'x')).toMatchObject({ pid: process.pid });
  });
});

describe('a file that is no session stays', () => {
  it.each([
    'hello',
    '# notes',
    '<xml/>',
    '[1, 2',
    '{}',
    '[]',
    'null',
    '7',
    '"x"',
    'true',
    '{"name":"x"}',
    '{"name":{"toString":1}}',
    '{"name":null,"pid":1}',
    '{"__proto__":{"name":"x","pid":1}}',
  ])('%s', async (text) => {
    writeFileSync(fileOf(folder, 'x'), text);
    await expectForeign(fileOf(folder, 'x'));
    const { error } = await outcome(() => readSession(folder, 'x'));
    expect(error).toMatchObject({ code: 'EINVAL', message: expect.stringContaining('"x"') });
  });

  it('bytes that are no text', async () => {
    writeFileSync(fileOf(folder, 'x'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0, 1]));
    await expectForeign(fileOf(folder, 'x'));
  });

  it.each([
    { name: 'y' },
    { name: ['x'] },
    { name: undefined },
    { pid: undefined },
    { pid: 0 },
    { pid: -1 },
    { pid: 1.5 },
    { pid: '1' },
    { pid: 2 ** 53 },
    { pid: null },
    { startedAt: 'now' },
    { startedAt: null },
    { host: 7 },
    { host: undefined },
    { processStart: 7 },
    { processStart: null },
    { endpoints: undefined },
    { endpoints: [] },
    { endpoints: 'ipc:///x' },
    { endpoints: { a: 7 } },
    { endpoints: { a: 'ipc://*' } },
    { endpoints: { a: 'nonsense' } },
    { endpoints: { a: 'tcp://127.0.0.1:*' } },
    { properties: undefined },
    { properties: { a: 7 } },
    { properties: ['a'] },
  ])('one like a session, but with %o', async (change) => {
    await expectForeign(await forge(folder, 'x', { pid: goneOnce, ...change }));
    expect(await outcome(() => readSession(folder, 'x'))).toMatchObject({ error: { code: 'EINVAL' } });
  });
  const goneOnce = goneProcess();

  it('one of more than 64 KiB, whatever is in it', async () => {
    const path = await forge(folder, 'x', { pid: goneOnce, properties: { a: 'x'.repeat(70_000) } });
    await expectForeign(path);
    writeFileSync(path, `{"name":${' '.repeat(1_000_000)}`);
    await expectForeign(path);
  });

  it('a folder under the name of a session', async () => {
    mkdirSync(fileOf(folder, 'x'));
    writeFileSync(join(fileOf(folder, 'x'), 'precious'), '');
    expect(await listSessions(folder)).toEqual([]);
    expect(await readSession(folder, 'x')).toBe(undefined);
    expect(await cleanSessions(folder)).toEqual([]);
    expect(await outcome(() => writeSession(folder, 'x', NOTHING))).toMatchObject({ error: { code: 'EADDRINUSE' } });
    expect(existsSync(join(fileOf(folder, 'x'), 'precious'))).toBe(true);
  });

  it('files whose names could not be those of sessions', async () => {
    const names = [
      '.zmtp.json',
      '..zmtp.json',
      '...zmtp.json',
      'a b.zmtp.json',
      'é.zmtp.json',
      'x.json',
      'x.zmtp.json~',
    ];
    for (const name of names) writeFileSync(join(folder, name), '');
    await writeSession(folder, 'good', NOTHING);
    expect((await listSessions(folder)).map(({ name }) => name)).toEqual(['good']);
    expect(await cleanSessions(folder)).toEqual([]);
    for (const name of names) expect(existsSync(join(folder, name)), name).toBe(true);
  });
});

describe('what writers leave that did not get to their end', () => {
  const random = '0123456789ab';

  it('is no session; is removed when they are gone, and stays while they live', async () => {
    const gone = join(folder, `.x.${goneProcess()}.${random}.tmp`);
    const live = join(folder, `.x.${process.pid}.${random}.tmp`);
    const others = ['.x.1.tmp', `.x.${process.pid}.tmp`, 'x.1.0123456789ab.tmp', '.1.0123456789ab.tmp'].map((name) =>
      join(folder, name),
    );
    for (const path of [gone, live, ...others]) writeFileSync(path, '{"name":');
    expect(await listSessions(folder)).toEqual([]);
    expect(await cleanSessions(folder)).toEqual([]);
    expect(existsSync(gone), 'it is new: somebody whom we do not see may be at it').toBe(true);
    for (const path of [gone, live, ...others]) utimesSync(path, 1000, 1000);
    expect(await cleanSessions(folder)).toEqual([]);
    expect(existsSync(gone)).toBe(false);
    for (const path of [live, ...others]) expect(existsSync(path), path).toBe(true);
  });

  it('stays when it is a folder', async () => {
    const path = join(folder, `.x.${goneProcess()}.${random}.tmp`);
    mkdirSync(path);
    expect(await cleanSessions(folder)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});
