// A well-behaved peer of the same kind of socket, right after a bad one: it must get through. A connection stands for itself, so this
// shows that the library keeps nothing between connections; `sockets.ts` shows it for whole sockets.

import { PEER } from '../support/connections.js';
import { deliver, type Library } from './delivery.js';
import { Finding } from './finding.js';
import type { Input, Spoken } from './input.js';
import type { Laboratory } from './laboratory.js';

const turn: Spoken = { say: 'turn', parts: [], edits: [] };
const hello: Spoken = { say: 'message', parts: [Buffer.from('\x02hello'), Buffer.from('there')], edits: [] };
const ping: Spoken = { say: 'ping', parts: [], edits: [] };

/** @throws Finding */
export function goodPeer(library: Library, { target, socketType }: Input, laboratory: Laboratory): void {
  const pieces = [turn, turn, turn, hello, ping];
  const plain = { cuts: [7], answers: [], deeds: [], admit: 'now' } as const;
  const input: Input = { target, socketType, maxMessageSize: Number.MAX_SAFE_INTEGER, pieces, ...plain };
  const { reports, violation, state } = deliver(library, input, 'whole', laboratory);
  const [first, second] = reports.filter((report) => !('asked' in report));
  const came = first !== undefined && 'peer' in first && first.peer.socketType === PEER[socketType];
  const said = second !== undefined && 'parts' in second && second.parts.join() === hello.parts.join();
  if (!came || !said || state !== 'traffic')
    throw new Finding('good peer', `a good peer of ${socketType} got ${violation ?? state}, ${reports.length} reports`);
}
