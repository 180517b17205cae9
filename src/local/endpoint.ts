// Endpoints that a program and its clients derive alike, from an application's name and a folder.

import { describe, explainedError } from '../errors.js';
import { parseEndpoint } from '../transport/address.js';
import { attempt } from '../transport/files.js';
import { folderError } from '../transport/folder-error.js';
import { PATH_MAX } from '../transport/hidden-folder.js';
import { pipeOf } from '../transport/pipe-name.js';
import { hasBytes, quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';

/** Characters; with what is put around it, it still fits a file name. */
const NAME_MAX = 128;

/**
 * The `ipc://` endpoint of the application `name` in the folder `scope`: the socket file `<name>.sock` in that folder, and on
 * Windows the named pipe that stands for it. However the folder is written (relative, through links, in another case where
 * the file system knows none), the endpoint is the same, and no two folders share one. The folder need not exist yet; its letters
 * count as written then.
 *
 * Where the path is too long for a Unix socket, or everybody may write to the folder and so put a socket of his own there,
 * the file is named by a hash of the path, in a folder that only this user may enter: `zmtp-<uid>` in `/run/user/<uid>`,
 * or else in the folder for temporary files, which both processes must see alike.
 *
 * @param name letters, digits, `-`, `_`, `.`; at most 128, not `.` or `..`
 * @param scope the folder, such as the home folder of a daemon or of a project
 * @throws TypeError for a name or scope that is none; EACCES when somebody else has made the folder for hashed names
 */
export function localEndpoint(name: string, scope: string): string {
  checkName(name);
  const folder = realFolder(checkedScope(scope));
  const path = node.path.join(folder, `${name}.sock`);
  if (process.platform === 'win32') return `ipc://${path.replaceAll('\\', '/')}`;
  const endpoint = `ipc://${path}`;
  if (Buffer.byteLength(path) <= PATH_MAX && !isOpenToAll(folder)) return endpoint;
  const hash = node.crypto.createHash('sha256').update(path).digest('hex').slice(0, 32);
  return `ipc://${node.path.join(userFolder(endpoint), `${hash}.sock`)}`;
}

/**
 * The Windows named pipe behind an `ipc://` endpoint: another program of any kind finds it under this name. Works on
 * every system.
 * @throws TypeError for what is no string; EINVAL for what is no ipc:// endpoint, and for `*`, which has no fixed name
 */
export function pipeName(endpoint: string): string {
  if (typeof endpoint !== 'string') throw new TypeError(`endpoint must be a string, got ${describe(endpoint)}`);
  const { scheme, address } = parseEndpoint(endpoint);
  if (scheme !== 'ipc' || address === '*' || address.startsWith('@')) {
    throw explainedError('EINVAL', `${quoted(endpoint)} names no pipe; ipc:// and a path does`, endpoint);
  }
  return pipeOf(address, endpoint);
}

export function isName(name: unknown): name is string {
  return typeof name === 'string' && /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(name) && name.length <= NAME_MAX;
}

/** @throws TypeError */
export function checkName(name: unknown): asserts name is string {
  if (isName(name)) return;
  throw new TypeError(
    `a name consists of letters, digits, "-", "_" and ".", ${NAME_MAX} at most, and is not "." or ".."; got ${describe(name)}`,
  );
}

/** Absolute, because the program may change its working directory. @throws TypeError */
export function checkedScope(scope: unknown): string {
  if (typeof scope === 'string' && scope !== '' && !scope.includes('\0') && hasBytes(scope))
    return node.path.resolve(scope);
  throw new TypeError(`a folder is a path that is not empty, without NUL and half surrogates; got ${describe(scope)}`);
}

/** The one true path of a folder, as far as it exists. */
function realFolder(path: string): string {
  try {
    return node.fs.realpathSync.native(path);
  } catch {
    const parent = node.path.dirname(path);
    return parent === path ? path : node.path.join(realFolder(parent), node.path.basename(path));
  }
}

function isOpenToAll(folder: string): boolean {
  return ((attempt(() => node.fs.statSync(folder).mode) ?? 0) & 0o002) !== 0;
}

/** A folder for short names, which nobody else can have prepared for us. */
function userFolder(endpoint: string): string {
  const uid = process.getuid?.() as number;
  const parent = runtimeFolder(uid);
  const folder = node.path.join(parent, `zmtp-${uid}`);
  try {
    node.fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw folderError(error as NodeJS.ErrnoException, parent, endpoint);
  }
  const found = node.fs.lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw explainedError(
    'EACCES',
    `${quoted(folder)} must be a folder of this user that nobody else may enter`,
    endpoint,
  );
}

/** Asks the file system and not the environment, which differs between a session and a service. */
function runtimeFolder(uid: number): string {
  const folder = `/run/user/${uid}`;
  return node.fs.lstatSync(folder, { throwIfNoEntry: false })?.uid === uid
    ? folder
    : node.path.resolve(node.os.tmpdir());
}
