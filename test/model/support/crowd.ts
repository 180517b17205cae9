// One socket and its many peers, who come to it or are gone to, over links that can stall.

import type { Pull, Push, Socket } from '../../../src/index.js';
import { MemoryPeer } from '../../support/memory-peer.js';
import { settle } from '../../support/virtual-clock.js';
import { type Outcome, Stage } from './stage.js';

export type SocketClass = new (options?: object) => Socket;

export interface Real {
  readonly stage: Stage;
  readonly socket: Socket & Push & Pull;
  readonly peerType: string;
  readonly peers: MemoryPeer[];
  readonly sends: Map<string, Outcome>;
  readonly received: (string[] | undefined)[];
}

export async function open(type: SocketClass, options: object, peerType: string): Promise<Real> {
  const stage = new Stage();
  const socket = stage.open(type, options) as Real['socket'];
  await socket.bind('mem://bound');
  return { stage, socket, peerType, peers: [], sends: new Map(), received: [] };
}

/** One more peer, named by its number: it comes to us, or we go to it. */
export async function join(real: Real, dialled: boolean): Promise<void> {
  const { stage, socket, peerType, peers } = real;
  const name = String(peers.length);
  if (!dialled) {
    peers.push(await stage.peer('bound', peerType, name));
    return;
  }
  const served: MemoryPeer[] = [];
  stage.network.listen(name, (stream) => {
    const peer = new MemoryPeer(stream);
    peer.introduce(peerType, name);
    served.push(peer);
  });
  socket.connect(`mem://${name}`);
  await settle();
  peers.push(served[0]!);
}
