// Which CURVE clients may come in: public keys by name, from a folder of key files or an object, and the authenticator that
// lets exactly those in, under their names.

import type { Stats } from 'node:fs';
import type { Authenticator } from '../core/authenticator.js';
import { describe, explainedError, typeError } from '../errors.js';
import { keyBytes } from '../security/secrets.js';
import { folderError } from '../transport/folder-error.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { checkAccess, PUBLIC_SUFFIX, readKeyFile } from './key-file.js';

/** Names of clients, and the public key of each: 40 characters of Z85. */
export type AllowedKeys = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

const NAME_BYTES_MAX = 255;
/** Files read at once: a folder may hold more than a process may have open. */
const OPEN_MAX = 16;

/**
 * The CURVE clients that may come in. `authenticator`, given to a socket with `curveServer`, lets in who owns one of the keys,
 * with the key's name as `peer.userId`, and nobody else; peers of PLAIN and NULL own no key.
 */
export class KeyStore {
  #source: string | AllowedKeys;
  #names: ReadonlyMap<string, string>;

  /**
   * @param keys an object or a Map: names, of 1 to 255 bytes, and keys
   * @throws TypeError, EINVAL for what is no key and for a key that has two names
   */
  constructor(keys: AllowedKeys) {
    if (typeof keys !== 'object' || keys === null) {
      throw typeError('Keys must be an object or a Map', `not ${describe(keys)}; KeyStore.open reads a folder`);
    }
    this.#source = keys;
    this.#names = namesByKey(entriesOf(keys));
  }

  /**
   * The public keys in a folder: one file `name.key` for each client, as `writeKeyFile` and pyzmq write them. Other files are
   * left alone.
   * @throws rejects with ENOENT, ENOTDIR; with EACCES when others may write to the folder or a file; with EINVAL for a file
   *   without a public key, and for a key that is there twice
   */
  static async open(folder: string): Promise<KeyStore> {
    if (typeof folder !== 'string') throw typeError('Folder must be a string', `not ${describe(folder)}`);
    const store = emptyStore();
    store.#source = folder;
    await store.reload();
    return store;
  }

  /** Lets in who owns one of the keys. It belongs to the store: it may be passed on alone, and knows what `reload` brings. */
  readonly authenticator: Authenticator = (request) => {
    const name = request.mechanism === 'CURVE' ? this.nameOf(request.publicKey) : undefined;
    return name === undefined ? false : { userId: name };
  };

  /** The names of all clients. */
  get names(): string[] {
    return [...this.#names.values()];
  }

  /** Whose key this is; undefined when it may not come in. */
  nameOf(publicKey: string): string | undefined {
    return this.#names.get(publicKey);
  }

  /**
   * Reads the folder, the object or the Map again. Whoever is connected stays so, until the program ends it with
   * `peer.disconnect`. When it fails nothing has changed.
   * @throws rejects as `open` does
   */
  async reload(): Promise<void> {
    const source = this.#source;
    this.#names = namesByKey(typeof source === 'string' ? await keysIn(source) : entriesOf(source));
  }
}

type Entries = readonly (readonly [name: string, publicKey: string])[];

function entriesOf(keys: AllowedKeys): Entries {
  return keys instanceof Map ? [...keys] : Object.entries(keys);
}

async function keysIn(folder: string): Promise<Entries> {
  let files: string[];
  let stats: Stats;
  try {
    stats = await node.fs.promises.stat(folder);
    files = await node.fs.promises.readdir(folder);
  } catch (error) {
    throw folderError(error as NodeJS.ErrnoException, folder);
  }
  // Whoever may add files to it lets in whom he likes.
  if (process.platform !== 'win32') checkAccess(folder, stats, false);
  const ours = files.filter((file) => file.endsWith(PUBLIC_SUFFIX) && !file.startsWith('.')).sort();
  const entries: (readonly [string, string])[] = [];
  for (let at = 0; at < ours.length; at += OPEN_MAX) {
    entries.push(...(await allOf(ours.slice(at, at + OPEN_MAX).map((file) => entryIn(folder, file)))));
  }
  return entries;
}

/** As `Promise.all`, but when it rejects nothing goes on any more: no file is open behind the caller's back. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

async function entryIn(folder: string, file: string): Promise<readonly [name: string, publicKey: string]> {
  const { publicKey } = await readKeyFile(node.path.join(folder, file));
  return [file.slice(0, -PUBLIC_SUFFIX.length), publicKey];
}

/** By hash: looking a key up takes the same time whether it is nearly right or not at all. @throws TypeError, EINVAL */
function namesByKey(entries: Entries): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, publicKey] of entries) {
    const size = typeof name === 'string' ? Buffer.byteLength(name) : 0;
    if (size < 1 || size > NAME_BYTES_MAX) {
      throw typeError(`A client's name is text of 1 to ${NAME_BYTES_MAX} bytes`, `not ${describe(name)}`);
    }
    keyBytes(publicKey);
    const other = names.get(publicKey);
    if (other !== undefined) throw explainedError('EINVAL', `${quoted(other)} and ${quoted(name)} have the same key`);
    names.set(publicKey, name);
  }
  return names;
}

function emptyStore(): KeyStore {
  return new KeyStore({});
}
