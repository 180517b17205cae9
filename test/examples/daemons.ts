/**
 * Daemons for tests: started, asked and stopped by command, in homes of a folder that goes away in the end. Whatever a
 * test leaves running is found by its home. Used by daemon.test.ts and daemon-requests.test.ts.
 */

import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isAlive } from '../../examples/daemon/process.js';
import { NAME } from '../../examples/daemon/protocol.js';
import { findSession, readSession } from '../../src/index.js';
import { DEADLINE, until } from '../support/peers/deadline.js';
import { Workplace } from './run.js';

export const DAEMON = 'examples/daemon/main.ts';
export const WINDOWS = process.platform === 'win32';

export const workplace = new Workplace();
export const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'zmtp-')));
const homes: string[] = [];
let count = 0;

export function removeAll(): void {
  workplace.remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A place for a home, which is not there yet. */
export function newHome(name = `home-${++count}`): string {
  const home = join(folder, name);
  homes.push(home);
  return home;
}

/** Ends what is left running in these homes, or in all that a test has asked for, and says which. */
export async function endAll(folders: readonly string[] = homes.splice(0)): Promise<string[]> {
  const left: string[] = [];
  for (const home of folders) {
    const session = await findSession(home, NAME);
    if (session === undefined || session.pid === process.pid) continue;
    left.push(`${home}: ${session.pid}`);
    await kill(session.pid);
  }
  return left;
}

export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid), `the end of process ${pid}`);
}

export interface Said {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: what a program has printed, whose shape the test states
  readonly said: any;
}

/** A command with `--json`: its exit code, and what it said. It waits as long as a test does, unless it is told how long. */
export async function daemon(home: string, ...args: string[]): Promise<Said> {
  const limit = args.includes('--timeout') ? [] : ['--timeout', `${DEADLINE}`];
  const { code, output } = await workplace.run(DAEMON, [...args, ...limit, '--home', home, '--json']);
  try {
    return { code, said: JSON.parse(output) };
  } catch {
    throw new Error(`${args.join(' ')} ended with code ${code} and printed: ${output}`);
  }
}

export async function started(
  home: string,
  ...args: string[]
): Promise<{ pid: number; endpoint: string; since: string }> {
  const { code, said } = await daemon(home, 'start', ...args);
  expect([code, said]).toEqual([0, expect.objectContaining({ pid: expect.any(Number), apiVersion: 1 })]);
  return said;
}

/** Nothing but the log and what the daemon keeps, and nobody. */
export async function expectEnded(home: string, { pid, endpoint }: { pid: number; endpoint: string }): Promise<void> {
  expect(isAlive(pid)).toBe(false);
  expect(await readSession(home, NAME)).toBeUndefined();
  expect(readdirSync(home).filter((name) => !['daemon.log', 'items.json'].includes(name))).toEqual([]);
  if (!WINDOWS) expect(existsSync(endpoint.slice('ipc://'.length))).toBe(false);
}

export async function stopped(home: string, running: { pid: number; endpoint: string }): Promise<void> {
  const { code, said } = await daemon(home, 'stop');
  expect([code, said]).toEqual([0, { pid: running.pid, took: expect.any(Number), forced: false }]);
  await expectEnded(home, running);
}

export async function expectNotRunning(home: string, ...commands: string[]): Promise<void> {
  for (const command of commands) {
    const { code, said } = await daemon(home, command);
    expect([command, code, said.error.code]).toEqual([command, 3, 'NOT_RUNNING']);
  }
}
