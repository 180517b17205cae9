/**
 * Our end of a connection: a socket of this library behind the `End` interface that the libzmq peers have too, with a
 * record of its events. Made by the rig for each case. Unlike the public classes it does not hide the verbs a socket
 * type lacks; no case calls one.
 */
import { bytesOf, type Frame } from '../support/peers/body.js';
import { DEADLINE, until, within } from '../support/peers/deadline.js';
import { type End, type EndOptions, type SocketType, subscriptionFrame } from '../support/peers/end.js';
import * as zmq from './ours.js';

export class OurSocket implements End {
  readonly type: SocketType;
  readonly #socket: AnySocket;
  readonly #seen = new Map<string, number>();

  constructor(type: SocketType, options: EndOptions = {}) {
    this.type = type;
    this.#socket = new classes[type]({ linger: 0, ...options });
    for (const event of watched) this.#socket.events.on(event, () => this.#seen.set(event, this.count(event) + 1));
  }

  /** How often an event has been seen so far. */
  count(...events: WatchedEvent[]): number {
    return events.reduce((sum, event) => sum + (this.#seen.get(event) ?? 0), 0);
  }

  /** Until an event has been seen, in all, a number of times. */
  async happened(event: WatchedEvent, times = 1): Promise<void> {
    const what = () => `${event} × ${times} on our ${this.type}; seen: ${JSON.stringify([...this.#seen])}`;
    await until(() => this.count(event) >= times, what());
  }

  /** Until the connection has failed or ended, in whatever way the event names it. */
  async lost(): Promise<void> {
    await until(() => this.count(...lossEvents) > 0, `any of ${lossEvents.join(', ')} on our ${this.type}`);
  }

  async bind(endpoint: string): Promise<string> {
    await within(this.#socket.bind(endpoint), `bind of our ${this.type} to ${endpoint}`);
    return this.#socket.lastEndpoint!;
  }

  async connect(endpoint: string, routingId?: string): Promise<void> {
    if (routingId === undefined) this.#socket.connect(endpoint);
    else this.#socket.connect(endpoint, { routingId });
  }

  async send(frames: readonly Frame[]): Promise<void> {
    await within(this.#socket.send(frames.map(bytesOf)), `send on our ${this.type}`);
  }

  async receive(): Promise<Buffer[]> {
    return within(this.#socket.receive(), `receive on our ${this.type}`);
  }

  /** Through the asynchronous iterator, the way most programs read. */
  async receiveAll(count: number): Promise<Buffer[][]> {
    const messages: Buffer[][] = [];
    const read = async () => {
      for await (const message of this.#socket) {
        messages.push(message);
        if (messages.length === count) return;
      }
    };
    await within(read(), `${count} messages on our ${this.type}`, 2 * DEADLINE);
    return messages;
  }

  async subscribe(topic: string): Promise<void> {
    if (this.type === 'XSUB') await this.send([subscriptionFrame(topic, true)]);
    else this.#socket.subscribe(topic);
  }

  async unsubscribe(topic: string): Promise<void> {
    if (this.type === 'XSUB') await this.send([subscriptionFrame(topic, false)]);
    else this.#socket.unsubscribe(topic);
  }

  async close(): Promise<void> {
    this.#socket.close();
  }
}

interface AnySocket extends AsyncIterable<Buffer[]> {
  readonly lastEndpoint: string | null;
  readonly events: { on(event: string, listener: () => void): void };
  bind(endpoint: string): Promise<void>;
  connect(endpoint: string, options?: { routingId: string }): void;
  send(message: Buffer[]): Promise<void>;
  receive(): Promise<Buffer[]>;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  close(): void;
}

const classes = {
  PAIR: zmq.Pair,
  PUB: zmq.Publisher,
  SUB: zmq.Subscriber,
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PULL: zmq.Pull,
  PUSH: zmq.Push,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
} as unknown as Record<SocketType, new (options: EndOptions) => AnySocket>;

const lossEvents = [
  'disconnect',
  'close',
  'handshake:error:protocol',
  'handshake:error:auth',
  'handshake:error:other',
] as const;
const watched = ['accept', 'connect', 'handshake', ...lossEvents] as const;
type WatchedEvent = (typeof watched)[number];
