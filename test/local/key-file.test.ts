// Files with CURVE keys: written whole, read strictly, never replaced unasked. Modes are in key-file-unix.test.ts.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { curveKeyPair, ownKeys, readKeyFile, writeKeyFile } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

const keys = curveKeyPair();
const other = curveKeyPair();
let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'me.key_secret');
});

const write = (...lines: string[]): void => writeFileSync(path, lines.join('\n'), { mode: 0o600 });
const PUBLIC = `    public-key = "${keys.publicKey}"`;
const SECRET = `    secret-key = "${keys.secretKey}"`;

describe('writeKeyFile', () => {
  it('writes what readKeyFile reads, and nothing beside it', async () => {
    await writeKeyFile(path, keys);
    expect(await readKeyFile(path)).toEqual(keys);
    expect(readdirSync(folder)).toEqual(['me.key_secret']);
  });

  it('writes a public key alone', async () => {
    await writeKeyFile(path, { publicKey: keys.publicKey });
    expect(await readKeyFile(path)).toEqual({ publicKey: keys.publicKey, secretKey: undefined });
    expect(readFileSync(path, 'utf8')).not.toContain('secret');
  });

  it('makes the folder', async () => {
    path = join(folder, 'a', 'b', 'me.key');
    await writeKeyFile(path, { publicKey: keys.publicKey });
    expect((await readKeyFile(path)).publicKey).toBe(keys.publicKey);
  });

  it('leaves a file that is there as it is, unless it may replace it', async () => {
    write('mine');
    await expect(writeKeyFile(path, keys)).rejects.toMatchObject({
      code: 'EEXIST',
      message: expect.stringContaining(JSON.stringify(path)),
    });
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['mine', ['me.key_secret']]);
    await writeKeyFile(path, keys, { overwrite: true });
    expect(await readKeyFile(path)).toEqual(keys);
    expect(readdirSync(folder)).toEqual(['me.key_secret']);
  });

  it('replaces no folder', async () => {
    mkdirSync(path);
    await expect(writeKeyFile(path, keys, { overwrite: true })).rejects.toMatchObject({ code: expect.any(String) });
    expect(readdirSync(folder)).toEqual(['me.key_secret']);
  });

  it.each<[string, object]>([
    ['no key', { publicKey: 'no' }],
    ['keys of two pairs', { publicKey: other.publicKey, secretKey: keys.secretKey }],
    ['a secret key that is none', { publicKey: keys.publicKey, secretKey: 'x'.repeat(39) }],
  ])('writes nothing for %s', async (_what, wrong) => {
    await expect(writeKeyFile(path, wrong as typeof keys)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes nothing without a public key', async () => {
    await expect(writeKeyFile(path, {} as typeof keys)).rejects.toThrow(TypeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('readKeyFile', () => {
  it('reads what CZMQ and pyzmq write', async () => {
    write(
      '#   ****  Generated on 2026-11-28 by pyzmq  ****',
      '#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.',
      '',
      'metadata',
      '    name = "me = somebody"',
      'curve',
      PUBLIC,
      SECRET,
      '    comment = "x"',
      '',
    );
    expect(await readKeyFile(path)).toEqual(keys);
  });

  it('takes the public key from the secret one, and lines that end as on Windows', async () => {
    write('curve\r', `${SECRET}\r`, '');
    expect(await readKeyFile(path)).toEqual(keys);
  });

  it.each<[string, string[], string]>([
    ['empty', [''], 'no public-key'],
    ['without a section', [PUBLIC], 'line 1 is no part of one'],
    ['of JSON', ['{}'], 'line 1 is no part of one'],
    ['with keys in another section', ['metadata', PUBLIC], 'no public-key'],
    ['with a short key', ['curve', '    public-key = "abc"'], 'line 2'],
    ['with an empty key', ['curve', '    public-key = ""'], 'line 2: a CURVE key has 40 characters'],
    ['with a key of other characters', ['curve', `    public-key = "${'~'.repeat(40)}"`], 'line 2'],
    ['with a second key', ['curve', PUBLIC, PUBLIC], 'line 3 is a second public-key'],
    ['with keys of two pairs', ['curve', PUBLIC, `    secret-key = "${other.secretKey}"`], 'do not belong together'],
    ['with something else in it', ['curve', PUBLIC, '    what is this'], 'line 3 is no part of one'],
    ['of 64 KiB and one byte', ['curve', PUBLIC, '#'.repeat(65_536)], 'longer than 65536 bytes'],
  ])('refuses a file %s, and says where', async (_what, lines, said) => {
    write(...lines);
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'EINVAL', message: expect.stringContaining(said) });
    await expect(readKeyFile(path)).rejects.toThrow(JSON.stringify(path));
  });

  it('never shows a key in an error', async () => {
    write('curve', `    secret-key = "${keys.secretKey.slice(0, 39)}~"`);
    const error = (await readKeyFile(path).catch((reason: unknown) => reason)) as Error;
    expect(error.stack).not.toContain(keys.secretKey.slice(0, 20));
  });

  it('says that there is none', async () => {
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('me.key_secret'),
    });
    mkdirSync(path);
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: expect.stringMatching(/EINVAL|EACCES|EISDIR/) });
  });
});

describe('ownKeys', () => {
  it('makes keys once, and shows the public one', async () => {
    const made = await ownKeys(join(folder, 'keys'), 'gate');
    expect(await ownKeys(join(folder, 'keys'), 'gate')).toEqual(made);
    expect(readdirSync(join(folder, 'keys')).sort()).toEqual(['gate.key', 'gate.key_secret']);
    expect(await readKeyFile(join(folder, 'keys', 'gate.key'))).toEqual({
      publicKey: made.publicKey,
      secretKey: undefined,
    });
  });

  it('makes one pair for all who ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => ownKeys(folder, 'gate')));
    expect(new Set(all.map(({ secretKey }) => secretKey)).size).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['gate.key', 'gate.key_secret']);
  });

  it('shows the public key anew where it is missing or another’s', async () => {
    const { publicKey } = await ownKeys(folder, 'gate');
    const shown = join(folder, 'gate.key');
    await writeKeyFile(shown, { publicKey: other.publicKey }, { overwrite: true });
    await ownKeys(folder, 'gate');
    expect((await readKeyFile(shown)).publicKey).toBe(publicKey);
  });

  it('keeps a file that it cannot read', async () => {
    const broken = join(folder, 'gate.key_secret');
    for (const text of ['broken', `curve\n${PUBLIC}\n`]) {
      writeFileSync(broken, text, { mode: 0o600 });
      await expect(ownKeys(folder, 'gate')).rejects.toMatchObject({ code: 'EINVAL' });
      expect(readFileSync(broken, 'utf8')).toBe(text);
    }
  });

  it.each(['', '../gate', 'a b', 'a/b', 7])('%o is no name', async (name) => {
    await expect(ownKeys(folder, name as string)).rejects.toThrow(TypeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
