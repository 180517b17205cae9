// Asks whether somebody listens at a local address, by connecting and going away again. A listener sees a peer that left
// before its greeting.

import type { NetConnectOpts } from 'node:net';
import { node } from '../util/node-modules.js';

/** Milliseconds; whoever keeps us waiting is there. Windows makes us wait while all instances of a pipe are busy. */
const PATIENCE = 2000;

/** `refused`: there is a socket file and nobody behind it, or a port that nobody has. `absent`: there is nothing at all. */
export type Answer = 'live' | 'refused' | 'absent';

export function probe(address: NetConnectOpts): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = node.net.connect({ ...address, timeout: PATIENCE });
    const answer = (value: Answer): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer('live'));
    socket.once('timeout', () => answer('live'));
    socket.on('error', (error: NodeJS.ErrnoException) => answer(answerOf(error.code)));
  });
}

/** In doubt, live: no permission to ask, a full queue, a socket of another kind. */
function answerOf(code: string | undefined): Answer {
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'live';
}
