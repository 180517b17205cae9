// Key files where files have modes, owners and links: not on Windows.

import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, type Stats, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { curveKeyPair, KeyStore, ownKeys, readKeyFile, writeKeyFile } from '../../src/index.js';
import { checkAccess } from '../../src/local/key-file.js';
import { temporaryFolder } from '../support/folder.js';

const keys = curveKeyPair();
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

describe('a key file', () => {
  it('is made for this user only, whatever the umask, and its folder too', async () => {
    const before = process.umask(0);
    try {
      await ownKeys(join(folder, 'keys'), 'gate');
    } finally {
      process.umask(before);
    }
    const made = ['', 'gate.key', 'gate.key_secret'].map((name) => modeOf(join(folder, 'keys', name)));
    expect(made).toEqual(['700', '600', '600']);
  });

  it.each([
    0o640, 0o604, 0o644, 0o620, 0o610, 0o666,
  ])('with a secret key and mode %o is refused, with the remedy', async (mode) => {
    const path = join(folder, 'gate.key_secret');
    await writeKeyFile(path, keys);
    chmodSync(path, mode);
    const refusal = {
      code: 'EACCES',
      message: expect.stringMatching(/others may read the secret key in .*gate.key_secret.*chmod 600/),
    };
    await expect(readKeyFile(path)).rejects.toMatchObject(refusal);
    await expect(ownKeys(folder, 'gate')).rejects.toMatchObject(refusal);
    chmodSync(path, 0o400);
    expect(await readKeyFile(path)).toEqual(keys);
  });

  it.each([
    0o666, 0o622, 0o620, 0o602,
  ])('with a public key and mode %o is refused: others could put theirs there', async (mode) => {
    const path = join(folder, 'me.key');
    await writeKeyFile(path, { publicKey: keys.publicKey });
    chmodSync(path, mode);
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'EACCES',
      message: expect.stringMatching(/others may write to .*chmod go-w/),
    });
    await expect(KeyStore.open(folder)).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(path, 0o644);
    expect((await readKeyFile(path)).publicKey).toBe(keys.publicKey);
  });

  it('of another user is refused, but for root’s', () => {
    const stats = { mode: 0o600, uid: 12_345 } as Stats;
    const refused = { code: 'EACCES', message: expect.stringContaining('another user (12345)') };
    for (const secret of [true, false]) {
      expect(() => checkAccess('x.key', stats, secret)).toThrow(expect.objectContaining(refused));
      checkAccess('x.key', { ...stats, uid: 0 } as Stats, secret);
    }
  });

  it('may be a link to one', async () => {
    await writeKeyFile(join(folder, 'a'), keys);
    symlinkSync(join(folder, 'a'), join(folder, 'b'));
    expect(await readKeyFile(join(folder, 'b'))).toEqual(keys);
    symlinkSync(join(folder, 'nothing'), join(folder, 'c'));
    await expect(readKeyFile(join(folder, 'c'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is no FIFO, and nobody waits for one', async () => {
    const path = join(folder, 'me.key');
    spawnSync('mkfifo', ['-m', '600', path]);
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('no regular file'),
    });
    await expect(readKeyFile('/dev/zero')).rejects.toMatchObject({ code: 'EINVAL' });
  });

  it('is not written through a link that is there', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'mine');
    symlinkSync(target, join(folder, 'me.key'));
    await expect(writeKeyFile(join(folder, 'me.key'), keys)).rejects.toMatchObject({ code: 'EEXIST' });
    await writeKeyFile(join(folder, 'me.key'), keys, { overwrite: true });
    expect([lstatSync(target).size, lstatSync(join(folder, 'me.key')).isFile()]).toEqual([4, true]);
  });
});

describe('a folder of clients', () => {
  it.each([0o777, 0o722, 0o702])('of mode %o is refused: others could add theirs', async (mode) => {
    const clients = join(folder, 'clients');
    mkdirSync(clients);
    chmodSync(clients, mode);
    await expect(KeyStore.open(clients)).rejects.toMatchObject({
      code: 'EACCES',
      message: expect.stringContaining('chmod go-w'),
    });
    chmodSync(clients, 0o755);
    expect((await KeyStore.open(clients)).names).toEqual([]);
  });
});
