// Wine as the lane uses it: a prefix of its own, and one way to run a Windows program in it. The program's output goes to
// a file, since a Windows process cannot write into a pipe of this side (EBADF); pipes between two Windows processes are
// fine. Used by run.ts.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where standard output and standard error go. */
  readonly output: string;
  /** After so many milliseconds the program is ended. */
  readonly limit: number;
}

export interface Ended {
  readonly code: number | null;
  readonly late: boolean;
}

export class Wine {
  readonly #command: string;
  readonly #prefix: string;
  readonly #running = new Set<ChildProcess>();

  /** Undefined where Wine is not installed. */
  static find(prefix: string): Wine | undefined {
    const command = ['wine64', 'wine'].find((name) => spawnSync(name, ['--version']).status === 0);
    return command === undefined ? undefined : new Wine(command, prefix);
  }

  private constructor(command: string, prefix: string) {
    this.#command = command;
    this.#prefix = prefix;
  }

  /** Makes the prefix, where there is none yet. */
  async boot(): Promise<void> {
    if (existsSync(join(this.#prefix, 'system.reg'))) return;
    const boot = { program: 'wineboot', args: ['-i'], env: {}, output: '/dev/null', limit: BOOT_LIMIT };
    const { code } = await this.run(boot);
    if (code !== 0) throw new Error(`wineboot ended with code ${code}`);
    this.#server('-w');
  }

  /** Another prefix like this one, which must not be in use. The files of Windows itself are shared. */
  copy(prefix: string): Wine {
    if (!existsSync(prefix)) {
      const fresh = `${prefix}.${process.pid}`;
      cpSync(this.#prefix, fresh, { recursive: true, verbatimSymlinks: true, filter: (path) => !isSystem(path) });
      execFileSync('cp', ['-al', join(this.#prefix, SYSTEM), join(fresh, SYSTEM)]);
      renameSync(fresh, prefix);
    }
    return new Wine(this.#command, prefix);
  }

  /** Keeps Wine's server from ending with each program: the next one may ask it just then, and fail. */
  stay(): void {
    this.#server('-p');
  }

  /**
   * Between two programs. Now and then the server keeps the connections of a program that was killed: their other ends are
   * told nothing, and it looks at them again and again, for all the time of one processor. Then a new one takes its place.
   */
  refresh(): void {
    const server = readdirSync('/proc').find((pid) => isServer(pid, this.#prefix));
    if (server === undefined || !hasConnections(server)) return;
    this.#server('-k');
    this.stay();
  }

  run({ program, args, env, output, limit }: Run): Promise<Ended> {
    const file = openSync(output, 'w');
    const child = spawn(this.#command, [program, ...args], {
      env: { ...process.env, ...env, ...this.#environment() },
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    this.#running.add(child);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        clearTimeout(timer);
        this.#running.delete(child);
        resolve({ code, late });
      });
    });
  }

  /** Ends everything in the prefix, also what a Windows program has left behind. */
  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    this.#server('-k');
  }

  #server(flag: '-k' | '-p' | '-w'): void {
    spawnSync('wineserver', [flag], { env: { ...process.env, ...this.#environment() }, stdio: 'ignore' });
  }

  #environment(): Record<string, string> {
    return {
      WINEPREFIX: this.#prefix,
      WINEDEBUG: '-all',
      // Nothing here shows a page or runs .NET; without this the first start offers to fetch both.
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
      // Wine reports itself as a Windows that Node no longer supports.
      NODE_SKIP_PLATFORM_CHECK: '1',
    };
  }
}

/** The path by which a Windows program finds a file of this side. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

function isServer(pid: string, prefix: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('wineserver')) return false;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`WINEPREFIX=${prefix}`);
  } catch {
    return false; // No process, or one that has just ended.
  }
}

function hasConnections(pid: string): boolean {
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // Closed meanwhile.
    }
  });
  const lines = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'));
  const inodes = new Set(lines.map((line) => line.trim().split(/\s+/)[INODE]));
  return files.some((file) => inodes.has(/^socket:\[(\d+)\]$/.exec(file)?.[1] ?? 'none'));
}

function isSystem(path: string): boolean {
  return path.endsWith(`/${SYSTEM}`);
}

const SYSTEM = 'drive_c/windows';
/** Its place in a line of /proc/net/tcp. */
const INODE = 9;
const BOOT_LIMIT = 120_000;
