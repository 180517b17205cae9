// What a program expects of its last moment: messages that were sent are delivered. When the event loop runs dry, sockets that
// were closed and have messages left keep the process alive for as long as their linger allows; then open ones are closed,
// and do the same.
//
// Node offers one hook for this, `beforeExit`, to the whole process; hence one list, of the contexts with open sockets.
// After process.exit() there is time for the files of bound sockets, and for what the system takes of messages at once.

import { systemClock } from './clock.js';

/** Milliseconds after which a program that does not end says why. */
const PATIENCE = 500;

interface Closing {
  readonly awaited: boolean;
  readonly blocky: boolean;
  closeAll(): void;
  awaitLingering(): boolean;
}

class ExitGuard {
  readonly #contexts = new Set<Closing>();
  readonly #exit = (): void => {
    for (const context of [...this.#contexts]) context.closeAll();
  };
  /** Keeps `#exit` behind the program's own listeners of `exit`: what they send as the last thing leaves, too. */
  readonly #listenerAdded = (event: string | symbol, listener: unknown): void => {
    if (event !== 'exit' || listener === this.#exit) return;
    queueMicrotask(() => {
      if (this.#contexts.size > 0) process.off('exit', this.#exit).on('exit', this.#exit);
    });
  };
  /** Whether the program's own listeners have had their turn, with its sockets open. */
  #othersAsked = false;
  /** They may have more to send. What they begin goes first: when the loop is dry again, Node calls this again. */
  readonly #beforeExit = (): void => {
    if (this.#awaitLingering()) return;
    this.#othersAsked = !this.#othersAsked;
    if (this.#othersAsked) {
      setImmediate(() => {});
      return;
    }
    this.#exit();
    this.#awaitLingering();
  };

  /** False: nothing lingers. */
  #awaitLingering(): boolean {
    const lingers = [...this.#contexts].filter((context) => context.awaitLingering()).length > 0;
    if (lingers) systemClock.after(PATIENCE, () => this.#warn());
    return lingers;
  }

  /** In zeromq.js's words. */
  #warn(): void {
    const awaited = [...this.#contexts].filter((context) => context.awaited);
    if (awaited.length === 0) return;
    const remedy = awaited.some(({ blocky }) => blocky)
      ? " Set 'context.blocky = false' to change this behaviour."
      : '';
    process.stderr.write(
      `(node:${process.pid}) WARNING: Waiting for queued ZeroMQ messages to be delivered.${remedy}\n`,
    );
  }

  add(context: Closing): void {
    if (this.#contexts.size === 0) {
      this.#othersAsked = false;
      process.on('beforeExit', this.#beforeExit).on('exit', this.#exit).on('newListener', this.#listenerAdded);
    }
    this.#contexts.add(context);
  }

  remove(context: Closing): void {
    this.#contexts.delete(context);
    if (this.#contexts.size > 0) return;
    process.off('beforeExit', this.#beforeExit).off('exit', this.#exit).off('newListener', this.#listenerAdded);
  }
}

export const exitGuard = new ExitGuard();
