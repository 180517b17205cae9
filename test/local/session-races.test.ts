// Several processes at one session: of those that write a name at once exactly one has it, a reader never sees half a file, and
// however many clean, a live session stays.

import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { findSession, listSessions, type OwnSession, type RemovedSession, readSession } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { type Agent, agents } from './agent.js';
import { fileOf, forge, goneProcess } from './forge.js';

failOnUnhandled();

const ROUNDS = 5;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Windows opens no file that is just being replaced. */
async function readWhole(path: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || code === 'ENOENT' || attempt === 100) throw error;
    }
    await new Promise(setImmediate);
  }
}

/** All at once; gives the one that has it. */
async function race(writers: readonly Agent[], name: string): Promise<Agent> {
  const outcomes = await Promise.all(
    writers.map((writer) => writer.try<OwnSession>('writeSession', folder, name, { endpoints: {} })),
  );
  const winners = writers.filter((_, index) => outcomes[index]?.error === undefined);
  expect(winners.map(({ pid }) => pid)).toHaveLength(1);
  for (const { error } of outcomes) if (error !== undefined) expect(error.code).toBe('EADDRINUSE');
  const [winner] = winners as [Agent];
  expect(await findSession(folder, name)).toMatchObject({ pid: winner.pid });
  return winner;
}

describe('of five writers at once exactly one has the name', () => {
  it('which is free, or which a stale session has', async () => {
    const writers = await agents(5);
    const pid = goneProcess();
    for (let round = 0; round < 2 * ROUNDS; round++) {
      if (round % 2 === 1) await forge(folder, 'x', { pid });
      const winner = await race(writers, 'x');
      expect(readdirSync(folder)).toEqual(['x.zmtp.json']);
      await winner.ask('removeSessions');
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('while others clean up what is stale', async () => {
    const [writers, cleaners] = [await agents(3), await agents(3)];
    const pid = goneProcess();
    for (let round = 0; round < ROUNDS; round++) {
      await forge(folder, 'x', { pid });
      const cleaning = cleaners.map((cleaner) => cleaner.ask('call', 'cleanSessions', folder));
      const winner = await race(writers, 'x');
      await Promise.all(cleaning);
      expect(await findSession(folder, 'x')).toMatchObject({ pid: winner.pid });
      await winner.ask('removeSessions');
    }
  });
});

describe('a session that is written again and again', () => {
  it('is always whole, always listed, and never cleaned away', async () => {
    const [writer, ...cleaners] = (await agents(4)) as [Agent, ...Agent[]];
    const content = { endpoints: {}, properties: { filling: 'x'.repeat(40_000) } };
    await writer.ask('writeSession', folder, 'x', content);
    await writer.ask('rewrite', folder, 'x', content);
    const cleaning = cleaners.map(async (cleaner) => {
      const removed: RemovedSession[] = [];
      for (let round = 0; round < 5; round++) {
        removed.push(...(await cleaner.ask<RemovedSession[]>('call', 'cleanSessions', folder)));
      }
      return removed;
    });
    let over = false;
    const all = Promise.all(cleaning).finally(() => {
      over = true;
    });
    while (!over) {
      // Where nothing of all this waits for anything, the others must get their turn all the same.
      await new Promise(setImmediate);
      expect(JSON.parse(await readWhole(fileOf(folder, 'x')))).toMatchObject({ pid: writer.pid });
      expect((await readSession(folder, 'x'))?.properties).toEqual(content.properties);
      expect((await listSessions(folder)).map(({ pid }) => pid)).toEqual([writer.pid]);
    }
    expect((await all).flat()).toEqual([]);
    expect(await writer.ask('stop')).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual(['x.zmtp.json']);
  });
});
