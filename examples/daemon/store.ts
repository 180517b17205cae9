/**
 * The items that the service keeps: texts under ids, in one file of the home folder. Each change is written beside the
 * file and moved into its place, so that whoever ends the process, and when, finds all of the old items or of the new.
 * Only one process writes: the service that has the home.
 */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from './protocol.js';

export class Store {
  readonly #path: string;
  #items: ReadonlyMap<string, string>;

  /** @throws when there is a file that is none of ours: it is not overwritten */
  constructor(home: string) {
    this.#path = join(home, 'items.json');
    this.#items = new Map(Object.entries(load(this.#path)));
  }

  get size(): number {
    return this.#items.size;
  }

  ids(): string[] {
    return [...this.#items.keys()].sort();
  }

  get(id: string): string {
    const value = this.#items.get(id);
    if (value === undefined) throw new ApiError('NOT_FOUND', `there is no item ${id}`);
    return value;
  }

  /** @returns whether it is a new one */
  put(id: string, value: string): boolean {
    const isNew = !this.#items.has(id);
    if (isNew && this.#items.size >= ITEMS_MAX) {
      throw new ApiError('FULL', `there are ${ITEMS_MAX} items, and room for no more`);
    }
    this.#save(new Map(this.#items).set(id, value));
    return isNew;
  }

  remove(id: string): void {
    this.get(id);
    const items = new Map(this.#items);
    items.delete(id);
    this.#save(items);
  }

  /** What could not be written is not kept in memory either. */
  #save(items: ReadonlyMap<string, string>): void {
    const fresh = `${this.#path}.new`;
    writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(items), undefined, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, this.#path);
    this.#items = items;
  }
}

function load(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  const value: unknown = JSON.parse(text);
  const texts = typeof value === 'object' && value !== null ? Object.values(value) : [undefined];
  if (texts.every((item) => typeof item === 'string')) return value as Record<string, string>;
  throw new Error(`${path} is not a list of items, and is not touched`);
}

const ITEMS_MAX = 500;
