/**
 * Gates for tests: started, asked, followed, killed. Used by session-gate.test.ts and session-gate-events.test.ts.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, onTestFinished } from 'vitest';
import { Follower } from '../../examples/session-gate/follower.js';
import { GateClient } from '../../examples/session-gate/gate-client.js';
import type { GateEvent } from '../../examples/session-gate/wire.js';
import { findSession, type Session } from '../../src/index.js';
import { DEADLINE, within } from '../support/peers/deadline.js';
import { type Outcome, type Running, Workplace } from './run.js';

const PROGRAMS = 'examples/session-gate';
export const WINDOWS = process.platform === 'win32';
export const NOBODY = { code: 4, output: expect.stringMatching(/^no gate \S+ runs in /) };

const workplace = new Workplace();
const base = realpathSync.native(mkdtempSync(join(tmpdir(), 'zmtp-')));
const started: Running[] = [];
/** Of the running test; not there yet. */
export let folder: string;
let count = 0;

/** Each test of the file has a folder of its own, and leaves no process. */
export function keepHouse(): void {
  beforeEach(() => {
    folder = join(base, `gates-${++count}`);
  });
  afterEach(async () => {
    for (const program of started) program.kill('SIGKILL');
    await Promise.all(started.splice(0).map((program) => program.ended));
  });
  afterAll(() => {
    workplace.remove();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  });
}

export function start(program: string, ...args: string[]): Running {
  const running = workplace.start(`${PROGRAMS}/${program}.ts`, ['--folder', folder, ...args]);
  started.push(running);
  return running;
}

export function run(program: string, ...args: string[]): Promise<Outcome> {
  return within(start(program, ...args).ended, `the end of ${program} ${args.join(' ')}`, 2 * DEADLINE);
}

export function printed(program: Running, text: string): Promise<string> {
  return within(program.printed(text), `the text '${text}'`, 2 * DEADLINE);
}

/** A gate that can be reached. */
export async function gate(name: string, ...args: string[]): Promise<Running> {
  const running = start('gate', name, ...args);
  await printed(running, `${name}: pid ${running.pid}`);
  return running;
}

export async function crash(program: Running): Promise<void> {
  program.kill('SIGKILL');
  await within(program.ended, 'the end of a killed process');
}

export function client(name: string, timeout = DEADLINE): GateClient {
  const made = new GateClient(name, folder, timeout);
  onTestFinished(() => made.close());
  return made;
}

export async function sessionOf(name: string): Promise<Session> {
  return (await findSession(folder, name)) as Session;
}

export function lines(output: string): string[] {
  return output.trimEnd().split(/\r?\n/);
}

/** A follower in this process, to see events as they are and not as they are printed. */
export function follow(name: string, topic?: string) {
  const seen: GateEvent[] = [];
  const connected: number[] = [];
  const listener = {
    welcome: ({ pid }: { pid: number }) => void connected.push(pid),
    event: (event: GateEvent) => void seen.push(event),
    lost: () => {},
    waiting: () => {},
  };
  const follower = new Follower(name, folder, listener, topic);
  const ended = follower.run();
  onTestFinished(() => {
    follower.close();
    return ended;
  });
  return { seen, connected };
}
