// Which CURVE clients may come in, and what their authenticator says of them.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AuthenticationRequest, curveKeyPair, KeyStore, writeKeyFile } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

const alice = curveKeyPair().publicKey;
const bob = curveKeyPair().publicKey;
const carol = curveKeyPair().publicKey;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const APPLICANT = { domain: '', address: '127.0.0.1', signal: new AbortController().signal };
const curve = (publicKey: string): AuthenticationRequest => ({ mechanism: 'CURVE', publicKey, ...APPLICANT });
const put = (name: string, publicKey: string) => writeKeyFile(join(folder, `${name}.key`), { publicKey });

describe.each<[string, () => KeyStore | Promise<KeyStore>]>([
  ['an object', () => new KeyStore({ alice, bob })],
  [
    'a Map',
    () =>
      new KeyStore(
        new Map([
          ['alice', alice],
          ['bob', bob],
        ]),
      ),
  ],
  [
    'a folder',
    async () => {
      await put('alice', alice);
      await put('bob', bob);
      return KeyStore.open(folder);
    },
  ],
])('a store of %s', (_what, make) => {
  it('knows whose key is whose', async () => {
    const store = await make();
    expect(store.names.sort()).toEqual(['alice', 'bob']);
    expect([alice, bob, carol, ''].map((key) => store.nameOf(key))).toEqual(['alice', 'bob', undefined, undefined]);
  });

  it('lets the owners of its keys in, under their names, and nobody else', async () => {
    const { authenticator } = await make();
    expect(await authenticator(curve(bob))).toEqual({ userId: 'bob' });
    expect(await authenticator(curve(carol))).toBe(false);
    expect(await authenticator({ mechanism: 'NULL', ...APPLICANT })).toBe(false);
    expect(await authenticator({ mechanism: 'PLAIN', username: 'bob', password: bob, ...APPLICANT })).toBe(false);
  });
});

it('of a large folder opens few files at a time', async () => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let i = 0; i < 200; i++) {
    const text = `curve\n    public-key = "${curveKeyPair().publicKey}"\n`;
    writeFileSync(join(folder, `${i}.key`), text, { mode: 0o600 });
  }
  let most = 0;
  let done = false;
  const watch = (): void => {
    const pending = process.getActiveResourcesInfo().filter((one) => one.startsWith('FSReq')).length;
    most = Math.max(most, pending);
    if (!done) setImmediate(watch);
  };
  watch();
  const store = await KeyStore.open(folder);
  done = true;
  expect(store.names).toHaveLength(200);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(50);
});

describe('reload', () => {
  it('brings what has come and takes what has gone, for an authenticator given before', async () => {
    await put('alice', alice);
    const store = await KeyStore.open(folder);
    const { authenticator } = store;
    rmSync(join(folder, 'alice.key'));
    await put('bob', bob);
    expect(store.names).toEqual(['alice']);
    await store.reload();
    expect([store.names, await authenticator(curve(alice)), await authenticator(curve(bob))]).toEqual([
      ['bob'],
      false,
      { userId: 'bob' },
    ]);
  });

  it('changes nothing when it fails', async () => {
    await put('alice', alice);
    const store = await KeyStore.open(folder);
    await put('bob', bob);
    writeFileSync(join(folder, 'broken.key'), 'broken', { mode: 0o600 });
    await expect(store.reload()).rejects.toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('broken.key'),
    });
    expect(store.names).toEqual(['alice']);
    rmSync(folder, { recursive: true });
    await expect(store.reload()).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining(JSON.stringify(folder)),
    });
    expect(store.names).toEqual(['alice']);
  });

  it('has no file open any more when it fails', async () => {
    writeFileSync(join(folder, 'a.key'), 'broken', { mode: 0o600 });
    for (let i = 0; i < 15; i++) await put(`b${i}`, curveKeyPair().publicKey);
    const atWork = () => process.getActiveResourcesInfo().filter((one) => /^F(SReq|ileHandle)/.test(one));
    for (let round = 0; round < 20; round++) {
      await expect(KeyStore.open(folder)).rejects.toMatchObject({ code: 'EINVAL' });
      expect(atWork()).toEqual([]);
    }
  });

  it('reads a Map again', async () => {
    const map = new Map([['alice', alice]]);
    const store = new KeyStore(map);
    map.set('bob', bob);
    expect(store.nameOf(bob)).toBeUndefined();
    await store.reload();
    expect(store.nameOf(bob)).toBe('bob');
  });
});

describe('a folder', () => {
  it('may hold other files and folders, which count for nothing', async () => {
    await put('alice', alice);
    await writeKeyFile(join(folder, 'mine.key_secret'), curveKeyPair());
    writeFileSync(join(folder, 'README'), 'hello');
    writeFileSync(join(folder, '.hidden.key'), 'hello');
    mkdirSync(join(folder, 'old'));
    expect((await KeyStore.open(folder)).names).toEqual(['alice']);
  });

  it('may not hold the same key twice', async () => {
    await put('alice', alice);
    await put('bob', alice);
    await expect(KeyStore.open(folder)).rejects.toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('"alice" and "bob"'),
    });
  });

  it('that is missing, or none, is an error: it would let nobody in', async () => {
    await expect(KeyStore.open(join(folder, 'no'))).rejects.toMatchObject({ code: 'ENOENT' });
    await put('alice', alice);
    await expect(KeyStore.open(join(folder, 'alice.key'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(KeyStore.open(undefined as never)).rejects.toThrow(TypeError);
  });
});

describe('an object', () => {
  it.each([undefined, null, 'folder', 7])('is not %o', (keys) => {
    expect(() => new KeyStore(keys as never)).toThrow(TypeError);
  });

  it.each<[string, object, object]>([
    ['a key that is none', { alice: 'no' }, { code: 'EINVAL' }],
    ['a key that is no text', { alice: 7 }, { message: 'Value must be a string' }],
    ['an empty name', { '': alice }, { message: expect.stringContaining('name') }],
    ['a name of 256 bytes', { ['x'.repeat(256)]: alice }, { message: expect.stringContaining('name') }],
    ['two names for a key', { alice, bob: alice }, { code: 'EINVAL' }],
    ['a name that is no text', new Map([[7, alice]]), { message: expect.stringContaining('name') }],
  ])('with %s is refused', (_what, keys, error) => {
    expect(() => new KeyStore(keys as never)).toThrow(expect.objectContaining(error));
  });
});
