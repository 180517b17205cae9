// localEndpoint where the path is too long for a Unix socket: a hash in a folder that only this user may enter. Others can
// make that folder before us, where all may write; then it is refused. Not on Windows, where no path is too long.

import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { bindLocal, localEndpoint, Pull } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';
import { open } from '../support/sockets.js';
import { agent } from './agent.js';

const PATH_MAX = process.platform === 'linux' ? 107 : 103;
const UID = process.getuid?.() as number;
/** Where there is one, nobody else can write to it, and TMPDIR is not looked at. */
const RUNTIME = lstatSync(`/run/user/${UID}`, { throwIfNoEntry: false })?.uid === UID;
const LONG = `/${'x'.repeat(200)}`;

let temporary: string;
let hashes: string;
beforeEach(() => {
  const before = process.env.TMPDIR;
  temporary = temporaryFolder();
  process.env.TMPDIR = temporary;
  hashes = join(RUNTIME ? `/run/user/${UID}` : temporary, `zmtp-${UID}`);
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  };
});

const pathOf = (endpoint: string): string => endpoint.slice('ipc://'.length);

it('fills the length that a socket takes, and is a hash from there on', () => {
  const scope = (bytes: number): string => {
    const place = `${temporary}/é`;
    return place + 'x'.repeat(bytes - Buffer.byteLength(`${place}/gate.sock`));
  };
  expect(localEndpoint('gate', scope(PATH_MAX))).toBe(`ipc://${scope(PATH_MAX)}/gate.sock`);
  const hashed = pathOf(localEndpoint('gate', scope(PATH_MAX + 1)));
  expect(dirname(hashed)).toBe(hashes);
  expect(hashed).toMatch(/\/[0-9a-f]{32}\.sock$/);
});

it('stays the same, and is another for another name or folder', () => {
  const ways = [LONG, `${LONG}/`, `${LONG}/a/..`, `/./${LONG}`].map((scope) => localEndpoint('gate', scope));
  expect(new Set(ways).size).toBe(1);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'A', '1'), minLength: 1 }), fc.nat(9), (step, digit) => {
      expect(localEndpoint('gate', `${LONG}/${step}`)).not.toBe(localEndpoint('gate', `${LONG}/${step}${digit}`));
      expect(localEndpoint(`gate${digit}`, LONG)).not.toBe(localEndpoint('gate', LONG));
    }),
  );
});

it('makes the folder for this user only, whatever the umask, and binds in it', async () => {
  const before = process.umask(0);
  try {
    localEndpoint('gate', LONG);
  } finally {
    process.umask(before);
  }
  expect(lstatSync(hashes).mode & 0o777).toBe(0o700);
  const pull = open(new Pull());
  const scope = join(temporary, 'x'.repeat(120));
  const endpoint = await bindLocal(pull, 'gate', scope);
  expect(endpoint).toBe(localEndpoint('gate', scope));
  expect(lstatSync(pathOf(endpoint)).mode & 0o777).toBe(0o600);
});

describe('refuses a folder that somebody else may have made', () => {
  const made = (mode: number): void => {
    mkdirSync(hashes);
    chmodSync(hashes, mode);
  };
  const prepared: [what: string, prepare: () => void][] = [
    ['others may enter', () => made(0o755)],
    ['the group may read', () => made(0o740)],
    ['all may do all', () => made(0o1777)],
    ['a link to a good folder', () => symlinkSync(mkdtempSync(join(temporary, 'x')), hashes)],
    ['a dangling link', () => symlinkSync('nowhere', hashes)],
    ['a file', () => writeFileSync(hashes, 'precious', { mode: 0o600 })],
    [
      'of another user',
      () => {
        made(UID === 0 ? 0o700 : 0o705);
        if (UID === 0) chownSync(hashes, 65534, 65534);
      },
    ],
  ];
  it.each(prepared)('%s: EACCES, and it stays as it is', (_what, prepare) => {
    if (RUNTIME) {
      // Nobody else can have: the folder above belongs to this user alone.
      expect(lstatSync(`/run/user/${UID}`).mode & 0o022).toBe(0);
      return;
    }
    prepare();
    const before = lstatSync(hashes);
    expect(() => localEndpoint('gate', LONG)).toThrow(
      expect.objectContaining({
        code: 'EACCES',
        address: `ipc://${LONG}/gate.sock`,
        message: expect.stringContaining(JSON.stringify(hashes)),
      }),
    );
    const after = lstatSync(hashes);
    expect([after.ino, after.mode, after.uid]).toEqual([before.ino, before.mode, before.uid]);
    if (after.isDirectory()) expect(readdirSync(hashes)).toEqual([]);
  });

  it('and bindLocal falls back to tcp from there, when told to; tcp alone never looks', async () => {
    if (!RUNTIME) mkdirSync(hashes, { mode: 0o755 });
    const scope = join(temporary, 'x'.repeat(120));
    const tcp = await bindLocal(open(new Pull()), 'gate', scope, { transport: 'tcp' });
    expect(tcp).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const either = await bindLocal(open(new Pull()), 'gate', scope, { transport: 'ipc-or-tcp' });
    expect(either).toMatch(RUNTIME ? /^ipc:/ : /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    if (!RUNTIME) await expect(bindLocal(open(new Pull()), 'gate', scope)).rejects.toMatchObject({ code: 'EACCES' });
  });
});

describe('names the folder for temporary files when that is the fault', () => {
  const faults: [what: string, code: string, prepare: (place: string) => void][] = [
    ['is not there', 'ENOENT', () => {}],
    ['is a file', 'ENOTDIR', (place) => writeFileSync(place, '')],
    ['may not be written to', 'EACCES', (place) => mkdirSync(place, { mode: 0o555 })],
  ];
  it.each(faults)('it %s: %s', async (_what, code, prepare) => {
    const place = join(temporary, 'place');
    prepare(place);
    chmodSync(temporary, 0o755);
    const stranger = await agent();
    // Where there is a runtime folder of its own, the temporary one is not asked for.
    const uid = await stranger.ask<number>('unprivileged');
    await stranger.ask('environment', 'TMPDIR', place);
    const { error } = await stranger.try('call', 'localEndpoint', 'gate', LONG);
    if (lstatSync(`/run/user/${uid}`, { throwIfNoEntry: false })?.uid === uid) expect(error).toBe(undefined);
    else expect(error).toMatchObject({ code, message: expect.stringContaining(JSON.stringify(place)) });
  });
});

it('is for folders that everybody may write to, where somebody else could wait at the endpoint', async () => {
  const scope = join(temporary, 'shared');
  mkdirSync(scope);
  const before = localEndpoint('gate', scope);
  expect(before).toBe(`ipc://${scope}/gate.sock`);
  for (const mode of [0o777, 0o1777, 0o702]) {
    chmodSync(scope, mode);
    expect(dirname(pathOf(localEndpoint('gate', scope)))).toBe(hashes);
  }
  chmodSync(scope, 0o770);
  expect(localEndpoint('gate', scope)).toBe(before);
});
