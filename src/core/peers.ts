// Who is connected to one socket, what has gone to and fro in all, and who waits for somebody to come.

import { ProtocolError, type Violation } from '../errors.js';
import type { Pattern } from '../patterns/pattern.js';
import { Conditions } from './conditions.js';
import { CHANNELS } from './diagnostics.js';
import type { Life } from './life.js';
import type { Event } from './monitor.js';
import { Peer } from './peer.js';
import type { Pipe } from './pipe.js';
import { NO_TRAFFIC, plus, type SocketStatistics, type Traffic, trafficOf } from './statistics.js';
import type { WaitOptions } from './wait-options.js';

export class Peers {
  readonly socket: WeakRef<object>;
  readonly #pattern: Pattern;
  /** All of the socket's, with or without a peer. */
  readonly #pipes: ReadonlySet<Pipe>;
  readonly #conditions: Conditions<Peer>;
  /** Between `joined` and `left`, in the order in which they came. */
  readonly #here = new Set<Peer>();
  /** Of pipes that are gone. */
  #past: Traffic = NO_TRAFFIC;
  #droppedUnroutable = 0;
  #connects = 0;
  #reconnects = 0;
  #disconnects = 0;
  readonly #violations: Partial<Record<Violation, number>> = {};
  #lastError: Error | null = null;

  constructor(life: Life, pattern: Pattern, pipes: ReadonlySet<Pipe>) {
    this.socket = life.socket;
    this.#pattern = pattern;
    this.#pipes = pipes;
    this.#conditions = new Conditions(life);
    pattern.onSubscribed = () => this.#conditions.check();
    pattern.onUnroutable = (message) => {
      this.#droppedUnroutable++;
      if (!CHANNELS.dropped.hasSubscribers) return;
      CHANNELS.dropped.publish({
        socket: life.socket.deref(),
        peer: undefined,
        message: [...message],
        reason: 'unroutable',
      });
    };
  }

  /** Those connected now, the longest connected first. */
  get list(): Peer[] {
    return [...this.#here].filter((peer) => Peer.pipeOf(peer)?.retired === false);
  }

  get statistics(): SocketStatistics {
    const live = trafficOf(this.#pipes);
    const total = { ...plus(this.#past, live), queuedIn: this.#pattern.incoming.queued, queuedOut: live.queuedOut };
    return {
      ...total,
      droppedUnroutable: this.#droppedUnroutable,
      dropped: total.droppedFull + total.droppedLost + this.#droppedUnroutable,
      connects: this.#connects,
      reconnects: this.#reconnects,
      disconnects: this.#disconnects,
      violations: { ...this.#violations },
      lastError: this.#lastError,
    };
  }

  /** A peer's handshake is done, and the pattern has taken it. */
  joined(peer: Peer, again: boolean): void {
    this.#here.add(peer);
    this.#connects++;
    if (again) this.#reconnects++;
    if (CHANNELS.connected.hasSubscribers) CHANNELS.connected.publish({ socket: this.socket.deref(), peer });
    this.#conditions.check();
  }

  /** The connection of a peer that had joined is over. */
  left(peer: Peer, error: Error | undefined): void {
    this.#here.delete(peer);
    this.#disconnects++;
    peer.gone();
    Peer.failed(peer, error);
    if (CHANNELS.disconnected.hasSubscribers)
      CHANNELS.disconnected.publish({ socket: this.socket.deref(), peer, error });
  }

  /** An event on its way to the observer. */
  note(event: Event): void {
    const { error, address } = event as { error?: Error; address?: string };
    if (error === undefined) return;
    this.#lastError = error;
    // Each connection ends with this one event, whatever others came before.
    if (event.type === 'disconnect' && error instanceof ProtocolError) {
      this.#violations[error.violation] = (this.#violations[error.violation] ?? 0) + 1;
    }
    if (CHANNELS.error.hasSubscribers) CHANNELS.error.publish({ socket: this.socket.deref(), error, address });
  }

  /** A pipe is gone for good: its figures stay. */
  settle(pipe: Pipe): void {
    this.#past = plus(this.#past, pipe);
  }

  /** The newest peer, once there are `count`. */
  waitForPeer(count: number, wait: WaitOptions): Promise<Peer> {
    return this.#conditions.wait(() => {
      if (this.#here.size < count) return undefined;
      const { list } = this;
      return list.length >= count ? list.at(-1) : undefined;
    }, wait);
  }

  /** @param subscriber finds one, or undefined */
  waitForSubscriber(subscriber: () => Peer | undefined, wait: WaitOptions): Promise<Peer> {
    return this.#conditions.wait(subscriber, wait);
  }

  /** Whoever waits does so in vain. */
  close(error: Error): void {
    this.#conditions.close(error);
  }
}
