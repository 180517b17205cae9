/**
 * A tcp link that can go silent: it forwards octets between whoever connects and a target, until it is told to swallow
 * what one side says. Both connections stay open meanwhile, as when a cable is cut, so only heartbeats can tell. A side
 * that gives up and closes is seen, and its closing is passed on to the other.
 */
import { once } from 'node:events';
import net from 'node:net';
import { until } from './deadline.js';

/** The side that connected to the relay, and the one that the relay connected to. */
export type Side = 'caller' | 'target';

export class Relay {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #silent = new Set<Side>();
  readonly #pinging = new Set<Side>();
  readonly #closedFirst: Side[] = [];

  static async start(target: string): Promise<Relay> {
    const relay = new Relay(new URL(target));
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(target: URL) {
    this.#server = net.createServer((caller) => {
      const onward = net.connect(Number(target.port), target.hostname);
      this.#forward('caller', caller, onward);
      this.#forward('target', onward, caller);
    });
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  /** Until a PING of this side has passed, and with it the TTL that the side announces. */
  async pingedBy(side: Side): Promise<void> {
    await until(() => this.#pinging.has(side), `PING of the ${side}`);
  }

  /** From now on nothing that this side says arrives. */
  silence(side: Side): void {
    this.#silent.add(side);
  }

  restore(): void {
    this.#silent.clear();
  }

  /** Until this side has closed a connection of its own accord. */
  async closedBy(side: Side): Promise<void> {
    await until(() => this.#closedFirst.includes(side), `close by the ${side} of a silent link`);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #forward(side: Side, from: net.Socket, to: net.Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      if (this.#silent.has(side)) return;
      if (chunk.includes('\x04PING')) this.#pinging.add(side);
      to.write(chunk);
    });
    from.on('error', () => {}); // a reset counts as a close, which follows
    from.on('close', () => {
      this.#sockets.delete(from);
      if (to.destroyed) return;
      this.#closedFirst.push(side);
      to.destroy();
    });
  }
}
