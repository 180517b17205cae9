// Starts processes that do what a test says (programs/agent.ts) and asks them. They end with the test.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { within } from '../support/peers/deadline.js';

export interface Failure {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly detail?: string;
}

/** What a request came to: a value, or an error as far as JSON takes it. */
export type Outcome<T = unknown> = { readonly value: T; readonly error?: undefined } | { readonly error: Failure };

export class Agent {
  readonly child: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #requests = 0;

  constructor() {
    const path = fileURLToPath(new URL('programs/agent.ts', import.meta.url));
    this.child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdin?.on('error', () => {}); // killed while we write to it
    this.#ready = new Promise((resolve) => {
      createInterface({ input: this.child.stdout as NonNullable<typeof this.child.stdout> }).on('line', (line) => {
        if (line === '"ready"') resolve();
        else this.#answered(...(JSON.parse(line) as [number, boolean, unknown]));
      });
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  async ready(): Promise<this> {
    await within(this.#ready, 'a process is up');
    return this;
  }

  /** Gives the outcome, whichever it is. */
  async try<T = unknown>(verb: string, ...values: unknown[]): Promise<Outcome<T>> {
    const id = ++this.#requests;
    const answer = new Promise<Outcome>((resolve) => this.#waiting.set(id, resolve));
    this.child.stdin?.write(`${JSON.stringify([id, verb, ...values])}\n`);
    return (await within(answer, `process ${this.pid}: ${verb} ${JSON.stringify(values)}`)) as Outcome<T>;
  }

  /** Gives the value. */
  async ask<T = unknown>(verb: string, ...values: unknown[]): Promise<T> {
    const outcome = await this.try<T>(verb, ...values);
    if (outcome.error !== undefined) throw Object.assign(new Error(outcome.error.message), outcome.error);
    return outcome.value;
  }

  /** Ends it without any chance to clean up. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await within(gone, 'a killed process is gone');
  }

  #answered(id: number, well: boolean, value: unknown): void {
    this.#waiting.get(id)?.(well ? { value } : { error: value as Failure });
    this.#waiting.delete(id);
  }
}

/** So many processes, up and waiting. */
export async function agents(count: number): Promise<Agent[]> {
  const all = Array.from({ length: count }, () => new Agent());
  onTestFinished(() => all.forEach(({ child }) => void child.kill('SIGKILL')));
  return Promise.all(all.map((agent) => agent.ready()));
}

export async function agent(): Promise<Agent> {
  return (await agents(1))[0] as Agent;
}
