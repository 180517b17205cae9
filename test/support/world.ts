// A Context of its own for one test: real sockets over a memory network, under a virtual clock, with chosen randomness.

import { onTestFinished } from 'vitest';
import { Context, type Event, type Socket } from '../../src/index.js';
import type { Transport } from '../../src/transport/transport.js';
import { MemoryPeer } from './memory-peer.js';
import { MemoryNetwork } from './memory-transport.js';
import { VirtualClock } from './virtual-clock.js';

type SocketClass<T, O> = new (options?: O) => T;

export class World {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork();
  /** What the library gets for a random number. */
  random = 0;
  readonly context: Context;

  /** @param around what the network's transport is wrapped in */
  constructor(around: (transport: Transport) => Transport = (transport) => transport) {
    const transports = [around(this.network.transport)];
    this.context = Context.over({ clock: this.clock, random: () => this.random, transports });
  }

  /** A socket of this world; closed at the end of the test, with whatever waits in it dropped. */
  open<T extends Socket, O extends object>(type: SocketClass<T, O>, options?: NoInfer<O>): T {
    const socket = new type({ ...options, context: this.context } as unknown as O);
    onTestFinished(() => {
      if (socket.closed) return;
      Object.assign(socket, { linger: 0 });
      socket.close();
    });
    return socket;
  }

  /** Two sockets joined over `mem://<name>`, the second bound, their handshake done. */
  async join(dialling: Socket, bound: Socket, name = 'a'): Promise<void> {
    await bound.bind(`mem://${name}`);
    dialling.connect(`mem://${name}`);
    await this.clock.advance(0);
  }

  /** A hand-made peer connected to what a socket has bound. */
  async peer(name: string, type: string, identity?: string | Buffer): Promise<MemoryPeer> {
    const peer = new MemoryPeer(this.network.dial(name));
    peer.introduce(type, identity);
    await this.clock.advance(0);
    return peer;
  }

  /** Takes connections to `mem://<name>` as hand-made peers, which introduce themselves when `type` is given. */
  serve(name: string, type?: string): MemoryPeer[] {
    const peers: MemoryPeer[] = [];
    this.network.listen(name, (stream) => {
      const peer = new MemoryPeer(stream);
      if (type !== undefined) peer.introduce(type);
      peers.push(peer);
    });
    return peers;
  }
}

/** Every event of the socket from now on, as text: `type` and what goes with it. */
export function eventsOf(socket: Socket): string[] {
  const log: string[] = [];
  const note = async (): Promise<void> => {
    for await (const event of socket.events) log.push(pictured(event));
  };
  void note();
  return log;
}

function pictured(event: Event): string {
  const { type, address, interval, error } = event as {
    type: string;
    address?: string;
    interval?: number;
    error?: Error;
  };
  const code = (error as { code?: string } | undefined)?.code ?? error?.message;
  return [type, address, interval, code].filter((part) => part !== undefined).join(' ');
}

/** A bound socket and one hand-made peer. */
export async function served<T extends Socket>(
  world: World,
  socket: T,
  type: string,
): Promise<{ socket: T; peer: MemoryPeer }> {
  await socket.bind('mem://a');
  return { socket, peer: await world.peer('a', type) };
}
