// U7: the mode of a socket file: 0600 unless ipcMode says otherwise, whatever the umask, and never another one for a moment.

import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pull } from '../../src/index.js';
import { agent } from '../local/agent.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled, turn } from '../support/unhandled.js';
import { leaveSocket } from './ipc-files.js';

failOnUnhandled();

const ROOT = process.getuid?.() === 0;

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'x');
  const before = process.umask();
  return () => {
    process.umask(before);
  };
});

const modeOf = (file: string): number => lstatSync(file).mode & 0o7777;

describe('U7 the file has the mode of ipcMode', () => {
  it.each([0, 0o022, 0o077])('0600 by default, under the umask %o', async (umask) => {
    process.umask(umask);
    await open(new Pull()).bind(`ipc://${path}`);
    expect(modeOf(path)).toBe(0o600);
  });

  it.each([0o600, 0o660, 0o666, 0o777, 0o700, 0o200, 0])('%o, under a umask that would forbid it', async (ipcMode) => {
    process.umask(0o077);
    await open(new Pull({ ipcMode })).bind(`ipc://${path}`);
    expect(modeOf(path)).toBe(ipcMode);
  });

  it('set at any time before bind', async () => {
    const pull = open(new Pull());
    expect(pull.ipcMode).toBe(0o600);
    pull.ipcMode = 0o620;
    await pull.bind(`ipc://${path}`);
    expect(modeOf(path)).toBe(0o620);
  });

  it('also where a stale file of another mode was, and for a wildcard', async () => {
    await leaveSocket(path);
    chmodSync(path, 0o777);
    const pull = open(new Pull());
    await pull.bind(`ipc://${path}`);
    expect(modeOf(path)).toBe(0o600);
    await pull.bind('ipc://*');
    expect(modeOf((pull.lastEndpoint as string).slice('ipc://'.length))).toBe(0o600);
  });

  it.each([-1, 0o1000, 0o4755, Number.NaN, '0600', null, true])('%o is none', async (ipcMode) => {
    const made = await outcome(() => new Pull({ ipcMode: ipcMode as number }));
    expect(made.how).toBe('threw');
    const pull = open(new Pull());
    const set = await outcome(() => {
      pull.ipcMode = ipcMode as number;
    });
    expect(set.how).toBe('threw');
    for (const { error } of [made, set]) {
      if (error instanceof TypeError) expect(error).toMatchObject({ detail: expect.stringContaining('ipcMode') });
      else expect(error).toMatchObject({ code: 'EINVAL' });
    }
    expect(pull.ipcMode).toBe(0o600);
  });
});

describe('U7 nobody gets in', () => {
  it('between bind and chmod: what is in sight has the right mode from the first moment', async () => {
    const other = await agent();
    await other.ask('umask', 0);
    let done = false;
    const cycling = other.ask('cycle', `ipc://${path}`, 200).finally(() => {
      done = true;
    });
    const seen = new Set<string>();
    const note = (name: string): void => {
      const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (found === undefined) return;
      const kind = found.isDirectory() ? 'folder' : 'socket';
      seen.add(`${name.startsWith('.zmtp-') ? 'hidden' : name} ${kind} ${(found.mode & 0o7777).toString(8)}`);
    };
    while (!done) {
      for (let i = 0; i < 50; i++) {
        note('x');
        readdirSync(folder).forEach(note);
      }
      await turn();
    }
    await cycling;
    expect([...seen].filter((one) => !['x socket 600', 'hidden folder 700'].includes(one))).toEqual([]);
    expect(seen).toContain('x socket 600');
  });

  it('who may not: EACCES for a stranger, or for its owner where the mode says so', async () => {
    chmodSync(folder, 0o755);
    await open(new Pull({ ipcMode: ROOT ? 0o600 : 0 })).bind(`ipc://${path}`);
    const stranger = await agent();
    await stranger.ask('unprivileged');
    expect(await stranger.ask('refusal', `ipc://${path}`)).toBe('EACCES');
    const shared = open(new Pull({ ipcMode: 0o222 }));
    await shared.bind(`ipc://${path}2`);
    await stranger.ask('send', `ipc://${path}2`, 'let in');
    expect(String(await shared.receive())).toBe('let in');
  });
});
