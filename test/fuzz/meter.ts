// Counts the bytes that the library allocates for buffers while it is on. Every byte that it holds beyond the chunks it was given, and
// every byte that it copies, was allocated first: the count bounds memory and copying, without a clock and without the collector.

type Allocate = (...args: never[]) => Buffer;

const NAMES = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'from'] as const;

export class Meter {
  bytes = 0;
  #on = false;
  readonly #originals = new Map<string, Allocate>();

  /** From now on `Buffer`'s ways to allocate report here. `Buffer.concat` goes through one of them. */
  install(): void {
    for (const name of NAMES) {
      const original = Buffer[name] as unknown as Allocate;
      this.#originals.set(name, original);
      const counted: Allocate = (...args) => {
        const buffer = original.apply(Buffer, args);
        if (this.#on) this.bytes += buffer.length;
        return buffer;
      };
      Object.defineProperty(Buffer, name, { value: counted, configurable: true, writable: true });
    }
  }

  uninstall(): void {
    for (const [name, original] of this.#originals)
      Object.defineProperty(Buffer, name, { value: original, configurable: true, writable: true });
    this.#originals.clear();
  }

  /** Counts what `step` allocates. */
  during<T>(step: () => T): T {
    this.#on = true;
    try {
      return step();
    } finally {
      this.#on = false;
    }
  }
}
