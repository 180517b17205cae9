// ipc:// on Windows: named pipes. Every ipc:// path has its pipe (pipe-name.ts); `*` is one that nobody can guess.
//
// A name belongs to whoever listens on it first, and is free again when the last connection made through it has ended. Who
// may connect, and what a client should know of the one it connects to: spec-notes/ipc.md.

import { explainedError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { malformed } from './address.js';
import { probeSync } from './ask-sync.js';
import { connectTo, inUse, listenAt, listenAtNow } from './local-stream.js';
import { pipeOf } from './pipe-name.js';
import { probe } from './probe.js';
import type { ConnectDone, ListenHandler, Listening, Target, TransportOptions } from './transport.js';

/** @throws EINVAL, ENAMETOOLONG */
export function pipeTarget(path: string, endpoint: string): Target {
  if (path.startsWith('@')) throw malformed(endpoint, 'abstract names exist on Linux only; use a path');
  const pipe = path === '*' ? undefined : pipeOf(path, endpoint);
  if (pipe === undefined) {
    return {
      listen: listenAnywhere,
      listenSync: (options, handler) => {
        const any = `ipc://zmtp-${node.crypto.randomUUID()}`;
        return listenSync(pipeOf(any.slice('ipc://'.length), any), any, options, handler);
      },
      connect: () => {
        throw malformed(endpoint, 'it was parsed for bind');
      },
    };
  }
  return {
    listen: (options, handler) => listen(pipe, endpoint, options, handler),
    listenSync: (options, handler) => listenSync(pipe, endpoint, options, handler),
    connect: (_options, done) => startConnect(pipe, endpoint, done),
  };
}

function listenAnywhere(options: TransportOptions, handler: ListenHandler): Promise<Listening> {
  const endpoint = `ipc://zmtp-${node.crypto.randomUUID()}`;
  return listen(pipeOf(endpoint.slice('ipc://'.length), endpoint), endpoint, options, handler);
}

/**
 * Windows gives the first instance of a name to one process only (FILE_FLAG_FIRST_PIPE_INSTANCE). Asking first makes it
 * so where a system does not hold to that, and waits a little for the last connections of an earlier listener.
 */
async function listen(
  pipe: string,
  endpoint: string,
  options: TransportOptions,
  handler: ListenHandler,
): Promise<Listening> {
  if (await isTaken(pipe)) {
    throw inUse(endpoint, `somebody listens on the pipe ${quoted(pipe)}`);
  }
  return listenAt(pipe, endpoint, options, handler);
}

/** As `listen`, done when it returns. */
function listenSync(pipe: string, endpoint: string, options: TransportOptions, handler: ListenHandler): Listening {
  const ask = (): boolean => probeSync(pipe) !== 'absent';
  if (ask() && ask()) throw inUse(endpoint, `somebody listens on the pipe ${quoted(pipe)}`);
  return listenAtNow(pipe, endpoint, options, handler);
}

/** Asked twice: the first question may have waited for the end of the last connection, and then failed in an odd way. */
async function isTaken(pipe: string): Promise<boolean> {
  const ask = async (): Promise<boolean> => (await probe({ path: pipe })) !== 'absent';
  return (await ask()) && (await ask());
}

function startConnect(pipe: string, endpoint: string, done: ConnectDone): () => void {
  return connectTo(pipe, (error, stream) => {
    done(error?.code === 'ENOENT' ? nobodyThere(pipe, endpoint) : error, stream);
  });
}

/** A native libzmq has no named pipes, and nothing else would tell its user. */
function nobodyThere(pipe: string, endpoint: string): Error {
  const remedy =
    'a native libzmq has no ipc:// for Windows programs: bind it to tcp://127.0.0.1:* and connect to its lastEndpoint';
  return explainedError('ENOENT', `nobody listens on the pipe ${quoted(pipe)}; ${remedy}`, endpoint);
}
