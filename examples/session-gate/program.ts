/**
 * What the programs of this folder have in common: how they read their arguments, and how they end. A bad argument ends a
 * program with exit code 2 before anything has happened; every other failure is one line that says what is.
 */

import { localEndpoint } from '../../src/index.js'; // In a program of yours: from 'zmtp'.

export const Exit = { failed: 1, usage: 2, taken: 3, noGate: 4, late: 5 } as const;

/** Why a program ends without having done its work, with its exit code. */
export class Failure extends Error {
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

/** @param read throws a TypeError, as `parseArgs` does, for arguments that make no sense */
export async function program<Options>(
  usage: string,
  read: (args: string[]) => Options,
  act: (options: Options) => Promise<void>,
): Promise<void> {
  process.stdout.on('error', () => process.exit(Exit.failed)); // The reader of our pipe went away.
  const args = process.argv.slice(2);
  if (wantsHelp(args)) return console.log(usage);
  try {
    await act(checked(read, args));
  } catch (error) {
    const { message } = error as Error;
    process.exitCode = error instanceof Failure ? error.exit : Exit.failed;
    console.error(process.exitCode === Exit.usage ? `${message}\n\n${usage}` : message);
  }
}

function checked<Options>(read: (args: string[]) => Options, args: string[]): Options {
  try {
    return read(args);
  } catch (error) {
    throw error instanceof TypeError ? new Failure(Exit.usage, error.message) : error;
  }
}

/** What comes after `--` are words for a gate. */
function wantsHelp(args: string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((word) => word === '--help' || word === '-h');
}

/** For parseArgs: what every program takes. */
export const COMMON = { folder: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
/** What those take that speak with gates, or are one: see secure.ts. */
export const TALKING = { ...COMMON, secure: { type: 'boolean' } } as const;

/** @throws TypeError */
export function checkedFolder(folder: string | undefined): string {
  if (folder) return folder;
  throw new TypeError('--folder says where the gates are: the same folder for all that are to find each other');
}

/** Names become file names and pipe names: the package says which ones can. @throws TypeError */
export function checkedName(name: string | undefined, folder: string): string {
  if (name === undefined) throw new TypeError('the name of the gate is missing');
  localEndpoint(name, folder);
  localEndpoint(eventsName(name), folder);
  if (!name.endsWith(eventsName(''))) return name;
  throw new TypeError(`a name does not end in "${eventsName('')}": that is where another gate has its events`);
}

/** The name under which a gate's events are bound; its commands are bound under its own. */
export function eventsName(name: string): string {
  return `${name}-events`;
}

/** @throws TypeError */
export function checkedCount(option: string, given: string): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= 0x7fffffff) return value;
  throw new TypeError(`--${option} takes a whole number from 1 to ${0x7fffffff}, not '${given}'`);
}

/** @throws TypeError for words that nobody reads: a typing error, most likely */
export function noMore(words: string[]): void {
  if (words.length > 0) throw new TypeError(`'${words.join(' ')}' is too much`);
}

/**
 * Aborted when somebody wants the program to end. To be called before it says that it runs: a signal that nobody handles
 * ends it at once. On Windows only Ctrl-C and closing the window arrive here, and a gate is stopped by its command.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Also when it has been aborted already. */
export function onAbort(signal: AbortSignal, stop: () => void): void {
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
}
