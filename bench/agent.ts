// A process that does named tasks (worker/agent.ts) and is asked for them one by one. None outlives the bench.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Args } from './worker/agent.js';

export class Agent {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #calls = 0;

  /** @param module the URL of the library that it works with */
  constructor(name: string, workers: string, module: string) {
    this.#name = name;
    // The loader that runs the bench itself must not follow into what it measures.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = fork(join(workers, 'agent.js'), [module], { execArgv: ['--expose-gc'], env });
    this.#child = child;
    child.on('message', (answer: Answer) => this.#open.get(answer.id)?.(answer));
    child.once('exit', (code, signal) => {
      for (const [id, settle] of this.#open) settle({ id, error: `ended with ${signal ?? `code ${code}`}` });
    });
  }

  /** The task's result. Rejects when it fails, or does not end in five minutes. */
  async call<T = undefined>(task: string, args: Args = {}): Promise<T> {
    const id = ++this.#calls;
    const answered = new Promise<Answer>((resolve) => this.#open.set(id, resolve));
    const timer = setTimeout(() => this.#open.get(id)?.({ id, error: `${task} does not end` }), PATIENCE);
    this.#child.send({ id, task, args });
    const { value, error } = await answered;
    clearTimeout(timer);
    this.#open.delete(id);
    if (error !== undefined) throw new Error(`${this.#name}: ${error}`);
    return value as T;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

/** Starts agents for the time of `action`. */
export async function withAgents<T>(
  names: readonly string[],
  contender: { readonly name: string; readonly module: string },
  workers: string,
  action: (...agents: Agent[]) => Promise<T>,
): Promise<T> {
  const agents = names.map((name) => new Agent(`${contender.name} ${name}`, workers, contender.module));
  try {
    return await action(...agents);
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
  }
}

const PATIENCE = 300_000;
