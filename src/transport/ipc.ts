// ipc:// (libzmq's zmq_ipc): sockets of this machine by a path. A named pipe on Windows, a Unix socket elsewhere.

import { malformed } from './address.js';
import { pipeTarget } from './named-pipe.js';
import { pipeOf } from './pipe-name.js';
import type { Target, Transport } from './transport.js';
import { unixAddress, unixTarget } from './unix-socket.js';

const WINDOWS = process.platform === 'win32';

/**
 * What Node connects to for what stands behind `ipc://`.
 * @throws EINVAL, ENAMETOOLONG
 */
export function ipcAddress(path: string, endpoint: string): string {
  return WINDOWS ? pipeOf(path, endpoint) : unixAddress(path, endpoint);
}

export const ipc: Transport = {
  scheme: 'ipc',
  target(path, role): Target {
    const endpoint = `ipc://${path}`;
    if (path === '*' && role === 'connect') throw malformed(endpoint, 'it can only be bound');
    return WINDOWS ? pipeTarget(path, endpoint) : unixTarget(path, endpoint);
  },
};
