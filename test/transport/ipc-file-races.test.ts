// Who gets a path: of several processes exactly one, whether the path is free or has a stale file; never one in place of a
// listener, however busy that is; and the file of another kind of socket stays as long as its owner lives.

import { spawn } from 'node:child_process';
import { linkSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Pull } from '../../src/index.js';
import { moveToFree } from '../../src/transport/files.js';
import { SocketFile } from '../../src/transport/socket-file.js';
import { type Agent, agent, agents } from '../local/agent.js';
import { outcome } from '../support/classes.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { leaveSocket, leftIn, listenAt } from './ipc-files.js';

failOnUnhandled();

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'x');
});

describe('of processes that bind one path at once exactly one has it, and is reached', () => {
  async function race(all: readonly Agent[], round: number): Promise<void> {
    const outcomes = await Promise.all(all.map((one) => one.try('bind', `ipc://${path}`)));
    const winners = all.filter((_, index) => outcomes[index]?.error === undefined);
    expect(winners).toHaveLength(1);
    for (const { error } of outcomes) if (error !== undefined) expect(error.code).toBe('EADDRINUSE');
    const [winner, loser] = [winners[0] as Agent, all.find((one) => one !== winners[0]) as Agent];
    await loser.ask('send', `ipc://${path}`, `round ${round}`);
    expect(await winner.ask('receive')).toBe(`round ${round}`);
    expect(leftIn(folder, 'x')).toEqual([]);
    await winner.ask('close');
  }

  it.each([2, 5])('U1 %d processes', async (count) => {
    const all = await agents(count);
    for (let round = 0; round < 6; round++) {
      if (round % 3 !== 2) await leaveSocket(path);
      await race(all, round);
    }
  });
});

describe('stays', () => {
  async function expectInUse(): Promise<void> {
    const { ino } = lstatSync(path);
    const { error } = await outcome(() => open(new Pull()).bind(`ipc://${path}`));
    expect(error).toMatchObject({ code: 'EADDRINUSE', address: `ipc://${path}` });
    expect(lstatSync(path).ino).toBe(ino);
    expect(leftIn(folder, 'x')).toEqual([]);
  }

  it('U2 the file of a listener that is frozen, with room for nobody', async () => {
    const other = await agent();
    await other.ask('bind', `ipc://${path}`, { backlog: 1 });
    other.child.kill('SIGSTOP');
    await expectInUse();
    // Fill its queue, until the system says so.
    for (let full = false; !full; ) {
      const socket = net.connect(path);
      onTestFinished(() => void socket.destroy());
      full = await new Promise((resolve) => {
        socket.once('connect', () => resolve(false));
        socket.once('error', () => resolve(true));
      });
    }
    await expectInUse();
    await expectInUse();
  });

  it('U2 the second name of a listener', async () => {
    await listenAt(`${path}-first`);
    linkSync(`${path}-first`, path);
    const { error } = await outcome(() => open(new Pull()).bind(`ipc://${path}`));
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    expect(readdirSync(folder).sort()).toEqual(['x', 'x-first']);
  });

  it('the socket of another kind, while its owner lives', async () => {
    const script = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
sys.stdin.read()`;
    const owner = spawn('python3', ['-c', script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void owner.kill('SIGKILL'));
    await within(new Promise((resolve) => owner.stdout.once('data', resolve)), 'a datagram socket is bound');
    await expectInUse();
    owner.kill('SIGKILL');
    await within(new Promise((resolve) => owner.once('exit', resolve)), 'its owner is gone');
    await open(new Pull()).bind(`ipc://${path}`);
  });
});

describe('where the file system has no hard links', () => {
  const none = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('(%s) the socket gets its name all the same', async (code) => {
    const file = new SocketFile(path, `ipc://${path}`, undefined);
    await listenAt(file.bindPath);
    file.publish(0o640, none(code));
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['x']);
    file.remove();
    file.forget();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('one that somebody else took in the meantime stays theirs', async () => {
    for (const link of [undefined, none('EPERM')]) {
      const file = new SocketFile(path, `ipc://${path}`, undefined);
      const server = await listenAt(file.bindPath);
      writeFileSync(path, 'precious');
      const { error } = await outcome(() => file.publish(0o600, link));
      expect(error).toMatchObject({ code: 'EADDRINUSE' });
      expect(readFileSync(path, 'utf8')).toBe('precious');
      server.close();
      file.remove();
      file.forget();
      expect(readdirSync(folder)).toEqual(['x']);
      rmSync(path);
    }
  });

  it('another failure is not taken for that', () => {
    writeFileSync(path, 'ours');
    expect(() => moveToFree(path, `${path}2`, none('EIO'))).toThrow('EIO');
    expect(readdirSync(folder)).toEqual(['x']);
  });
});
