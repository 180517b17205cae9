// The peers of `hostile` that mean harm, or cannot help it: bytes by hand (test/support/wire.ts) on bare node:net sockets. Each comes
// back a moment after it was thrown out.

import { randomBytes } from 'node:crypto';
import * as net from 'node:net';
import * as wire from '../../support/wire.js';
import type { Part, Role, Values } from '../actor.js';
import { pause } from '../health.js';

/** ms between two things that a peer does, and before it comes again. */
const PACE = 10;

interface Kind {
  /** Which of the service's sockets: REP, PULL, PUB. */
  readonly at: 0 | 1 | 2;
  readonly as?: string;
  /** Said once, in place of a handshake where `as` is absent. */
  readonly first?: () => Buffer;
  /** Said again and again, as fast as it is taken. */
  readonly again?: () => Buffer;
  /** Bytes that it reads at a time; without, it reads nothing. */
  readonly reads?: number;
}

const many = (count: number, one: () => Buffer): Buffer => Buffer.concat(Array.from({ length: count }, one));

const KINDS: Readonly<Record<string, Kind>> = {
  'slow reader': { at: 2, as: 'SUB', first: () => wire.subscribe(), reads: 1 },
  'deaf asker': { at: 0, as: 'DEALER', again: () => many(20, () => wire.message('', randomBytes(200))) },
  silent: { at: 0 },
  'half a greeting': { at: 1, first: () => wire.greeting().subarray(0, 30) },
  'greeting a byte at a time': { at: 2, again: () => Buffer.from([0xff]) },
  garbage: { at: 0, first: () => randomBytes(5000) },
  'garbage later': { at: 1, as: 'PUSH', first: () => randomBytes(5000) },
  'oversized header': { at: 1, as: 'PUSH', first: () => wire.longFrame(0, '', 2n ** 62n) },
  'ping flood': { at: 0, as: 'REQ', again: () => many(100, () => wire.ping(0, 'flood')) },
  'part flood': { at: 1, as: 'PUSH', again: () => many(1000, () => wire.frame(wire.MORE, '')) },
  'subscribe flood': { at: 2, as: 'SUB', again: () => many(200, () => wire.subscribe(randomBytes(16))) },
  'message flood': { at: 1, as: 'PUSH', again: () => many(1000, () => wire.message('bad')) },
};

async function hostiles({ args, stopped, tell }: Part): Promise<Values> {
  const { endpoints } = args as { endpoints: string[] };
  const over = new AbortController();
  let connections = 0;
  let bytes = 0;
  const visit = async (kind: Kind): Promise<void> => {
    while (!over.signal.aborted) {
      connections++;
      bytes += await oneVisit(kind, endpoints[kind.at]!, over.signal);
      await pause(PACE);
    }
  };
  const visits = Object.values(KINDS).map(visit);
  tell({ begun: true });
  await stopped;
  over.abort();
  await Promise.all(visits);
  return { kinds: visits.length, connections, bytes };
}

/** Until it is thrown out, or all is over. Returns the bytes sent. */
async function oneVisit(kind: Kind, endpoint: string, over: AbortSignal): Promise<number> {
  const { hostname, port } = new URL(endpoint);
  const socket = net.connect(Number(port), hostname);
  socket.pause();
  let closed = false;
  socket.on('error', () => {}); // a reset is a close
  socket.on('close', () => {
    closed = true;
  });
  if (kind.as !== undefined) socket.write(Buffer.concat([wire.greeting(), wire.ready(kind.as)]));
  if (kind.first !== undefined) socket.write(kind.first());
  // Who does not read does not see the end either: a write tells, or this does.
  for (let turns = 0; !closed && !over.aborted && turns < 3000 / PACE; turns++) {
    if (kind.again !== undefined && socket.writableLength === 0) socket.write(kind.again());
    if (kind.reads !== undefined) socket.read(kind.reads);
    await pause(PACE);
  }
  socket.destroy();
  return socket.bytesWritten;
}

export const hostileRoles: Readonly<Record<string, Role>> = { hostiles };
