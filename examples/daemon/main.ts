/**
 * A daemon with a control endpoint: `start`, `stop`, `status`, `health`, and requests to what it keeps; one instance for
 * each home folder. The same over a Unix socket, a Windows named pipe and loopback TCP. README.md has a walk-through.
 *
 *   npx tsx examples/daemon/main.ts start
 */

import { askOnce, runningSession } from './client.js';
import { describeSession, Exit, Failure } from './failure.js';
import { type Options, readOptions, USAGE, wantsJson } from './options.js';
import { API_VERSION, ApiError } from './protocol.js';
import { run } from './service.js';
import { start } from './start.js';
import { stop } from './stop.js';

async function obey(options: Options): Promise<void> {
  const { command, home, transport, timeout, force, secure, method, params } = options;
  switch (command) {
    case 'run':
      return run(home, transport, secure);
    case 'start': {
      const who = describeSession(await start(home, transport, timeout, secure));
      return say(options, `started: pid ${who.pid}, at ${who.endpoint}`, { ...who, apiVersion: API_VERSION });
    }
    case 'stop': {
      const stopped = await stop(home, timeout, force);
      const how = stopped.forced ? 'killed' : 'stopped';
      return say(options, `${how}: pid ${stopped.pid}, in ${stopped.took} ms`, stopped);
    }
    case 'status': {
      const session = await runningSession(home);
      const status = await askOnce(home, session, timeout, 'status');
      const { pid, since, endpoint } = describeSession(session);
      const counts = `${status.requests} requests served, ${status.items} items kept`;
      return say(options, `running: pid ${pid}, since ${since}, at ${endpoint}; ${counts}`, { ...status, since });
    }
    case 'health':
    case 'request':
      console.log(JSON.stringify(await askOnce(home, await runningSession(home), timeout, method || 'health', params)));
  }
}

function say({ json }: Options, text: string, value: object): void {
  console.log(json ? JSON.stringify(value) : text);
}

/** One line for people on standard error, or for programs on standard output. */
function fail(error: unknown, args: string[]): void {
  const { exit, code, message, details } = asFailure(error);
  process.exitCode = exit;
  if (wantsJson(args)) console.log(JSON.stringify({ error: { code, message, ...details } }));
  else console.error(exit === Exit.usage ? `${message}\n--help shows what there is` : message);
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { code = 'FAILED', message } = error as NodeJS.ErrnoException;
  return new Failure(error instanceof ApiError ? Exit.refused : Exit.failed, code, message);
}

async function main(args: string[]): Promise<void> {
  try {
    const options = readOptions(args);
    if (options === undefined) console.log(USAGE);
    else await obey(options);
  } catch (error) {
    fail(error, args);
  }
}

await main(process.argv.slice(2));
