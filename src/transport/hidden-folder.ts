// The folder that a Unix socket is bound in before it gets its name: fresh, and for this user only. Held open on Linux, so
// that it is the same folder whatever becomes of its name: who may rename in its parent could put another one in its place.

import { explainedError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { attempt } from './files.js';
import { folderError } from './folder-error.js';

/** Bytes of a path that fit the system's address structure; Node cuts longer ones without a word. */
export const PATH_MAX = process.platform === 'linux' ? 107 : 103;

const NAME = '.zmtp-';

export class HiddenFolder {
  readonly #path: string;
  readonly #descriptor: number | undefined;
  /** The path of a socket in it. */
  readonly socket: string;

  /**
   * @param target the path that the socket will have
   * @throws ENOENT, ENOTDIR, EACCES, ENAMETOOLONG
   */
  constructor(target: string, endpoint: string) {
    const parent = node.path.dirname(target);
    try {
      this.#path = node.fs.mkdtempSync(place(parent));
      this.#descriptor = process.platform === 'linux' ? this.#open() : undefined;
    } catch (error) {
      throw folderError(error as NodeJS.ErrnoException, parent, endpoint);
    }
    this.socket =
      this.#descriptor === undefined
        ? node.path.join(this.#path, 's')
        : node.path.join(throughDescriptor(this.#descriptor), 's');
    if (Buffer.byteLength(this.socket) <= PATH_MAX) return;
    this.remove();
    throw noRoom(endpoint);
  }

  /** Undefined where there is no /proc to use it. */
  #open(): number | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = node.fs.openSync(this.#path, node.fs.constants.O_DIRECTORY | node.fs.constants.O_NOFOLLOW);
      const { uid, mode } = node.fs.fstatSync(descriptor);
      if (uid !== process.geteuid?.() || (mode & 0o077) !== 0) throw Object.assign(new Error(), { code: 'EACCES' });
      if (node.fs.existsSync(throughDescriptor(descriptor))) return descriptor;
      node.fs.closeSync(descriptor);
      return undefined;
    } catch (error) {
      if (descriptor !== undefined) node.fs.closeSync(descriptor);
      attempt(() => node.fs.rmdirSync(this.#path));
      throw error;
    }
  }

  /** With a socket that is still in it. */
  remove(): void {
    attempt(() => node.fs.unlinkSync(this.socket));
    attempt(() => node.fs.rmdirSync(this.#path));
  }

  /** Once the socket is closed: Node looks for its file then, and must not find another one under a number used again. */
  close(): void {
    if (this.#descriptor !== undefined) node.fs.closeSync(this.#descriptor);
  }
}

function throughDescriptor(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Beside the socket's place, for a name can be given within one file system only; elsewhere when there is no room. */
function place(parent: string): string {
  const beside = node.path.join(parent, NAME);
  const fits = Buffer.byteLength(`${beside}XXXXXX/s`) <= PATH_MAX;
  return fits || process.platform === 'linux' ? beside : node.path.join(node.os.tmpdir(), NAME);
}

export function noRoom(endpoint: string): Error {
  const detail = `the folder of ${quoted(endpoint)} leaves no room, this system takes ${PATH_MAX} bytes in all`;
  return explainedError('ENAMETOOLONG', detail, endpoint);
}
