// A TCP port taken at once, for `bindSync`: by `net.BoundSocket` where Node has it (26.4), else by the function that
// `server.listen` itself takes a port with, which all versions until then export.

import type { ListenOptions, Server } from 'node:net';
import { zmqError } from '../errors.js';
import { node } from '../util/node-modules.js';

/** What of Node's `net` is used here, whatever the version. */
export interface Net {
  readonly BoundSocket?: new (options: { host: string; port: number }) => object;
  readonly _createServerHandle?: (host: string, port: number, family: 4 | 6) => object | number;
}

/**
 * Makes `server` listen at an address of this machine before it returns.
 * @param net replaced by tests
 * @throws system errors; ENOTSUP where Node has neither way, and in the workers of a cluster, which share what they take so
 */
export function listenNow(
  server: Server,
  host: string,
  port: number,
  backlog: number,
  net: Net = node.net as Net,
): void {
  if (node.cluster.isWorker) throw noWay('a worker of a cluster cannot bind by itself at once');
  if (net.BoundSocket !== undefined) {
    const handle = new net.BoundSocket({ host, port });
    listenOn(server, () => server.listen({ handle, backlog } as ListenOptions));
  } else if (net._createServerHandle !== undefined) {
    const handle = net._createServerHandle(host, port, node.net.isIPv6(host) ? 6 : 4);
    if (typeof handle === 'number') throw systemFault(node.util.getSystemErrorName(handle), 'bind');
    listenOn(server, () => server.listen(handle, backlog));
  } else throw noWay('this version of Node cannot bind at once');
}

/**
 * `listen` has done its work when it returns, but tells of a failure only later; by then nobody waits for it. The system then
 * refuses for one reason: the address is taken.
 */
export function listenOn(server: Server, listen: () => void): void {
  server.on('error', ignore);
  listen();
  if (!server.listening) throw systemFault('EADDRINUSE', 'listen');
  server.off('error', ignore);
  server.unref();
}

function ignore(): void {}

function noWay(reason: string): Error {
  return zmqError('ENOTSUP', `${reason}: use "await bind()"`);
}

function systemFault(code: string, call: string): Error {
  return Object.assign(new Error(`${call} ${code}`), { code });
}
