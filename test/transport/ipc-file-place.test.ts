// Whatever happens around a bind: the working directory changes, or somebody who may rename in the folder puts another one in
// the place of the hidden one.

import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { SocketFile } from '../../src/transport/socket-file.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { leaveSocket, listenAt } from './ipc-files.js';

failOnUnhandled();

let folder: string;
let here: string;
let there: string;
beforeEach(() => {
  const before = process.cwd();
  folder = temporaryFolder();
  [here, there] = [join(folder, 'here'), join(folder, 'there')];
  for (const place of [here, there]) mkdirSync(place);
  process.chdir(here);
  return () => {
    process.chdir(before);
  };
});

describe('a relative path means what it means at the call', () => {
  it('to bind, though the program goes elsewhere before the socket is there', async () => {
    const pull = open(new Pull());
    const bound = pull.bind('ipc://y');
    process.chdir(there);
    await bound;
    expect([readdirSync(here), readdirSync(there)]).toEqual([['y'], []]);
    expect(pull.lastEndpoint).toBe('ipc://y');
    await pull.unbind('ipc://y');
    expect(readdirSync(here)).toEqual([]);
  });

  it('to bind in place of a stale socket', async () => {
    await leaveSocket(join(here, 'y'));
    const pull = open(new Pull());
    const bound = pull.bind('ipc://y');
    process.chdir(there);
    await bound;
    expect([readdirSync(here), readdirSync(there)]).toEqual([['y'], []]);
  });

  it('to connect, at each attempt', async () => {
    const push = open(new Push({ reconnectInterval: 5 }));
    const failed = nextEvent(push, 'connect:retry');
    push.connect('ipc://y');
    await within(failed, 'a failed attempt');
    process.chdir(there);
    const pull = open(new Pull());
    await pull.bind(`ipc://${join(here, 'y')}`);
    await push.send('found');
    expect(String(await within(pull.receive(), 'the message'))).toBe('found');
  });
});

describe('a hidden folder that somebody has moved away', () => {
  /** Puts a folder with a link in its place, as someone can who may write to the folder it is in. */
  function swap(secret: string): void {
    const [name] = readdirSync(here).filter((entry) => entry.startsWith('.zmtp-')) as [string];
    renameSync(join(here, name), join(there, 'moved'));
    mkdirSync(join(here, name));
    symlinkSync(secret, join(here, name, 's'));
  }

  it('is used all the same, or bind is refused, and what the link leads to stays as it is', async () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'precious');
    chmodSync(secret, 0o600);
    const path = join(here, 'y');
    const file = new SocketFile(path, `ipc://${path}`, undefined);
    onTestFinished(() => file.forget());
    await listenAt(file.bindPath);
    swap(secret);
    const { error } = await outcome(() => file.publish(0o666));
    expect(error?.code).toBe(process.platform === 'linux' ? undefined : 'EADDRINUSE');
    expect(lstatSync(secret).mode & 0o777).toBe(0o600);
    expect(lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false).toBe(false);
    if (process.platform === 'linux') expect(lstatSync(path).isSocket()).toBe(true);
    file.remove();
  });
});
