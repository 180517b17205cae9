// CURVE keys in files: text as CZMQ and pyzmq write it, read and written with care. A secret key that others can read, or a
// public key that others can change, is worth nothing: such files are refused, and the error says what to do.
//
//   curve
//       public-key = "40 characters of Z85"
//       secret-key = "40 characters of Z85"      in files that end in .key_secret

import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { explainedError, systemError, typeError, type ZmqError } from '../errors.js';
import { curveKeyPair } from '../security/curve-keys.js';
import { keyBytes, publicFromSecret } from '../security/secrets.js';
import { moveToFree } from '../transport/files.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { isName } from './endpoint.js';
import { removeQuietly, writeHidden } from './session-file.js';

export const PUBLIC_SUFFIX = '.key';
const SECRET_SUFFIX = '.key_secret';
/** Bytes; comments and metadata are others' and may be long. */
const FILE_MAX = 64 * 1024;
const READABLE_BY_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
/** Opening a FIFO must not wait for somebody to write. Not on Windows. */
const OPEN_FLAGS = node.fs.constants.O_RDONLY | (node.fs.constants.O_NONBLOCK ?? 0);

/** Keys of CURVE, 40 characters of Z85 each. */
export interface CurveKeys {
  /** For everybody. */
  publicKey: string;
  /** For its owner alone. */
  secretKey: string;
}

/** Options of `writeKeyFile`. */
export interface WriteKeyOptions {
  /** Puts the new file in the place of one that is there. Default false: EEXIST. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Writes a key file that only this user may read and write (mode 0600; on Windows the folder's permissions hold). Nobody ever
 * sees half of it. Makes the folder, for this user only, where there is none.
 * @param path by custom it ends in `.key` with the public key alone, in `.key_secret` with both
 * @param keys the secret one may be left out
 * @throws TypeError; rejects with EINVAL for what is no key or no pair, EEXIST, ENOTDIR, EACCES
 */
export async function writeKeyFile(
  path: string,
  keys: { readonly publicKey: string; readonly secretKey?: string | undefined },
  options: WriteKeyOptions = {},
): Promise<void> {
  const text = textOf(checkedKeys(keys));
  const hidden = await writeHidden(node.path.dirname(path), node.path.basename(path), text);
  try {
    if (options.overwrite === true) node.fs.renameSync(hidden, path);
    else moveToFree(hidden, path);
  } catch (error) {
    removeQuietly(hidden);
    throw writeError(error as NodeJS.ErrnoException, path);
  }
}

/**
 * Reads a key file of this library's, of CZMQ's or pyzmq's.
 * @returns `secretKey` is undefined in a file that has none
 * @throws rejects with ENOENT; with EACCES when others may read a secret key or change a public one, naming the remedy; with
 *   EINVAL, naming the file and the line, when it is no key file or its keys do not belong together
 */
export async function readKeyFile(path: string): Promise<{
  /** 40 characters of Z85. */
  publicKey: string;
  /** 40 characters of Z85; undefined in a file of a public key. */
  secretKey: string | undefined;
}> {
  const { text, stats } = await contentOf(path);
  const { publicKey, secretKey } = parse(path, text);
  if (process.platform !== 'win32') checkAccess(path, stats, secretKey !== undefined);
  if (secretKey === undefined) {
    if (publicKey === undefined) throw malformed(path, 'there is no public-key in it');
    return { publicKey, secretKey };
  }
  const own = publicFromSecret(secretKey);
  if (publicKey !== undefined && publicKey !== own) throw malformed(path, 'its two keys do not belong together');
  return { publicKey: own, secretKey };
}

/**
 * A program's own keys: those in `name.key_secret`, which is made with new keys where there is none, and `name.key` beside it,
 * which holds the public key for others to copy.
 * @param name letters, digits, `-`, `_` and `.`, as of local endpoints
 * @throws TypeError for a bad name; rejects as `readKeyFile` and `writeKeyFile` do
 */
export async function ownKeys(folder: string, name: string): Promise<CurveKeys> {
  if (typeof name !== 'string' || !isName(name)) {
    throw typeError('A name is made of letters, digits, -, _ and .', `not ${quoted(String(name))}`);
  }
  const path = node.path.join(folder, name + SECRET_SUFFIX);
  const keys = await unless('ENOENT', readSecret(path), () => makeKeys(path));
  const { publicKey } = keys;
  const shown = node.path.join(folder, name + PUBLIC_SUFFIX);
  await unless('EEXIST', writeKeyFile(shown, { publicKey }), async () => {
    if ((await readKeyFile(shown)).publicKey !== publicKey)
      await writeKeyFile(shown, { publicKey }, { overwrite: true });
  });
  return keys;
}

async function readSecret(path: string): Promise<CurveKeys> {
  const { publicKey, secretKey } = await readKeyFile(path);
  if (secretKey === undefined) throw malformed(path, 'there is no secret-key in it');
  return { publicKey, secretKey };
}

/** Whoever else does the same at this moment may be first: then theirs count. */
async function makeKeys(path: string): Promise<CurveKeys> {
  const keys = curveKeyPair();
  return unless(
    'EEXIST',
    writeKeyFile(path, keys).then(() => keys),
    () => readSecret(path),
  );
}

async function unless<T>(code: string, first: Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return otherwise();
  }
}

function checkedKeys(keys: {
  readonly publicKey: string;
  readonly secretKey?: string | undefined;
}): Partial<CurveKeys> {
  const { publicKey, secretKey } = keys;
  keyBytes(publicKey);
  if (secretKey === undefined) return { publicKey };
  if (publicFromSecret(secretKey) !== publicKey) {
    throw explainedError('EINVAL', 'publicKey is not the public key of secretKey');
  }
  return { publicKey, secretKey };
}

function textOf({ publicKey, secretKey }: Partial<CurveKeys>): string {
  const secret = secretKey === undefined ? '' : `    secret-key = "${secretKey}"\n`;
  const kind = secretKey === undefined ? 'public key: for everybody' : 'secret key: for its owner alone';
  return `# ZeroMQ CURVE ${kind}\nmetadata\ncurve\n    public-key = "${publicKey}"\n${secret}`;
}

/** By one handle: what was checked is what was read. */
async function contentOf(path: string): Promise<{ text: string; stats: Stats }> {
  let file: FileHandle;
  try {
    file = await node.fs.promises.open(path, OPEN_FLAGS);
  } catch (error) {
    throw readError(error as NodeJS.ErrnoException, path);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw malformed(path, 'it is no regular file');
    if (stats.size > FILE_MAX) throw malformed(path, `it is longer than ${FILE_MAX} bytes`);
    return { text: await file.readFile('utf8'), stats };
  } finally {
    await file.close();
  }
}

/** @throws EACCES */
export function checkAccess(path: string, { mode, uid }: Stats, secret: boolean): void {
  const own = process.getuid?.();
  if (uid !== own && uid !== 0) throw explainedError('EACCES', `${quoted(path)} belongs to another user (${uid})`);
  if ((mode & (secret ? READABLE_BY_OTHERS : WRITABLE_BY_OTHERS)) === 0) return;
  const who = secret ? 'read the secret key in' : 'write to';
  const remedy = secret ? `chmod 600, and new keys if somebody may have read it` : 'chmod go-w';
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw explainedError('EACCES', `others may ${who} ${quoted(path)} (mode ${shown}): ${remedy}`);
}

function parse(path: string, text: string): Partial<CurveKeys> {
  const keys: { 'public-key'?: string; 'secret-key'?: string } = {};
  let section = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    section = /^(\w+)\s*$/.exec(line)?.[1] ?? section;
    const [, name, value] = /^\s+([\w-]+)\s*=\s*"?(.*?)"?\s*$/.exec(line) ?? [];
    if (section === '' || (name === undefined && !/^\w/.test(line)))
      throw malformed(path, `line ${index + 1} is no part of one`);
    if (section !== 'curve' || name === undefined) continue;
    if (name !== 'public-key' && name !== 'secret-key') continue;
    if (keys[name] !== undefined) throw malformed(path, `line ${index + 1} is a second ${name}`);
    keys[name] = checkedKey(path, index + 1, value as string);
  }
  return { publicKey: keys['public-key'] as string, secretKey: keys['secret-key'] as string };
}

function checkedKey(path: string, line: number, key: string): string {
  try {
    keyBytes(key);
    return key;
  } catch (error) {
    throw malformed(path, `line ${line}: ${(error as ZmqError).detail}`);
  }
}

function malformed(path: string, what: string): ZmqError {
  return explainedError('EINVAL', `${quoted(path)} is no key file: ${what}`);
}

function readError(error: NodeJS.ErrnoException, path: string): ZmqError {
  if (error.code === 'ENOENT') return explainedError('ENOENT', `there is no key file ${quoted(path)}`);
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return explainedError('EACCES', `the key file ${quoted(path)} may not be read by this user`);
  }
  return systemError(error, path);
}

function writeError(error: NodeJS.ErrnoException, path: string): ZmqError {
  if (error.code !== 'EEXIST') return systemError(error, path);
  return explainedError('EEXIST', `${quoted(path)} is there already; { overwrite: true } puts another in its place`);
}
