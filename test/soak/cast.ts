// The processes of a scenario, as the parent sees them: each plays one role (actor.ts). None outlives its scenario.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { FromActor, Playing, ToActor, Values } from './actor.js';
import type { Pair } from './health.js';
import type { Options } from './options.js';

export interface Performance {
  readonly name: string;
  readonly values: Values;
  readonly health: Pair;
  /** ms, p99 of how late the event loop was. */
  readonly loopDelay: number;
}

export class Actor {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #told: Values[] = [];
  #end: FromActor | undefined;
  #wake: () => void = () => {};

  constructor(program: string, name: string, playing: Playing) {
    this.name = name;
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = fork(program, { env, execArgv: [] });
    this.#child.on('message', (message: FromActor) => {
      if ('told' in message) this.#told.push(message.told);
      else this.#end = message;
      this.#wake();
    });
    this.#child.once('exit', (code, signal) => {
      this.#end ??= { error: `ended with ${signal ?? `code ${code}`}` };
      this.#wake();
    });
    this.#say({ play: playing });
  }

  /** The next thing it tells. Rejects when it ends instead. */
  async told(): Promise<Values> {
    for (;;) {
      const told = this.#told.shift();
      if (told !== undefined) return told;
      if (this.#end !== undefined)
        throw new Error(`${this.name}: ${'error' in this.#end ? this.#end.error : 'is done'}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The newest of what it told and nobody has heard. */
  async newest(): Promise<Values> {
    const first = await this.told();
    return this.#told.splice(0).at(-1) ?? first;
  }

  stop(values: Values = {}): void {
    this.#say({ stop: values });
  }

  async done(): Promise<Performance> {
    while (this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if ('done' in this.#end) return { name: this.name, ...this.#end.done };
    throw new Error(`${this.name}: ${'error' in this.#end ? this.#end.error : ''}`);
  }

  /** At once, as when the power goes. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #say(message: ToActor): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // one that is gone says so by its exit
  }
}

/** Starts actors, and ends them with the scenario. */
export class Cast {
  readonly options: Options;
  readonly #program: string;
  readonly #actors: Actor[] = [];

  constructor(program: string, options: Options) {
    this.#program = program;
    this.options = options;
  }

  start(name: string, role: string, args: Values = {}): Actor {
    const { patience, inject: fault } = this.options;
    const actor = new Actor(this.#program, name, { role, args, patience, fault });
    this.#actors.push(actor);
    return actor;
  }

  async end(): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.kill()));
  }
}
