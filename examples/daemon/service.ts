/**
 * The service: binds the endpoint of its home, writes its session file, and answers requests until it is asked to end, by
 * a request or a signal. One process has a home: binding the socket and writing the session each succeed for one only.
 */

import { randomBytes } from 'node:crypto';
import { parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bindLocal, findSession, type OwnSession, Reply, writeSession } from '../../src/index.js';
import { Api } from './api.js';
import { alreadyRunning } from './failure.js';
import { prepareHome } from './home.js';
import { API_VERSION, MESSAGE_MAX, NAME } from './protocol.js';
import { type ServiceSecurity, serviceSecurity } from './secure.js';
import { Store } from './store.js';

export type Transport = 'ipc' | 'tcp' | 'ipc-or-tcp';

/** `run`. Resolves after a clean end. @throws Failure when the home has its daemon; what bind and the folder say */
export async function run(folder: string, transport: Transport, secure: boolean): Promise<void> {
  const ending = onSignals();
  const home = prepareHome(folder);
  process.chdir(parse(home).root); // Or else the folder it was started in could not be removed or unmounted.
  const token = randomBytes(32).toString('hex');
  const { socket, session } = await claim(home, transport, token, await serviceSecurity(home, secure));
  const api = new Api(token, storeOf(home, socket, session));
  api.endpoint = session.endpoints.requests as string;
  log(`serves ${home} at ${api.endpoint}`);
  // The session goes first: nobody shall find a daemon that does not answer any more.
  const end = (): void => {
    session.remove();
    socket.close(); // The reply to `stop` may still be on its way: `linger` waits for it.
  };
  process.once('exit', session.remove); // After an error that nobody caught.
  ending.addEventListener('abort', end);
  if (ending.aborted) end();
  await serve(socket, api);
  end();
  log(`ends, asked by ${api.stopping ? 'a request' : ending.reason}, after ${api.requests} requests`);
}

async function serve(socket: Reply, api: Api): Promise<void> {
  for await (const frames of socket) {
    await socket.send(api.answer(frames));
    if (api.stopping) return;
  }
}

interface Claimed {
  readonly socket: Reply;
  readonly session: OwnSession;
}

/**
 * Takes the home, or finds out who has it. A process that is about to start has bound and is not known yet, one that is
 * about to end is not known any more and still has the endpoint: a little later both are clear.
 */
async function claim(home: string, transport: Transport, token: string, security: ServiceSecurity): Promise<Claimed> {
  for (const begin = performance.now(); ; await delay(RETRY_INTERVAL)) {
    const socket = new Reply({ maxMessageSize: MESSAGE_MAX, linger: LINGER, ...security.socket });
    try {
      const requests = await bindLocal(socket, NAME, home, { transport });
      const properties = { apiVersion: String(API_VERSION), token, ...security.properties };
      return { socket, session: await writeSession(home, NAME, { endpoints: { requests }, properties }) };
    } catch (error) {
      socket.close();
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      const other = await findSession(home, NAME);
      if (other !== undefined) throw alreadyRunning(other);
      if (performance.now() - begin > PATIENCE) throw error;
    }
  }
}

/** Read only now that nobody else writes it. */
function storeOf(home: string, socket: Reply, session: OwnSession): Store {
  try {
    return new Store(home);
  } catch (error) {
    session.remove();
    socket.close();
    throw error;
  }
}

/** From now on a signal does not end the process at once. On Windows only Ctrl-C and closing the window arrive here. */
function onSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  return controller.signal;
}

function log(text: string): void {
  console.log(`${new Date().toISOString()} pid ${process.pid} ${text}`);
}

const RETRY_INTERVAL = 50;
const PATIENCE = 3000;
const LINGER = 1000;
