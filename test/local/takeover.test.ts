// A process that was killed leaves its session file and its socket; the next one binds the endpoint first, and then has to
// be able to write its session: that the endpoint answers by then is its own doing.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { bindLocal, findSession, localEndpoint, Reply, writeSession } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** As another process has left it. */
async function leaveSession(name: string, requests: string, changes: object): Promise<void> {
  const { path } = await writeSession(folder, name, { endpoints: { requests } });
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), startedAt: 1, ...changes }));
}

/** The number of a process that is gone. */
function formerPid(): number {
  return spawnSync(process.execPath, ['-e', ''], { stdio: 'ignore' }).pid;
}

/** The number of a process that is there, and no daemon. */
function strangerPid(): number {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void stranger.kill());
  return stranger.pid as number;
}

function socket(): Reply {
  const reply = new Reply({ linger: 0 });
  onTestFinished(() => reply.close());
  return reply;
}

test.each([
  ['a process that is gone', () => ({ pid: formerPid() })],
  // Windows does not say when a process was started.
  ['a process whose number another one has by now', () => ({ pid: strangerPid(), processStart: undefined })],
])('the session of %s makes way for that of the one which has bound its endpoint', async (_, changes) => {
  await leaveSession('daemon', localEndpoint('daemon', folder), changes());
  const requests = await bindLocal(socket(), 'daemon', folder);
  using session = await writeSession(folder, 'daemon', { endpoints: { requests } });
  expect(await findSession(folder, 'daemon')).toMatchObject({ pid: process.pid, startedAt: session.startedAt });
});

test.each([
  ['is gone', () => ({ pid: formerPid() })],
  ['may be there', () => ({ pid: strangerPid(), processStart: undefined })],
])('it stays when its process %s and an endpoint answers that the new one does not name', async (_, changes) => {
  await leaveSession('kept', await bindLocal(socket(), 'other', folder), changes());
  const content = { endpoints: { requests: localEndpoint('kept', folder) } };
  await expect(writeSession(folder, 'kept', content)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  rmSync(join(folder, 'kept.zmtp.json'));
});
