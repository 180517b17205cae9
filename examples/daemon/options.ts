/**
 * The command line. Read by main.ts before anything else is done, so that a bad word ends the run with one line and exit
 * code 2, and nothing has happened.
 */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Exit, Failure, usageError } from './failure.js';
import { defaultHome } from './home.js';
import { checkedId, type Params } from './protocol.js';
import type { Transport } from './service.js';

export const COMMANDS = ['start', 'run', 'stop', 'status', 'health', 'request'] as const;
export type Command = (typeof COMMANDS)[number];

export interface Options {
  readonly command: Command;
  readonly home: string;
  readonly transport: Transport;
  /** The longest wait, in milliseconds. */
  readonly timeout: number;
  readonly json: boolean;
  readonly force: boolean;
  readonly secure: boolean;
  /** Of `request`. */
  readonly method: string;
  readonly params: Params;
}

export const USAGE = `Usage: npx tsx examples/daemon/main.ts COMMAND [options]

  start                     start the service in the background, unless this home has one
  run                       be the service, in the foreground
  stop                      ask it to end, and wait until it has
  status                    say who runs
  health                    ask whether it works
  request METHOD [ID [VALUE]]
                            item.put ID VALUE, item.get ID, item.list, item.remove ID, health, status

  --home FOLDER             one daemon for each folder ($ZMTP_DAEMON_HOME, or .zmtp-daemon in the user's)
  --transport KIND          of start and run: ipc (a Unix socket or named pipe), tcp, ipc-or-tcp (ipc)
  --secure                  of start and run: let in only who has a key of this home; encrypt everything
  --timeout MS              the longest wait (10000)
  --force                   of stop: kill it when it has not ended in time
  --json                    one line of JSON, errors too
  --help                    show this`;

/** Whether errors are wanted as JSON, which has to be known even when the rest of the line makes no sense. */
export function wantsJson(args: string[]): boolean {
  return args.includes('--json');
}

/** @returns undefined when only help is wanted @throws Failure with exit code 2 */
export function readOptions(args: string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [command, ...words] = positionals;
  if (!isOneOf(COMMANDS, command)) {
    throw usageError(`a command is one of ${COMMANDS.join(', ')}${command === undefined ? '' : `, not '${command}'`}`);
  }
  const {
    transport = 'ipc',
    timeout = '10000',
    home = defaultHome(),
    force = false,
    json = false,
    secure = false,
  } = values;
  if (!isOneOf(TRANSPORTS, transport)) {
    throw usageError(`--transport takes one of ${TRANSPORTS.join(', ')}, not '${transport}'`);
  }
  if (home === '') throw usageError('--home takes a folder');
  const request = command === 'request' ? readRequest(words) : noWords(words);
  return { command, home: resolve(home), transport, timeout: milliseconds(timeout), json, force, secure, ...request };
}

/** On a command line an id is a word, and so is a value. */
function readRequest([method, ...words]: string[]): Pick<Options, 'method' | 'params'> {
  const count = method === undefined ? undefined : WORDS[method];
  if (method === undefined || count === undefined) {
    throw usageError(`request takes a method, one of ${Object.keys(WORDS).join(', ')}`);
  }
  if (words.length !== count) throw usageError(`${method} takes ${['nothing more', 'ID', 'ID VALUE'][count]}`);
  const [id, value] = words;
  if (id === undefined) return { method, params: {} };
  checkWord(id);
  return { method, params: value === undefined ? { id } : { id, value } };
}

function checkWord(id: string): void {
  try {
    checkedId(id);
  } catch (error) {
    throw new Failure(Exit.usage, 'BAD_ID', (error as Error).message);
  }
}

function noWords(words: string[]): Pick<Options, 'method' | 'params'> {
  if (words.length > 0) throw usageError(`'${words[0]}' is one word too many`);
  return { method: '', params: {} };
}

function parse(args: string[]) {
  const boolean = { type: 'boolean' } as const;
  const string = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        home: string,
        transport: string,
        timeout: string,
        force: boolean,
        secure: boolean,
        json: boolean,
        help: { ...boolean, short: 'h' },
      },
    });
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

function milliseconds(given: string): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= 1 && value <= TIMEOUT_MAX) return value;
  throw usageError(`--timeout takes a whole number of milliseconds from 1 to ${TIMEOUT_MAX}, not '${given}'`);
}

function isOneOf<const T extends string>(known: readonly T[], given: string | undefined): given is T {
  return (known as readonly (string | undefined)[]).includes(given);
}

const TRANSPORTS = ['ipc', 'tcp', 'ipc-or-tcp'] as const;
const TIMEOUT_MAX = 3_600_000;
/** How many words each method takes. */
const WORDS: Readonly<Record<string, number>> = {
  'item.put': 2,
  'item.get': 1,
  'item.list': 0,
  'item.remove': 1,
  health: 0,
  status: 0,
};
