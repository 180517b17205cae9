// bindLocal: by ipc:// where that works, by a loopback port where it is asked for or must be, and never by a port to hide what a
// program has to know. Windows' named pipes need no folder, so there only names are in the way.

import { chmodSync, existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bindLocal, localEndpoint, Pull, ZmqError } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { expectThrough, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { agent } from './agent.js';

failOnUnhandled();

const WINDOWS = process.platform === 'win32';
const PORT = /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/;
const TRANSPORTS = ['ipc', 'tcp', 'ipc-or-tcp'] as const;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe('gives an endpoint to connect to', () => {
  it.each(TRANSPORTS)('%s', async (transport) => {
    const pull = open(new Pull());
    const endpoint = await bindLocal(pull, 'gate', folder, { transport });
    expect(endpoint).toBe(pull.lastEndpoint);
    if (transport === 'tcp') expect(endpoint).toMatch(PORT);
    else expect(endpoint).toBe(localEndpoint('gate', folder));
    await expectThrough(pull, endpoint);
  });

  it('ipc, when nothing is said', async () => {
    const pull = open(new Pull());
    const endpoint = await bindLocal(pull, 'gate', folder);
    expect(endpoint).toBe(localEndpoint('gate', folder));
    await pull.unbind(endpoint);
    await bindLocal(pull, 'gate', folder, {});
    await expectThrough(pull, endpoint);
  });

  it('also to a client that was there first, in another process', async () => {
    const client = await agent();
    const sending = client.ask('send', localEndpoint('gate', folder), 'early');
    const pull = open(new Pull());
    await bindLocal(pull, 'gate', folder);
    expect(String(await within(pull.receive(), 'what the client has sent'))).toBe('early');
    await sending;
  });

  it('in a folder that is made for it, for this user only', async () => {
    const scope = join(folder, 'made', 'here');
    const before = localEndpoint('gate', scope);
    expect(await bindLocal(open(new Pull()), 'gate', scope)).toBe(before);
    if (!WINDOWS) expect(lstatSync(scope).mode & 0o777).toBe(0o700);
  });

  it('tcp alone makes no folder', async () => {
    expect(await bindLocal(open(new Pull()), 'gate', join(folder, 'no'), { transport: 'tcp' })).toMatch(PORT);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('falls back to tcp where it may', () => {
  it('no folder can be there: ENOTDIR without leave, a port with it', async () => {
    writeFileSync(join(folder, 'file'), 'precious');
    const scope = join(folder, 'file', 'below');
    const { error } = await outcome(() => bindLocal(open(new Pull()), 'gate', scope));
    expect(error).toBeInstanceOf(ZmqError);
    expect(error).toMatchObject({ code: WINDOWS ? expect.stringMatching(/^(ENOTDIR|ENOENT)$/) : 'ENOTDIR' });
    const pull = open(new Pull());
    const endpoint = await bindLocal(pull, 'gate', scope, { transport: 'ipc-or-tcp' });
    expect(endpoint).toMatch(PORT);
    await expectThrough(pull, endpoint);
  });

  it('a folder that may not be written to: EACCES which names it, a port with leave', async () => {
    const scope = join(folder, 'closed');
    mkdirSync(scope);
    chmodSync(folder, 0o755);
    chmodSync(scope, 0o555);
    const other = await agent();
    await other.ask('unprivileged');
    const { error } = await other.try('bindLocal', 'gate', scope);
    if (WINDOWS) expect(error).toBe(undefined);
    else expect(error).toMatchObject({ code: 'EACCES', message: expect.stringContaining(JSON.stringify(scope)) });
    const endpoint = await other.ask('bindLocal', 'gate2', scope, { transport: 'ipc-or-tcp' });
    expect(endpoint).toMatch(WINDOWS ? /^ipc:/ : PORT);
  });
});

describe('does not hide', () => {
  it.each(['ipc', 'ipc-or-tcp'] as const)('%s: that another process has the endpoint', async (transport) => {
    const other = await agent();
    const endpoint = await other.ask('bindLocal', 'gate', folder);
    const pull = open(new Pull());
    const { error } = await outcome(() => bindLocal(pull, 'gate', folder, { transport }));
    expect(error).toMatchObject({ code: 'EADDRINUSE', address: endpoint });
    expect(pull.lastEndpoint).toBe(null);
    await other.kill();
    expect(await bindLocal(pull, 'gate', folder, { transport })).toBe(endpoint);
  });

  it.each(TRANSPORTS)('%s: that the socket is closed', async (transport) => {
    const pull = open(new Pull());
    pull.close();
    await expect(bindLocal(pull, 'gate', folder, { transport })).rejects.toMatchObject({ code: 'EBADF' });
  });

  it.each(TRANSPORTS)('%s: that the name or the folder is none', async (transport) => {
    for (const name of ['', '..', 'a/b', 'é', 7]) {
      await expect(bindLocal(open(new Pull()), name as string, folder, { transport })).rejects.toThrow(TypeError);
    }
    for (const scope of ['', 'a\0', '\ud800', null]) {
      await expect(bindLocal(open(new Pull()), 'gate', scope as string, { transport })).rejects.toThrow(TypeError);
    }
  });

  it.each([
    '',
    'udp',
    'IPC',
    null,
    7,
    {},
    ['ipc'],
  ])('the transport %j: TypeError that lists them', async (transport) => {
    const binding = bindLocal(open(new Pull()), 'gate', folder, { transport: transport as 'ipc' });
    await expect(binding).rejects.toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining('"ipc", "tcp" or "ipc-or-tcp"') }),
    );
  });
});
