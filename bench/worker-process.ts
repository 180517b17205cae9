// One worker process as the runner sees it: events come in as lines on stdout, `go` and end-of-input go out on stdin.
// A worker that ends or fails rejects whatever it still owes, and no worker outlives the runner.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { WorkerEvent } from './worker/parent.js';

type EventOf<K extends WorkerEvent['event']> = Extract<WorkerEvent, { event: K }>;

export class WorkerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #ready = deferred<EventOf<'ready'>>();
  readonly #result = deferred<EventOf<'result'>>();

  constructor(name: string, [file, ...args]: readonly string[]) {
    this.name = name;
    // The loader that runs the bench itself must not follow into what it measures.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(file!, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#child = child;
    child.stdin.on('error', () => {}); // the worker is gone: its exit tells more
    createInterface({ input: child.stdout }).on('line', (line) => this.#line(line));
    alive.add(child);
    this.#exited = once(child, 'close').then(
      () => this.#closed(),
      (error: Error) => this.#fail(error.message),
    );
  }

  ready(deadline: number): Promise<EventOf<'ready'>> {
    return within(this.#ready.promise, deadline, `${this.name}: not ready`);
  }

  result(deadline: number): Promise<EventOf<'result'>> {
    return within(this.#result.promise, deadline, `${this.name}: no result`);
  }

  go(): void {
    this.#child.stdin!.write('go\n');
  }

  /** Ends the process: asks first, so that a profile can be written, and kills one that is too busy to hear. */
  async stop(patience: number): Promise<void> {
    this.#child.stdin!.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    await this.#exited;
    clearTimeout(timer);
  }

  #line(line: string): void {
    const event = parse(line);
    if (event?.event === 'ready') this.#ready.resolve(event);
    else if (event?.event === 'result') this.#result.resolve(event);
    else this.#fail(event?.message ?? `said something unexpected: ${line}`);
  }

  #closed(): void {
    alive.delete(this.#child);
    const { exitCode, signalCode } = this.#child;
    this.#fail(`ended with ${signalCode ?? `code ${exitCode}`}`);
  }

  #fail(reason: string): void {
    const error = new Error(`${this.name}: ${reason}`);
    this.#ready.reject(error);
    this.#result.reject(error);
  }
}

function parse(line: string): WorkerEvent | undefined {
  try {
    return JSON.parse(line) as WorkerEvent;
  } catch {
    return undefined;
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {}); // a worker may fail when nobody waits for it any more
  return { promise, resolve, reject };
}

async function within<T>(promise: Promise<T>, deadline: number, complaint: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint} within ${deadline / 1e3} s`)), deadline);
  });
  return Promise.race([promise, overdue]).finally(() => clearTimeout(timer));
}

const alive = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
