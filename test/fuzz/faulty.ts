// Connections with a fault each, which the fuzzer must find: the proof that it can. Each is this library's but for one thing that real
// implementations have got wrong.

import { Connection, type ConnectionEvents, type ConnectionOptions } from '../../src/protocol/connection.js';
import type { Library } from './delivery.js';
import type { Kind } from './finding.js';

export interface Fault extends Library {
  readonly name: string;
  readonly kind: Kind;
  /** What it does depends on the inputs before. */
  readonly remembers?: true;
}

/** Forgets that a body's announced size is only a promise. */
class Trusting extends Connection {
  override receive(chunk: Buffer, now: number): boolean {
    const announced = (chunk[0]! & 2) !== 0 && chunk.length >= 9 ? chunk.readUInt32BE(5) : 0;
    Buffer.alloc(Math.min(announced, 2 ** 24));
    return super.receive(chunk, now);
  }
}

/** Joins everything that has come so far each time something comes. */
class Joining extends Connection {
  #all: Buffer = Buffer.alloc(0);

  override receive(chunk: Buffer, now: number): boolean {
    this.#all = Buffer.concat([this.#all, chunk]);
    for (let round = 0; round < 8; round++) Buffer.from(this.#all);
    return super.receive(chunk, now);
  }
}

/** Takes a lone octet for nothing, once the handshake is done. */
class Hasty extends Connection {
  override receive(chunk: Buffer, now: number): boolean {
    return this.state === 'traffic' && chunk.length === 1 ? true : super.receive(chunk, now);
  }
}

/** Trips over a topic that it did not expect. */
class Brittle extends Connection {
  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    super(options, {
      ready: (peer) => events.ready(peer),
      zap: (request) => events.zap(request),
      work: () => events.work(),
      message: (parts) => events.message(parts),
      subscription: (topic, add) => {
        if (!add && topic.length > 20) throw new RangeError('index out of range');
        return events.subscription(topic, add);
      },
    });
  }
}

/** Goes on reporting after it was closed. */
class Undead extends Connection {
  readonly #events: ConnectionEvents;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    super(options, events);
    this.#events = events;
  }

  override close(): void {
    const wasOpen = this.state === 'traffic';
    super.close();
    if (wasOpen) Object.defineProperty(this, 'state', { get: () => this.#late() });
  }

  /** As soon as anybody looks. */
  #late(): string {
    this.#events.message([Buffer.from('late')]);
    return 'closed';
  }
}

/** Delivers one part too many. */
class Generous extends Connection {
  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    super(options, {
      ready: (peer) => events.ready(peer),
      zap: (request) => events.zap(request),
      work: () => events.work(),
      subscription: (topic, add) => events.subscription(topic, add),
      message: (parts) => events.message(parts.length === 3 ? [...parts, Buffer.alloc(6)] : parts),
    });
  }
}

const fault = (name: string, kind: Kind, connect: Library['connect']): Fault => ({ name, kind, connect });

/** Spoils the next connection when one was ended for a fault. */
function grudging(): Library['connect'] {
  let grudge = false;
  return (options, events) => {
    const connection = new Connection(options, events);
    const { receive } = connection;
    connection.receive = (chunk, now) => {
      try {
        return grudge && chunk.length > 64 ? true : receive.call(connection, chunk, now);
      } catch (error) {
        grudge = true;
        throw error;
      }
    };
    return connection;
  };
}

export const FAULTS: readonly Fault[] = [
  fault('believes announced sizes', 'memory', (options, events) => new Trusting(options, events)),
  fault('copies all that came with each chunk', 'memory', (options, events) => new Joining(options, events)),
  fault('loses a lone octet', 'split', (options, events) => new Hasty(options, events)),
  fault('lets an error of its own out', 'escape', (options, events) => new Brittle(options, events)),
  fault('reports after it was closed', 'after the end', (options, events) => new Undead(options, events)),
  fault('delivers more than its limit', 'delivered', (options, events) => new Generous(options, events)),
  { ...fault('holds one peer against the next', 'split', grudging()), remembers: true },
];
