// The table of docs/high-water-marks.md is what measure-marks.mjs measures, on this library and on zeromq.js: cell by cell.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE } from '../support/peers/deadline.js';
import { ROOT, readPage } from './pages.js';
import { Workplace } from './programs.js';

type Rows = Record<string, string[]>;

const PAGE = 'docs/high-water-marks.md';
const PROGRAM = join(ROOT, 'test', 'docs', 'measure-marks.mjs');
const ZEROMQ = pathToFileURL(join(ROOT, 'node_modules', 'zeromq', 'lib', 'index.js')).href;
/** Waits grow by these: a machine that is busy gets a second chance to have done in time what it does. */
const PACES = [1, 6];
const LIMIT = 120_000 * PATIENCE;

let workplace: Workplace;
beforeAll(() => {
  workplace = new Workplace();
});
afterAll(() => workplace.remove());

describe('the table of high-water marks', () => {
  it('has every socket type', () => {
    const types = new Set(Object.keys(tableOf(readPage(PAGE)!)).map((name) => name.split(',')[0]));
    const all = ['REQ', 'REP', 'DEALER', 'ROUTER', 'PUB', 'XPUB', 'SUB', 'XSUB', 'PUSH', 'PULL', 'PAIR', 'STREAM'];
    expect([...types].sort()).toEqual(all.sort());
  });

  it('says what these sockets do', { timeout: LIMIT }, () => expectMeasured(workplace.url('zmtp')));

  it('says what those of zeromq.js do', { timeout: LIMIT }, () => expectMeasured(ZEROMQ));
});

async function expectMeasured(module: string): Promise<void> {
  const promised = tableOf(readPage(PAGE)!);
  for (const pace of PACES) {
    const rows = await measured(module, pace);
    if (pace !== PACES.at(-1) && JSON.stringify(rows) !== JSON.stringify(promised)) continue;
    expect(rows).toEqual(promised);
    return;
  }
}

/** Or what went wrong: another process may have taken a port that was to stay free. */
async function measured(module: string, pace: number): Promise<Rows | string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, module, String(pace)]);
    return JSON.parse(stdout) as Rows;
  } catch (error) {
    return String((error as Error).message);
  }
}

/** The cells behind the first, by the first. */
function tableOf(page: string): Rows {
  const [, table = ''] = page.split('\n| socket |');
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...cells] = line.slice(1, -1).split('|');
      return [name.trim(), cells.map((cell) => cell.trim())];
    }),
  );
}
