// A world of one schedule: sockets of the library, and hand-made peers, over a memory network under a virtual clock. A link
// can be stalled: it then takes one message more, and says that it is full (its capacity is one byte).

import type { Socket } from '../../../src/index.js';
import type { MemoryPeer } from '../../support/memory-peer.js';
import { settle } from '../../support/virtual-clock.js';
import { World } from '../../support/world.js';

type SocketClass<T, O> = new (options?: O) => T;

export class Stage extends World {
  readonly #sockets: Socket[] = [];

  constructor() {
    super();
    this.network.wire.capacity = 1;
  }

  /** As `open`, for the length of a schedule. */
  override open<T extends Socket, O extends object>(type: SocketClass<T, O>, options?: NoInfer<O>): T {
    const socket = new type({ ...options, context: this.context } as unknown as O);
    this.#sockets.push(socket);
    return socket;
  }

  /** Until everything that can happen without time passing has happened. */
  settle(): Promise<void> {
    return settle();
  }

  /** Closes what is open; what waits is dropped. */
  end(): void {
    for (const socket of this.#sockets) {
      if (socket.closed) continue;
      Object.assign(socket, { linger: 0 });
      socket.close();
    }
    for (const link of this.network.links) if (!link.over) link.reset();
  }
}

/** What the library sends to the peer stands still, but for one message. */
export function stall(peer: MemoryPeer): void {
  peer.stream.other.stall();
}

export function flow(peer: MemoryPeer): void {
  peer.stream.other.flow();
}

/** What has become of a promise. */
export class Outcome {
  state: 'waiting' | 'done' | string = 'waiting';

  constructor(promise: Promise<unknown>) {
    promise.then(
      () => {
        this.state = 'done';
      },
      (error: Error & { code?: string }) => {
        this.state = error.code ?? String(error);
      },
    );
  }
}

/** Leaves out what `trySend` and the like throw, but for its code. */
export function codeOf<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
