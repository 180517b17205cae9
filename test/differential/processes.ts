// The two runner processes, kept alive over many scripts. A process that dies or falls silent is replaced; the scripts
// that were under way go again, each in a process of its own, so that the one that did it is known.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Script, Transcript } from './script.js';

export type LibraryName = 'zeromq' | 'ours';

export interface Request {
  readonly id: number;
  readonly script: Script;
  readonly patience: number;
}

interface Answer {
  readonly id: number;
  readonly transcript?: Transcript;
  /** The runner itself has failed. */
  readonly failure?: string;
}

interface Waiting {
  resolve(transcript: Transcript): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** The library froze or ended its process. */
export class Dead extends Error {
  readonly library: LibraryName;

  constructor(library: LibraryName, message: string) {
    super(message);
    this.library = library;
  }
}

/** Milliseconds that one script may take, once it has begun. */
const SCRIPT_MAX = 20_000;
/** After `events.close()` the threads of libzmq stand still at the next event, also those that other sockets need. */
const POISON = /"on":"\w+\.events","call":"close"/;
const RUNNER = fileURLToPath(new URL('./runner.ts', import.meta.url));

class RunnerProcess {
  readonly #library: LibraryName;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  dead = false;

  constructor(library: LibraryName) {
    this.#library = library;
    this.#child = fork(RUNNER, [library], {
      execArgv: ['--no-warnings', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let told = '';
    this.#child.stderr?.on('data', (text: Buffer) => {
      told = `${told}${text}`.slice(-2000);
    });
    this.#child.on('message', (answer: Answer) => this.#answered(answer));
    this.#child.on('exit', (code, signal) => this.#died(`${library} ended with ${code ?? signal}: ${told}`));
  }

  run(script: Script, patience: number): Promise<Transcript> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill('it froze'), SCRIPT_MAX * patience);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#child.send(
        { id, script, patience } satisfies Request,
        (error) => error !== null && this.#died(String(error)),
      );
    });
  }

  kill(why: string): void {
    this.#child.kill('SIGKILL');
    this.#died(why);
  }

  #answered({ id, transcript, failure }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (transcript !== undefined) waiting.resolve(transcript);
    else waiting.reject(new Error(failure));
  }

  #died(why: string): void {
    this.dead = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(new Dead(this.#library, why));
    }
  }
}

/** One library, in as many processes as it takes. */
export class Runner {
  readonly #library: LibraryName;
  #process: RunnerProcess | undefined;

  constructor(library: LibraryName) {
    this.#library = library;
  }

  /** @param fresh in a new process. @throws Dead when this very script ends or freezes the process */
  async run(script: Script, patience = 1, fresh = false): Promise<Transcript> {
    if (fresh || POISON.test(JSON.stringify(script))) return this.#runAlone(script, patience);
    if (this.#process === undefined || this.#process.dead) this.#process = new RunnerProcess(this.#library);
    try {
      return await this.#process.run(script, patience);
    } catch (error) {
      if (!(error instanceof Dead)) throw error;
    }
    return this.#runAlone(script, patience);
  }

  async #runAlone(script: Script, patience: number): Promise<Transcript> {
    const own = new RunnerProcess(this.#library);
    try {
      return await own.run(script, patience);
    } finally {
      own.kill('done');
    }
  }

  stop(): void {
    this.#process?.kill('done');
    this.#process = undefined;
  }
}
