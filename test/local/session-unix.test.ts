// Sessions where files have owners, links and modes, and processes have zombies: not on Windows.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cleanSessions, findSession, listSessions, readSession, writeSession } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { until } from '../support/peers/deadline.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { agent } from './agent.js';
import { fileOf, forge, goneProcess } from './forge.js';

failOnUnhandled();

const ROOT = process.getuid?.() === 0;
const NOTHING = { endpoints: {} };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function expectUntouched(path: string): Promise<void> {
  const before = lstatSync(path);
  expect(await listSessions(folder)).toEqual([]);
  expect(await findSession(folder, 'x')).toBe(undefined);
  expect(await readSession(folder, 'x')).toBe(undefined);
  expect(await cleanSessions(folder)).toEqual([]);
  const { error } = await outcome(() => writeSession(folder, 'x', NOTHING));
  expect(error).toMatchObject({ code: 'EADDRINUSE', message: expect.stringContaining(JSON.stringify(path)) });
  const after = lstatSync(path);
  expect([after.ino, after.mode, after.size]).toEqual([before.ino, before.mode, before.size]);
}

describe('under the name of a session', () => {
  it.each(['half', 'stale', 'good', 'nothing'])('a link to a file (%s) is not followed and stays', async (target) => {
    writeFileSync(join(folder, 'half'), '{"name":');
    const stale = await forge(folder, 'x', { pid: goneProcess() });
    writeFileSync(join(folder, 'stale'), readFileSync(stale));
    writeFileSync(join(folder, 'good'), readFileSync(await forge(folder, 'x', { startedAt: performance.timeOrigin })));
    rmSync(stale);
    symlinkSync(join(folder, target), fileOf(folder, 'x'));
    await expectUntouched(fileOf(folder, 'x'));
  });

  it('a FIFO does not block anybody, and stays', async () => {
    spawnSync('mkfifo', [fileOf(folder, 'x')]);
    await expectUntouched(fileOf(folder, 'x'));
  });

  it('a file of another user is not believed, and stays', async () => {
    // Only root can give files away; who is not root looks at what cannot be read: its own, without the right to.
    const path = await forge(folder, 'x', { pid: goneProcess() });
    if (ROOT) chownSync(path, 65534, 65534);
    else chmodSync(path, 0);
    await expectUntouched(path);
  });
});

describe('a folder that may not be written to', () => {
  it('is EACCES for a writer, which names it; a reader reads; cleaning removes nothing', async () => {
    const place = join(folder, 'place');
    mkdirSync(place);
    const other = await agent();
    await other.ask('unprivileged');
    const stale = await forge(place, 'x', { pid: goneProcess() });
    chmodSync(stale, 0o644);
    chmodSync(folder, 0o755);
    chmodSync(place, 0o555);
    const { error } = await other.try('writeSession', place, 'gate', NOTHING);
    expect(error).toMatchObject({ code: 'EACCES', message: expect.stringContaining(place) });
    expect(await other.ask('call', 'readSession', place, 'x')).toMatchObject({ name: 'x' });
    expect(await other.ask('call', 'listSessions', place)).toEqual([]);
    expect(await other.ask('call', 'cleanSessions', place)).toEqual([]);
    expect(lstatSync(stale).isFile()).toBe(true);
    expect(await other.try('writeSession', place, 'x', NOTHING)).toMatchObject({ error: { code: 'EACCES' } });
    chmodSync(place, 0);
    expect(await other.try('call', 'listSessions', place)).toMatchObject({ error: { code: 'EACCES' } });
    expect(await other.try('call', 'cleanSessions', place)).toMatchObject({ error: { code: 'EACCES' } });
    chmodSync(place, 0o755);
  });
});

describe('a process', () => {
  it('that has ended and that its parent has not noticed is gone', async () => {
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const lines = createInterface({ input: parent.stdout });
    const pid = Number(await new Promise<string>((resolve) => lines.once('line', resolve)));
    const path = await forge(folder, 'x', { pid, processStart: undefined });
    // Until it has ended it is there; nothing says when, so ask again.
    await until(async () => (await listSessions(folder)).length === 0, 'the process is gone');
    expect(await cleanSessions(folder)).toEqual([{ name: 'x', reason: 'process gone' }]);
    expect(lstatSync(path, { throwIfNoEntry: false })).toBe(undefined);
  });

  it('of another user is there', async () => {
    const other = await agent();
    await other.ask('unprivileged');
    chmodSync(folder, 0o755);
    const path = await forge(folder, 'x', { pid: 1, processStart: undefined });
    if (ROOT) chmodSync(path, 0o644);
    expect(await other.ask('call', 'findSession', folder, 'x')).toMatchObject({ pid: 1 });
  });

  it('that is frozen is live, and so are its endpoints', async () => {
    const other = await agent();
    const endpoint = await other.ask('bindLocal', 'gate', folder);
    await other.ask('writeSession', folder, 'x', { endpoints: { a: endpoint } });
    other.child.kill('SIGSTOP');
    expect(await findSession(folder, 'x')).toMatchObject({ pid: other.pid });
    expect(await cleanSessions(folder)).toEqual([]);
    await expect(writeSession(folder, 'x', NOTHING)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
