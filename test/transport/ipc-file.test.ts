// ipc:// on real files (U1 to U12): paths, wildcards, length and NUL, stale files, other people's files, unbind and rebind.

import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { expectThrough, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const PATH_MAX = process.platform === 'darwin' ? 103 : 107;
const ROOT = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const inFolder = (name: string): string => `ipc://${join(folder, name)}`;
const pathOf = (endpoint: string): string => endpoint.slice('ipc://'.length);

describe('bind', () => {
  it('makes a socket file, and unbind removes it', async () => {
    const pull = open(new Pull());
    const endpoint = inFolder('socket');
    await pull.bind(endpoint);
    expect(pull.lastEndpoint).toBe(endpoint);
    expect(lstatSync(pathOf(endpoint)).isSocket()).toBe(true);
    await expectThrough(pull, endpoint);
    await pull.unbind(endpoint);
    expect(existsSync(pathOf(endpoint))).toBe(false);
    await pull.bind(endpoint);
    await expectThrough(pull, endpoint);
    pull.close();
    expect(existsSync(pathOf(endpoint))).toBe(false);
  });

  it.each(['with space', 'ünïcode-€', 'a:b;c', '*star', '.hidden', '%41'])('to a file named %s', async (name) => {
    const pull = open(new Pull());
    await pull.bind(inFolder(name));
    expect(existsSync(join(folder, name))).toBe(true);
    await expectThrough(pull, inFolder(name));
  });

  it('to a relative path', async () => {
    const path = `zmtp-test-${process.pid}.sock`;
    onTestFinished(() => rmSync(path, { force: true }));
    const pull = open(new Pull());
    await pull.bind(`ipc://${path}`);
    expect(lstatSync(path).isSocket()).toBe(true);
    await expectThrough(pull, `ipc://${path}`);
  });

  it('U11 to `*` makes a private folder, another one each time, and leaves nothing behind', async () => {
    const pull = open(new Pull());
    await pull.bind('ipc://*');
    const first = pull.lastEndpoint as string;
    await pull.bind('ipc://*');
    const second = pull.lastEndpoint as string;
    expect(first).not.toBe(second);
    for (const endpoint of [first, second]) {
      expect(lstatSync(dirname(pathOf(endpoint))).mode & 0o777).toBe(0o700);
      await expectThrough(pull, endpoint);
    }
    await pull.unbind(first);
    expect(existsSync(dirname(pathOf(first)))).toBe(false);
    pull.close();
    expect(existsSync(dirname(pathOf(second)))).toBe(false);
  });
});

describe('U5 the length of a path, in bytes', () => {
  const ofLength = (bytes: number, unit: string): string => {
    const room = bytes - Buffer.byteLength(folder) - 1;
    const size = Buffer.byteLength(unit);
    return join(folder, unit.repeat(Math.floor(room / size)) + 'y'.repeat(room % size));
  };

  it.each(['x', 'é', '€'])('up to the limit, made of %s', async (unit) => {
    const path = ofLength(PATH_MAX, unit);
    expect(Buffer.byteLength(path)).toBe(PATH_MAX);
    const pull = open(new Pull());
    await pull.bind(`ipc://${path}`);
    await expectThrough(pull, `ipc://${path}`);
  });

  it.each(['x', 'é', '€'])('one more is ENAMETOOLONG, made of %s', async (unit) => {
    const endpoint = `ipc://${ofLength(PATH_MAX + 1, unit)}`;
    for (const verb of ['bind', 'connect'] as const) {
      const { how, error } = await outcome(() => open(new Pull())[verb](endpoint));
      expect(how).toBe(verb === 'bind' ? 'rejected' : 'threw');
      expect(error).toMatchObject({ code: 'ENAMETOOLONG', address: endpoint });
      expect(error?.message).toMatch(/^File name too long: /);
      expect(error?.message).toContain(`${PATH_MAX}`);
    }
  });
});

describe('what is there already', () => {
  async function expectInUse(endpoint: string): Promise<void> {
    const { how, error } = await outcome(() => open(new Pull()).bind(endpoint));
    expect(how).toBe('rejected');
    expect(error).toMatchObject({ code: 'EADDRINUSE', address: endpoint });
    expect(error?.message).toBe('Address already in use');
    expect(error?.detail).toContain(JSON.stringify(endpoint));
  }

  it('U1 U12 a socket file left behind by a killed process is taken over', async () => {
    const path = join(folder, 'stale');
    leaveSocketFile(path);
    const pull = open(new Pull());
    await pull.bind(`ipc://${path}`);
    await expectThrough(pull, `ipc://${path}`);
  });

  it('U2 somebody listens: EADDRINUSE, and they go on', async () => {
    const endpoint = inFolder('live');
    const pull = open(new Pull());
    await pull.bind(endpoint);
    await expectInUse(endpoint);
    await expectThrough(pull, endpoint);
    const other = net.createServer().listen(join(folder, 'other'));
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    await expectInUse(inFolder('other'));
  });

  it('U3 a file, a folder, a fifo: EADDRINUSE, untouched', async () => {
    writeFileSync(join(folder, 'file'), 'precious');
    mkdirSync(join(folder, 'folder'));
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    for (const name of ['file', 'folder', 'fifo']) {
      const before = lstatSync(join(folder, name));
      await expectInUse(inFolder(name));
      expect(lstatSync(join(folder, name)).ino).toBe(before.ino);
    }
  });

  it('U4 a symbolic link, wherever it leads: EADDRINUSE, untouched', async () => {
    leaveSocketFile(join(folder, 'stale'));
    writeFileSync(join(folder, 'file'), 'precious');
    for (const [name, target] of [
      ['to-socket', 'stale'],
      ['to-file', 'file'],
      ['dangling', 'nothing'],
    ] as const) {
      symlinkSync(join(folder, target), join(folder, name));
      await expectInUse(inFolder(name));
      expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
    }
    expect(lstatSync(join(folder, 'stale')).isSocket()).toBe(true);
  });

  it('a hard link to a socket somebody listens on: EADDRINUSE', async () => {
    const pull = open(new Pull());
    await pull.bind(inFolder('first'));
    linkSync(join(folder, 'first'), join(folder, 'second'));
    await expectInUse(inFolder('second'));
    await expectThrough(pull, inFolder('second'));
  });

  it('U6 a folder that is missing, a file in place of a folder, a folder that may not be written to', async () => {
    const refused = async (endpoint: string) => (await outcome(() => open(new Pull()).bind(endpoint))).error;
    expect(await refused(inFolder('no/such/socket'))).toMatchObject({
      code: 'ENOENT',
      message: expect.stringMatching(/^No such endpoint: the folder .*no\/such" does not exist$/),
    });
    writeFileSync(join(folder, 'file'), '');
    expect(await refused(inFolder('file/socket'))).toMatchObject({ code: 'ENOTDIR' });
    mkdirSync(join(folder, 'closed'), { mode: 0o500 });
    if (!ROOT) expect(await refused(inFolder('closed/socket'))).toMatchObject({ code: 'EACCES' });
  });
});

describe('connect', () => {
  it('before anybody listens', async () => {
    const push = open(new Push({ reconnectInterval: 5 }));
    const retried = nextEvent(push, 'connect:retry');
    push.connect(inFolder('later'));
    await push.send('early');
    await within(retried, 'a failed attempt');
    const pull = open(new Pull());
    await pull.bind(inFolder('later'));
    expect(String(await within(pull.receive(), 'the message'))).toBe('early');
  });

  it('to a file, a folder, nothing: tried again, without a throw', async () => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    for (const name of ['file', 'folder', 'nothing', 'no/folder', 'file/below']) {
      const push = open(new Push({ reconnectInterval: 1 }));
      const retried = nextEvent(push, 'connect:retry');
      push.connect(inFolder(name));
      await within(retried, `another attempt at ${name}`);
    }
  });
});

/** As a killed process leaves it: bound, and nobody there. */
function leaveSocketFile(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(lstatSync(path).isSocket()).toBe(true);
}
