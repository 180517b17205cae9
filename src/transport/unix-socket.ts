// ipc:// on Linux, macOS and their kin: a socket file, `*` for one in a fresh private folder, and on Linux `@name` for
// the abstract namespace, which has neither files nor permissions.

import { explainedError } from '../errors.js';
import { hasBytes, quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { malformed } from './address.js';
import { attempt } from './files.js';
import { folderError } from './folder-error.js';
import { PATH_MAX } from './hidden-folder.js';
import { connectTo, listenAt, listenAtNow } from './local-stream.js';
import { isPipeName } from './pipe-name.js';
import { findStale, findStaleSync, SocketFile } from './socket-file.js';
import type { ListenHandler, Listening, Target, TransportOptions } from './transport.js';

/** @throws EINVAL, ENAMETOOLONG */
export function unixTarget(path: string, endpoint: string): Target {
  const address = unixAddress(path, endpoint);
  return {
    listen(options, handler) {
      if (path === '*') return listenAnywhere(options, handler);
      if (path.startsWith('@')) return listenAt(address, endpoint, options, handler);
      return listenOnFile(address, endpoint, options, handler);
    },
    listenSync(options, handler) {
      if (path === '*') return listenAnywhereSync(options, handler);
      if (path.startsWith('@')) return listenAtNow(address, endpoint, options, handler);
      return listenOnFileSync(address, endpoint, options, handler);
    },
    connect: (_options, done) => connectTo(address, done),
  };
}

/** The path as Node takes it. @throws EINVAL, ENAMETOOLONG */
export function unixAddress(path: string, endpoint: string): string {
  if (isPipeName(path)) throw malformed(endpoint, 'it names a Windows pipe; elsewhere ipc:// takes the path of a file');
  if (!hasBytes(path)) throw malformed(endpoint, 'it holds half of a surrogate pair');
  if (path.endsWith('/')) throw malformed(endpoint, 'it names a folder, and ipc:// takes the path of a file');
  checkLength(path, endpoint);
  return path.startsWith('@') ? abstractName(path, endpoint) : whole(path);
}

/** The same file whatever the program's working directory will be, where there is room for that. */
function whole(path: string): string {
  const absolute = node.path.resolve(path);
  return Buffer.byteLength(absolute) <= PATH_MAX ? absolute : path;
}

function checkLength(path: string, endpoint: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= PATH_MAX) return;
  const detail = `the path of ${quoted(endpoint)} has ${bytes} bytes, this system takes ${PATH_MAX}`;
  throw explainedError('ENAMETOOLONG', detail, endpoint);
}

/** `@name` as Node takes it. libuv before 1.48 pads the name with zeros, and meets no other program under it. */
function abstractName(path: string, endpoint: string): string {
  if (path === '@') throw malformed(endpoint, 'the abstract name is missing');
  if (process.platform !== 'linux') throw malformed(endpoint, 'abstract names exist on Linux only; use a path');
  if (!exactAbstractNames(process.versions.uv)) {
    throw malformed(endpoint, `abstract names need Node 22 or later, this is ${process.version}; use a path`);
  }
  return `\0${path.slice(1)}`;
}

/** @param version of libuv */
export function exactAbstractNames(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 48);
}

async function listenAnywhere(options: TransportOptions, handler: ListenHandler): Promise<Listening> {
  const folder = privateFolder();
  const path = node.path.join(folder, 'socket');
  try {
    checkLength(path, `ipc://${path}`);
    return withoutFolder(await listenOnFile(path, `ipc://${path}`, options, handler), folder);
  } catch (error) {
    attempt(() => node.fs.rmdirSync(folder));
    throw error;
  }
}

/** As `listenAnywhere`, done when it returns. */
function listenAnywhereSync(options: TransportOptions, handler: ListenHandler): Listening {
  const folder = privateFolder();
  const path = node.path.join(folder, 'socket');
  try {
    checkLength(path, `ipc://${path}`);
    return withoutFolder(listenOnFileSync(path, `ipc://${path}`, options, handler), folder);
  } catch (error) {
    attempt(() => node.fs.rmdirSync(folder));
    throw error;
  }
}

/** Closing removes the folder as well. */
function withoutFolder({ endpoint, close }: Listening, folder: string): Listening {
  return {
    endpoint,
    close() {
      close();
      attempt(() => node.fs.rmdirSync(folder));
    },
  };
}

function privateFolder(): string {
  // Absolute: the endpoint is for other processes, too.
  const parent = node.path.resolve(node.os.tmpdir());
  try {
    return node.fs.mkdtempSync(node.path.join(parent, 'zmtp-'));
  } catch (error) {
    throw folderError(error as NodeJS.ErrnoException, parent, 'ipc://*');
  }
}

async function listenOnFile(
  path: string,
  endpoint: string,
  options: TransportOptions,
  handler: ListenHandler,
): Promise<Listening> {
  const stale = await findStale(path, endpoint);
  const file = new SocketFile(path, endpoint, stale);
  try {
    return withoutFile(
      await listenAt(file.bindPath, endpoint, options, handler, () => file.publish(options.ipcMode)),
      file,
    );
  } catch (error) {
    file.forget();
    throw error;
  }
}

/** As `listenOnFile`, done when it returns. */
function listenOnFileSync(
  path: string,
  endpoint: string,
  options: TransportOptions,
  handler: ListenHandler,
): Listening {
  const stale = findStaleSync(path, endpoint);
  const file = new SocketFile(path, endpoint, stale);
  try {
    return withoutFile(
      listenAtNow(file.bindPath, endpoint, options, handler, () => file.publish(options.ipcMode)),
      file,
    );
  } catch (error) {
    file.forget();
    throw error;
  }
}

/** Closing removes the file as well. */
function withoutFile({ endpoint, close }: Listening, file: SocketFile): Listening {
  return {
    endpoint,
    close() {
      file.remove();
      close();
      file.forget();
    },
  };
}
