// Whose processes can be asked about: those of this machine, of this boot, with the same process numbers; and what becomes of
// the sessions of others.

import { existsSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { bindLocal, cleanSessions, findSession, Pull, writeSession } from '../../src/index.js';
import { ownPlace, relationTo } from '../../src/local/place.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { open } from '../support/sockets.js';
import { forge, goneProcess } from './forge.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe('relationTo', () => {
  const own = { host: 'a', boot: '1', pids: 'x' };

  it.each([
    [{ host: 'a', boot: '1', pids: 'x' }, 'here'],
    [{ host: 'renamed', boot: '1', pids: 'x' }, 'here'],
    [{ host: 'a', boot: '1', pids: 'y' }, 'beside'],
    [{ host: 'container', boot: '1', pids: 'y' }, 'beside'],
    [{ host: 'a', boot: '0', pids: 'x' }, 'before'],
    [{ host: 'b', boot: '0', pids: 'x' }, 'elsewhere'],
    [{ host: 'a' }, 'here'],
    [{ host: 'b' }, 'elsewhere'],
  ])('%j is %s', (place, relation) => {
    expect(relationTo(place, own)).toBe(relation);
  });

  it('goes by the name of the machine where there is no more', () => {
    expect(relationTo({ host: 'a', boot: '1' }, { host: 'a' })).toBe('here');
    expect(relationTo({ host: 'b', boot: '1' }, { host: 'a' })).toBe('elsewhere');
  });

  it('to ourselves is here', () => {
    expect(ownPlace().host).toBe(hostname());
    expect(relationTo(ownPlace())).toBe('here');
  });
});

/** As a container on this machine writes it; where there are none, as another machine does. */
const BESIDE = process.platform === 'linux' ? { pids: 'pid:[1]' } : { host: 'another.invalid' };

describe('a session of a container on this machine', () => {
  it('that has ports only is left alone: they may be its own, as its process numbers are', async () => {
    for (const pid of [goneProcess(), process.pid]) {
      const path = await forge(folder, 'x', { ...BESIDE, pid, startedAt: 1, endpoints: { a: 'tcp://127.0.0.1:1' } });
      expect(await cleanSessions(folder)).toEqual([]);
      expect(await findSession(folder, 'x')).toBeUndefined();
      const { error } = await outcome(() => writeSession(folder, 'x', { endpoints: {} }));
      expect(error).toMatchObject({ code: 'EADDRINUSE', message: expect.stringContaining('if it is gone for good') });
      expect(error?.message).toContain(JSON.stringify(path));
      rmSync(path);
    }
  });

  it('is live where its path answers, and stale where nobody does', async () => {
    const pull = open(new Pull());
    const endpoint = await bindLocal(pull, 'x', folder);
    const path = await forge(folder, 'x', { ...BESIDE, pid: goneProcess(), endpoints: { a: endpoint } });
    const linux = process.platform === 'linux';
    expect(await cleanSessions(folder)).toEqual([]);
    expect(await findSession(folder, 'x')).toEqual(linux ? expect.objectContaining({ name: 'x' }) : undefined);
    await pull.unbind(endpoint);
    expect(await cleanSessions(folder)).toEqual(linux ? [{ name: 'x', reason: 'endpoints dead' }] : []);
    expect(existsSync(path)).toBe(!linux);
  });

  it('makes way for whoever has bound its path', async () => {
    const endpoint = await bindLocal(open(new Pull()), 'x', folder);
    await forge(folder, 'x', { ...BESIDE, pid: goneProcess(), endpoints: { a: endpoint } });
    const { error } = await outcome(() => writeSession(folder, 'x', { endpoints: { a: endpoint } }));
    expect(error?.code).toBe(process.platform === 'linux' ? undefined : 'EADDRINUSE');
  });
});
