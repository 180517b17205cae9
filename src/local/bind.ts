// Binds a socket to a derived endpoint, or where ipc:// will not do, to a port of the loopback interface.

import { describe, ZmqError } from '../errors.js';
import { checkedScope, checkName, localEndpoint } from './endpoint.js';
import { makeFolder } from './folder.js';

/** What `bindLocal` needs of a socket. */
export interface Bindable {
  /** As `Socket.bind`. @throws as that, and rejects so */
  bind(endpoint: string): Promise<void>;
  /** As `Socket.lastEndpoint`. */
  readonly lastEndpoint: string | null;
}

/** Options of `bindLocal`. */
export interface BindLocalOptions {
  /**
   * `ipc`, the default: a socket file or a named pipe. `tcp`: `tcp://127.0.0.1` with a free port, for peers that cannot
   * reach ipc://, such as a native libzmq on Windows. `ipc-or-tcp`: tcp where ipc does not work.
   *
   * Any user of the machine can connect to a loopback port: set up the socket's security before, or have clients show a
   * secret that they find in the session file.
   */
  transport?: 'ipc' | 'tcp' | 'ipc-or-tcp';
}

const LOOPBACK = 'tcp://127.0.0.1:*';

/** These say that the program, or another one, has to change something; tcp would only hide it. */
const FINAL = ['EADDRINUSE', 'EBADF', 'EBUSY', 'EINVAL', 'EFAULT'];

/**
 * Binds `socket` to the local endpoint of `name` in `scope`. The folder is made, for this user only, when it is missing.
 * @returns the endpoint to connect to, with the port in it where there is one: what belongs into a session file
 * @throws TypeError as `localEndpoint`; what `bind` rejects with: EADDRINUSE when another process has the endpoint
 */
export async function bindLocal(
  socket: Bindable,
  name: string,
  scope: string,
  options: BindLocalOptions = {},
): Promise<string> {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options are an object with transport, got ${describe(options)}`);
  }
  const { transport = 'ipc' } = options;
  if (!['ipc', 'tcp', 'ipc-or-tcp'].includes(transport)) {
    throw new TypeError(`transport is "ipc", "tcp" or "ipc-or-tcp"; got ${describe(transport)}`);
  }
  checkName(name);
  const folder = checkedScope(scope);
  if (transport === 'tcp') return bind(socket, LOOPBACK);
  try {
    // First, for only what exists has a true name.
    await makeFolder(folder);
    return await bind(socket, localEndpoint(name, folder));
  } catch (error) {
    if (transport === 'ipc' || !(error instanceof ZmqError) || FINAL.includes(error.code)) throw error;
    return bind(socket, LOOPBACK);
  }
}

async function bind(socket: Bindable, endpoint: string): Promise<string> {
  await socket.bind(endpoint);
  return socket.lastEndpoint as string;
}
