// ipc:// over Unix sockets (libzmq's zmq_ipc): a path, or `*` for a fresh one in a private folder.
//
// A socket file left behind by a dead process is taken over, after a connection attempt has shown that nobody answers.

import { existsSync, rmSync } from 'node:fs';
import { lstat, mkdtemp, unlink } from 'node:fs/promises';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { NetStream, WRITE_HIGH_WATER_MARK, whenConnected, whenListening } from './net-stream.js';
import type { ConnectDone, ListenHandler, Listening, Target, Transport, TransportOptions } from './transport.js';

/** Bytes of a path that fit the system's address structure; Node cuts longer ones without a word. */
const PATH_MAX = process.platform === 'darwin' ? 103 : 107;

export const ipc: Transport = {
  scheme: 'ipc',
  target(path, role): Target {
    const endpoint = `ipc://${path}`;
    const wildcard = path === '*';
    if (wildcard && role === 'connect') throw zmqError('EINVAL', `${quoted(endpoint)} can only be bound`, endpoint);
    if (path.startsWith('@'))
      throw zmqError('EINVAL', `${quoted(endpoint)}: abstract names are not supported`, endpoint);
    checkLength(path, endpoint);
    return {
      listen: (options, handler) => (wildcard ? listenAnywhere(options, handler) : listen(path, options, handler)),
      connect: (_options, done) => startConnect(path, done),
    };
  },
};

function checkLength(path: string, endpoint: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= PATH_MAX) return;
  const detail = `the path of ${quoted(endpoint)} has ${bytes} bytes, this system takes ${PATH_MAX}`;
  throw zmqError('ENAMETOOLONG', detail, endpoint);
}

async function listenAnywhere(options: TransportOptions, handler: ListenHandler): Promise<Listening> {
  const folder = await mkdtemp(join(tmpdir(), 'zmtp-'));
  const listening = await listen(join(folder, 'socket'), options, handler);
  return {
    endpoint: listening.endpoint,
    close() {
      listening.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listen(path: string, options: TransportOptions, handler: ListenHandler): Promise<Listening> {
  try {
    return await listenOnce(path, options, handler);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' && !existsSync(dirname(path))) throw noFolder(path);
    if (code !== 'EADDRINUSE' || !(await isStale(path))) throw error;
  }
  await unlink(path);
  return listenOnce(path, options, handler);
}

async function listenOnce(path: string, options: TransportOptions, handler: ListenHandler): Promise<Listening> {
  const endpoint = `ipc://${path}`;
  const server = createServer({ highWaterMark: WRITE_HIGH_WATER_MARK }, (socket) =>
    handler.accepted(new NetStream(socket)),
  );
  await whenListening(server, handler, () => server.listen({ path, backlog: options.backlog }));
  return { endpoint, close: () => server.close() };
}

/** Node reports EACCES for a missing folder, to be the same on every platform; libzmq says what it is. */
function noFolder(path: string): Error {
  return zmqError('ENOENT', `the folder ${quoted(dirname(path))} does not exist`, `ipc://${path}`);
}

/** A socket file that nobody listens on. */
async function isStale(path: string): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined || !info.isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function startConnect(path: string, done: ConnectDone): () => void {
  return whenConnected(connect({ path, highWaterMark: WRITE_HIGH_WATER_MARK } as NetConnectOpts), done);
}
