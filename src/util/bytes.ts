// Byte helpers shared by every layer: cheap views and byte-exact text.

type BufferConstructor = new (memory: ArrayBufferLike, offset: number, length: number) => Buffer;

/**
 * Makes a Buffer view without the argument checks of `Buffer.from(arrayBuffer, …)`: the class that
 * `buffer.slice()` itself instantiates, reached through the documented species hook.
 */
export const BufferView = (Buffer as unknown as { [Symbol.species]: BufferConstructor })[Symbol.species];

export const EMPTY: Buffer = Buffer.alloc(0);

/** A view of `source` from `start` to `end`; no copy. */
export function view(source: Buffer, start: number, end: number): Buffer {
  return new BufferView(source.buffer, source.byteOffset + start, end - start);
}

/** A copy that shares no memory with `source`. */
export function copyOf(source: Uint8Array): Buffer {
  return Buffer.from(source);
}

/** Whether a text has bytes of its own. Half of a surrogate pair has none: all halves become the same replacement. */
export function hasBytes(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

/** For messages about bad input: at most `limit` characters of `text`, quoted, with nothing unprintable in it. */
export function quoted(text: string, limit = 120): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
  return JSON.stringify(shown).replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}
