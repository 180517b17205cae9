/**
 * The daemon's life: one for each home, found by whoever knows the folder; each command says what is, with its own exit
 * code; whatever way it ends, nothing of it stays that is in the way of the next one.
 */

import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../examples/daemon/process.js';
import { NAME } from '../../examples/daemon/protocol.js';
import { readSession, writeSession } from '../../src/index.js';
import { within } from '../support/peers/deadline.js';
import {
  DAEMON,
  daemon,
  endAll,
  expectEnded,
  expectNotRunning,
  folder,
  kill,
  newHome,
  removeAll,
  started,
  stopped,
  WINDOWS,
  workplace,
} from './daemons.js';
import type { Running } from './run.js';

afterEach(async () => expect(await endAll()).toEqual([]));
afterAll(removeAll);

describe('from start to stop', () => {
  test('each command says what is, to people', async () => {
    const home = newHome();
    const run = (...args: string[]) => workplace.run(DAEMON, [...args, '--home', home]);
    const begun = await run('start');
    expect(begun).toMatchObject({ code: 0, output: expect.stringMatching(/^started: pid \d+, at ipc:\/\/.+\n$/) });
    const [, pid, endpoint] = /pid (\d+), at (.+)/.exec(begun.output) as RegExpExecArray;
    expect(await run('health')).toMatchObject({ code: 0, output: '{"status":"ok","apiVersion":1}\n' });
    const status = await run('status');
    expect(status.output).toMatch(/^running: pid \d+, since \S+Z, at .+; 3 requests served, 0 items kept\n$/);
    expect(status.output).toContain(`pid ${pid}`);
    expect(status.output).toContain(`at ${endpoint};`);
    const again = await run('start');
    expect(again.output).toMatch(/^already running: pid \d+, since \S+Z, at .+\n$/);
    expect(again.output).toContain(`pid ${pid}`);
    expect(again.code).toBe(1);
    const end = await run('stop');
    expect(end).toMatchObject({ code: 0, output: expect.stringMatching(/^stopped: pid \d+, in \d+ ms\n$/) });
    await expectEnded(home, { pid: Number(pid), endpoint: endpoint as string });
    expect(await run('stop')).toMatchObject({ code: 3, output: `not running: no daemon has the home ${home}\n` });
  });

  test('a second start names the first one, which runs on unharmed', async () => {
    const home = newHome();
    const first = await started(home);
    for (const args of [['start'], ['start', '--transport', 'tcp'], ['run']]) {
      const { code, said } = await daemon(home, ...args);
      const { pid, since, endpoint } = first;
      const message = `already running: pid ${pid}, since ${since}, at ${endpoint}`;
      expect([code, said]).toEqual([1, { error: { code: 'ALREADY_RUNNING', message, pid, since, endpoint } }]);
    }
    expect(await daemon(home, 'status')).toMatchObject({ code: 0, said: { pid: first.pid } });
    await stopped(home, first);
  });

  test('of several starts at the same time exactly one wins, and the others name it', async () => {
    const home = newHome();
    const all = await Promise.all(['ipc', 'ipc', 'tcp'].map((kind) => daemon(home, 'start', '--transport', kind)));
    expect(all.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    const winner = all.find(({ code }) => code === 0)?.said;
    for (const { said, code } of all) {
      if (code !== 0) expect(said.error).toMatchObject({ code: 'ALREADY_RUNNING', pid: winner.pid });
    }
    expect(await daemon(home, 'health')).toEqual({ code: 0, said: { status: 'ok', apiVersion: 1 } });
    await stopped(home, winner);
  });

  test('where nothing runs, every command says so with code 3, and makes no folder', async () => {
    const home = newHome();
    await expectNotRunning(home, 'status', 'health', 'stop');
    expect((await daemon(home, 'request', 'item.list')).code).toBe(3);
    expect(existsSync(home)).toBe(false);
  });

  test('what it keeps is there again after an end, a clean one or not', async () => {
    const home = newHome();
    const first = await started(home);
    const put = ['request', 'item.put', 'note.1', 'äöü; $(x)'];
    expect(await daemon(home, ...put)).toEqual({ code: 0, said: { id: 'note.1', created: true } });
    await stopped(home, first);
    const second = await started(home);
    expect(await daemon(home, 'request', 'item.put', 'note-2', '')).toMatchObject({ code: 0 });
    await kill(second.pid);
    await expectNotRunning(home, 'status');
    const third = await started(home);
    expect(await daemon(home, 'request', 'item.get', 'note.1')).toMatchObject({ said: { value: 'äöü; $(x)' } });
    expect(await daemon(home, 'request', 'item.remove', 'note.1')).toMatchObject({ said: { removed: true } });
    expect(await daemon(home, 'request', 'item.list')).toEqual({ code: 0, said: { ids: ['note-2'] } });
    const gone = await daemon(home, 'request', 'item.get', 'note.1');
    expect([gone.code, gone.said.error.code]).toEqual([5, 'NOT_FOUND']);
    await stopped(home, third);
  });

  test('a start that fails says why, and leaves nothing running', async () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(join(home, 'items.json'), '["no", 1, "list of ours"]');
    const { code, said } = await daemon(home, 'start');
    expect([code, said.error.code]).toEqual([6, 'NOT_STARTED']);
    expect(said.error.message).toContain('items.json is not a list of items, and is not touched');
    await expectNotRunning(home, 'status');
  });
});

describe('ended in other ways', () => {
  let run: Running | undefined;
  afterEach(() => run?.kill('SIGKILL'));

  test.skipIf(WINDOWS).each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s is a clean stop', async (signal) => {
    const home = newHome();
    run = workplace.start(DAEMON, ['run', '--home', home]);
    const [, endpoint] = /at (ipc:.+)\n/.exec(await run.printed('\n')) as RegExpExecArray;
    run.kill(signal);
    const { code, output } = await run.ended;
    expect([code, output]).toEqual([0, expect.stringContaining(`ends, asked by ${signal}, after 0 requests`)]);
    await expectEnded(home, { pid: run.pid, endpoint: endpoint as string });
  });

  test('one that hangs: every command has an end; stop reports it, and kills it only when forced', async () => {
    const home = newHome();
    run = workplace.start('test/examples/hung-daemon.ts', [home]);
    await run.printed('hangs');
    for (const command of ['status', 'stop']) {
      const { code, said } = await daemon(home, command, '--timeout', '300');
      expect([command, code, said.error.code]).toEqual([command, 4, 'LATE']);
      expect(said.error.message).toMatch(/^pid \d+ .* within 300 ms/);
    }
    expect((await daemon(home, 'start')).said.error.code).toBe('ALREADY_RUNNING');
    const { code, said } = await daemon(home, 'stop', '--timeout', '300', '--force');
    expect([code, said]).toEqual([0, { pid: expect.any(Number), took: expect.any(Number), forced: true }]);
    await within(run.ended, 'the end of the hung daemon');
    expect(isAlive(said.pid)).toBe(false);
    expect(await readSession(home, NAME)).toBeUndefined();
    await stopped(home, await started(home));
  });

  test('a process that has only the number of a daemon is not touched, not even when forced', async () => {
    const home = newHome();
    using session = await writeSession(home, NAME, { endpoints: { requests: 'ipc://nobody-listens-there' } });
    expect(session.pid).toBe(process.pid);
    const { code, said } = await daemon(home, 'stop', '--force', '--timeout', '300');
    expect([code, said.error.code]).toEqual([3, 'NOT_RUNNING']);
  });
});

describe('the home', () => {
  test('two homes have two daemons', async () => {
    const [one, two] = [newHome(), newHome()];
    const [first, second] = await Promise.all([started(one), started(two)]);
    expect(first.pid).not.toBe(second.pid);
    expect(first.endpoint).not.toBe(second.endpoint);
    await stopped(one, first);
    expect(await daemon(two, 'status')).toMatchObject({ code: 0, said: { pid: second.pid } });
    await stopped(two, second);
  });

  test('however it is written, relative or through a link, it has the same daemon', async () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    const link = linkTo(home);
    const first = await started(link);
    for (const name of [home, link, relative(process.cwd(), home), join(home, '..', home.slice(folder.length))]) {
      expect([name, (await daemon(name, 'start')).said.error.pid]).toEqual([name, first.pid]);
    }
    await stopped(relative(process.cwd(), home), first);
    await expectEnded(home, first);
  });

  test('its path may be longer than a socket has room for', async () => {
    const home = newHome(join('long'.repeat(20), 'longer'.repeat(10)));
    expect(home.length).toBeGreaterThan(140);
    const first = await started(home);
    expect(await daemon(home, 'health')).toEqual({ code: 0, said: { status: 'ok', apiVersion: 1 } });
    await stopped(home, first);
  });

  test('without --home the environment names it', async () => {
    const home = newHome();
    const before = process.env.ZMTP_DAEMON_HOME;
    process.env.ZMTP_DAEMON_HOME = home;
    try {
      const { code, output } = await workplace.run(DAEMON, ['status']);
      expect([code, output]).toEqual([3, `not running: no daemon has the home ${home}\n`]);
    } finally {
      if (before === undefined) delete process.env.ZMTP_DAEMON_HOME;
      else process.env.ZMTP_DAEMON_HOME = before;
    }
  });

  test.skipIf(WINDOWS)('it and what is in it are for this user only, or it is refused', async () => {
    const home = newHome();
    const first = await started(home);
    const modes = ['.', 'daemon.log', 'daemon.sock', 'daemon.zmtp.json'].map((name) => modeOf(join(home, name)));
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
    await stopped(home, first);
    chmodSync(home, 0o770);
    expect(await daemon(home, 'start')).toMatchObject({ code: 6, said: { error: { code: 'BAD_HOME' } } });
  });
});

/** Where this user may make none, on Windows, other letters do as well. */
function linkTo(home: string): string {
  const link = `${home}-link`;
  try {
    symlinkSync(home, link, 'junction');
    return link;
  } catch (error) {
    if (!WINDOWS) throw error;
    return home.toUpperCase();
  }
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
