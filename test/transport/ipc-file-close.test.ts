// What close and unbind take away: our own socket file and nothing else, wherever the program stands by then and whatever
// others have done to the path. And nothing hidden stays behind, however a bind ends.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pull } from '../../src/index.js';
import { agent } from '../local/agent.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { expectThrough, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { leaveSocket, leftIn, listenAt, pathOf } from './ipc-files.js';

failOnUnhandled();

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'x');
});

async function bindX(): Promise<Pull> {
  const pull = open(new Pull());
  await pull.bind(`ipc://${path}`);
  return pull;
}

describe.each(['close', 'unbind'] as const)('%s leaves', (verb) => {
  const end = async (pull: Pull): Promise<void> => {
    if (verb === 'unbind') await pull.unbind(`ipc://${path}`);
    pull.close();
  };

  it('a file, a folder, a link that stand there by then', async () => {
    const makers = [
      () => writeFileSync(path, 'precious'),
      () => mkdirSync(path),
      () => symlinkSync('nowhere', path),
      () => symlinkSync(join(folder, 'other'), path),
    ];
    for (const make of makers) {
      const pull = await bindX();
      unlinkSync(path);
      make();
      const { ino } = lstatSync(path);
      await end(pull);
      expect(lstatSync(path).ino).toBe(ino);
      rmSync(path, { recursive: true });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('the socket of whoever has bound the path since', async () => {
    const first = await bindX();
    unlinkSync(path);
    const second = await bindX();
    await end(first);
    await expectThrough(second, `ipc://${path}`);
    unlinkSync(path);
    await listenAt(path);
    await end(second);
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  it('the file under another name, when it was renamed', async () => {
    const pull = await bindX();
    renameSync(path, `${path}2`);
    await end(pull);
    expect(readdirSync(folder)).toEqual(['x2']);
  });

  it('a path that is gone, with its folder or without', async () => {
    const first = await bindX();
    unlinkSync(path);
    await end(first);
    mkdirSync(join(folder, 'place'));
    path = join(folder, 'place', 'x');
    const second = await bindX();
    rmSync(dirname(path), { recursive: true });
    await end(second);
    mkdirSync(dirname(path));
    const third = await bindX();
    renameSync(dirname(path), join(folder, 'moved'));
    await end(third);
    expect(readdirSync(folder)).toEqual(['moved']);
    expect(lstatSync(join(folder, 'moved', 'x')).isSocket()).toBe(true);
  });
});

it('a listener whose file is gone can be bound again, and a new one takes the path', async () => {
  const pull = await bindX();
  unlinkSync(path);
  await pull.unbind(`ipc://${path}`);
  await pull.bind(`ipc://${path}`);
  await expectThrough(pull, `ipc://${path}`);
});

it('a relative path is that of the working directory of then', async () => {
  for (const place of ['one', 'two']) mkdirSync(join(folder, place));
  writeFileSync(join(folder, 'two', 'x'), 'precious');
  const other = await agent();
  await other.ask('chdir', join(folder, 'one'));
  expect(await other.ask('bind', 'ipc://x')).toBe('ipc://x');
  expect(lstatSync(join(folder, 'one', 'x')).isSocket()).toBe(true);
  await other.ask('chdir', join(folder, 'two'));
  await other.ask('close');
  expect(readdirSync(join(folder, 'one'))).toEqual([]);
  expect(readFileSync(join(folder, 'two', 'x'), 'utf8')).toBe('precious');
});

describe('nothing hidden stays', () => {
  it('while bound, after unbind, after close', async () => {
    const pull = await bindX();
    expect(readdirSync(folder)).toEqual(['x']);
    await pull.unbind(`ipc://${path}`);
    expect(readdirSync(folder)).toEqual([]);
    await pull.bind(`ipc://${path}`);
    pull.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('when a stale file made way', async () => {
    await leaveSocket(path);
    const pull = await bindX();
    expect(readdirSync(folder)).toEqual(['x']);
    await expectThrough(pull, `ipc://${path}`);
  });

  it('when bind was refused', async () => {
    await bindX();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    for (const name of ['x', 'file', 'folder', 'file/x', 'no/x', 'y'.repeat(108)]) {
      const { how } = await outcome(() => open(new Pull()).bind(`ipc://${join(folder, name)}`));
      expect(how, name).toBe('rejected');
    }
    expect(leftIn(folder, 'x', 'file', 'folder')).toEqual([]);
    expect(readdirSync(join(folder, 'folder'))).toEqual([]);
  });

  it('when the socket was closed while it was being bound', async () => {
    const pull = open(new Pull());
    const binding = outcome(() => pull.bind(`ipc://${path}`));
    pull.close();
    await binding;
    await expect.poll(() => readdirSync(folder)).toEqual([]);
  });

  it('U12 of a process that was killed, but its socket, which the next one takes over', async () => {
    const other = await agent();
    await other.ask('bind', `ipc://${path}`);
    await other.kill();
    expect(readdirSync(folder)).toEqual(['x']);
    await expectThrough(await bindX(), `ipc://${path}`);
  });

  it('of a process that exits', async () => {
    const other = await agent();
    await other.ask('bind', `ipc://${path}`);
    const wildcard = await other.ask<string>('bind', 'ipc://*');
    const gone = new Promise((resolve) => other.child.once('exit', resolve));
    void other.try('exit').catch(() => {});
    await within(gone, 'the process ends');
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(dirname(pathOf(wildcard)))).toBe(false);
  });
});

describe('U11 the folder of a wildcard', () => {
  it('stays with what somebody else has put into it, and only that', async () => {
    const pull = open(new Pull());
    await pull.bind('ipc://*');
    const place = dirname(pathOf(pull.lastEndpoint as string));
    writeFileSync(join(place, 'precious'), '');
    pull.close();
    expect(readdirSync(place)).toEqual(['precious']);
    rmSync(place, { recursive: true });
  });

  it('is where TMPDIR says, absolute even where that is not; a fault in that is named', async () => {
    const other = await agent();
    const long = join(folder, 'y'.repeat(100));
    for (const place of [join(folder, 'temporary'), long]) mkdirSync(place);
    writeFileSync(join(folder, 'file'), '');
    await other.ask('chdir', folder);
    await other.ask('environment', 'TMPDIR', 'temporary');
    const bound = pathOf(await other.ask<string>('bind', 'ipc://*'));
    expect(dirname(dirname(bound))).toBe(join(folder, 'temporary'));
    const refused = async (place: string) => {
      await other.ask('environment', 'TMPDIR', place);
      return (await other.try('bind', 'ipc://*')).error;
    };
    expect(await refused(long)).toMatchObject({ code: 'ENAMETOOLONG' });
    expect(readdirSync(long)).toEqual([]);
    const missing = join(folder, 'missing');
    expect(await refused(missing)).toMatchObject({ code: 'ENOENT', message: expect.stringContaining(missing) });
    expect(await refused(join(folder, 'file'))).toMatchObject({ code: 'ENOTDIR' });
  });
});
