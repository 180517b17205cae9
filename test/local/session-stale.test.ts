// Which session is live, which is stale and why, and which one is left alone because it cannot be asked: process ids of the
// dead, ids used again, endpoints that nobody serves, other machines.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  bindLocal,
  cleanSessions,
  findSession,
  listSessions,
  localEndpoint,
  Pull,
  writeSession,
} from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';
import { bound, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { agent } from './agent.js';
import { forge, goneProcess } from './forge.js';

failOnUnhandled();

let gone: number;
beforeAll(() => {
  gone = goneProcess();
});

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function expectLive(path: string): Promise<void> {
  expect(await findSession(folder, 'x')).toMatchObject({ name: 'x' });
  expect((await listSessions(folder)).map(({ name }) => name)).toEqual(['x']);
  expect(await cleanSessions(folder)).toEqual([]);
  expect(existsSync(path)).toBe(true);
}

async function expectStale(path: string, reason: string): Promise<void> {
  expect(await findSession(folder, 'x')).toBe(undefined);
  expect(await listSessions(folder)).toEqual([]);
  expect(existsSync(path)).toBe(true);
  expect(await cleanSessions(folder)).toEqual([{ name: 'x', reason }]);
  expect(existsSync(path)).toBe(false);
}

/** Neither listed nor removed. */
async function expectLeftAlone(path: string): Promise<void> {
  expect(await findSession(folder, 'x')).toBe(undefined);
  expect(await listSessions(folder)).toEqual([]);
  expect(await cleanSessions(folder)).toEqual([]);
  await expect(writeSession(folder, 'x', { endpoints: {} })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(existsSync(path)).toBe(true);
}

const dead = (): string => localEndpoint('nobody', folder);

async function deadPort(): Promise<string> {
  const spare = open(new Pull());
  const endpoint = await bound(spare);
  await spare.unbind(endpoint);
  return endpoint;
}

describe('live', () => {
  it('a process without endpoints', async () => {
    await expectLive((await writeSession(folder, 'x', { endpoints: {} })).path);
  });

  it('one that serves one of its endpoints', async () => {
    const live = await bindLocal(open(new Pull()), 'live', folder);
    await expectLive((await writeSession(folder, 'x', { endpoints: { a: dead(), b: live } })).path);
  });

  it('one that serves a port, also when it says that it does so at all addresses', async () => {
    const endpoint = await bound(open(new Pull()));
    await expectLive((await writeSession(folder, 'x', { endpoints: { a: endpoint } })).path);
    const all = endpoint.replace('127.0.0.1', '0.0.0.0');
    await expectLive((await writeSession(folder, 'x', { endpoints: { a: all } })).path);
  });

  it('one with an endpoint that cannot be asked', async () => {
    await expectLive((await writeSession(folder, 'x', { endpoints: { a: dead(), b: 'wss://nowhere.invalid' } })).path);
  });

  it('another process, whether or not it is known when it began', async () => {
    const other = await agent();
    await other.ask('writeSession', folder, 'x', { endpoints: {} });
    await expectLive(join(folder, 'x.zmtp.json'));
    await other.ask('removeSessions');
    await expectLive(await forge(folder, 'x', { pid: other.pid, startedAt: 1, processStart: undefined }));
  });
});

describe('stale', () => {
  it('process gone: with no endpoints, dead ones, and a port that somebody else may have by now', async () => {
    const lists = [{}, { a: dead() }, { a: await deadPort() }, { a: await bound(open(new Pull())), b: dead() }];
    for (const endpoints of lists)
      await expectStale(await forge(folder, 'x', { pid: gone, endpoints }), 'process gone');
  });

  it('process gone: an id that no process can have', async () => {
    await expectStale(await forge(folder, 'x', { pid: 2 ** 40 }), 'process gone');
  });

  it('process gone: killed, with its socket left behind', async () => {
    const other = await agent();
    const endpoint = await other.ask('bindLocal', 'killed', folder);
    await other.ask('writeSession', folder, 'x', { endpoints: { a: endpoint } });
    await expectLive(join(folder, 'x.zmtp.json'));
    await other.kill();
    await expectStale(join(folder, 'x.zmtp.json'), 'process gone');
  });

  it('pid reused: our own, of a process that had it before', async () => {
    const live = await bound(open(new Pull()));
    await expectStale(await forge(folder, 'x', { startedAt: 1, endpoints: { a: live } }), 'pid reused');
  });

  it('pid reused, where the system tells when a process began; endpoints dead, where it does not', async () => {
    const other = await agent();
    const reason = process.platform === 'win32' ? 'endpoints dead' : 'pid reused';
    const changes = { pid: other.pid, startedAt: 1, processStart: 'long ago', endpoints: { a: dead() } };
    await expectStale(await forge(folder, 'x', changes), reason);
  });

  it('endpoints dead: no listener at the path, none at the port', async () => {
    await expectStale((await writeSession(folder, 'x', { endpoints: { a: dead() } })).path, 'endpoints dead');
    const endpoints = { a: await deadPort(), b: dead() };
    await expectStale((await writeSession(folder, 'x', { endpoints })).path, 'endpoints dead');
  });

  it('makes way for a session, which the owner of the stale one no longer removes', async () => {
    const first = await writeSession(folder, 'x', { endpoints: { a: dead() } });
    await forge(folder, 'x', { pid: gone });
    const second = await writeSession(folder, 'x', { endpoints: {} });
    first.remove();
    await expectLive(second.path);
  });

  it('is cleaned, each with its reason, and the live ones stay', async () => {
    const live = await bindLocal(open(new Pull()), 'live', folder);
    await writeSession(folder, 'dead', { endpoints: { a: dead() } });
    await writeSession(folder, 'live', { endpoints: { a: live } });
    await forge(folder, 'gone', { pid: gone });
    await forge(folder, 'reused', { startedAt: 1 });
    await forge(folder, 'elsewhere', { pid: gone, host: 'another.invalid', boot: 'another' });
    expect((await listSessions(folder)).map(({ name }) => name)).toEqual(['live']);
    expect(await cleanSessions(folder)).toEqual([
      { name: 'dead', reason: 'endpoints dead' },
      { name: 'gone', reason: 'process gone' },
      { name: 'reused', reason: 'pid reused' },
    ]);
    expect(await cleanSessions(folder)).toEqual([]);
    for (const name of ['live', 'elsewhere']) expect(existsSync(join(folder, `${name}.zmtp.json`))).toBe(true);
  });
});

describe('left alone', () => {
  it('one of another machine, whatever runs here', async () => {
    for (const changes of [{ pid: gone }, {}, { startedAt: 1 }, { endpoints: { a: dead() } }]) {
      const path = await forge(folder, 'x', { host: 'another.invalid', boot: 'another', ...changes });
      await expectLeftAlone(path);
      rmSync(path);
    }
  });

  it('one whose process is gone, as it says, and whose path answers', async () => {
    const live = await bindLocal(open(new Pull()), 'live', folder);
    for (const changes of [{ pid: gone }, { startedAt: 1 }]) {
      const path = await forge(folder, 'x', { ...changes, endpoints: { a: live } });
      await expectLeftAlone(path);
      rmSync(path);
    }
  });
});
