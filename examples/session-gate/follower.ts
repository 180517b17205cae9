/**
 * Follows the events of a gate through crash and restart, wherever it comes back. Used by follow.ts and extension.ts.
 *
 * The socket connects again by itself, and says so: each attempt that fails is the moment to look at the session file. A
 * live session says where to go. Without one the endpoint is the derived one, where nobody but a gate of this name can
 * be, and there is nothing to poll: a port that was let go may be somebody else's by now.
 */

import { randomUUID } from 'node:crypto';
import { type EventType, findSession, localEndpoint, Subscriber } from '../../src/index.js';
import { eventsName } from './program.js';
import type { ClientSecurity } from './secure.js';
import { decodeEvent, type GateEvent, type Status, WELCOME } from './wire.js';

export interface Listener {
  /** Connected, for the first time or again. Nothing that is published from now on is missed. */
  welcome(status: Status, endpoint: string): void;
  event(event: GateEvent): void;
  lost(endpoint: string): void;
  /** There is no gate of this name, so far. */
  waiting(): void;
}

export class Follower {
  readonly #name: string;
  readonly #folder: string;
  readonly #listener: Listener;
  /** With heartbeats, for a gate that hangs closes nothing: after so long it counts as lost, too. */
  readonly #socket: Subscriber;
  readonly #welcome = WELCOME + randomUUID();
  #endpoint: string;

  /**
   * @param topic follow only what begins with it
   * @param security who we are, and who the gate has to be: see secure.ts
   */
  constructor(name: string, folder: string, listener: Listener, topic = '', security: ClientSecurity = {}) {
    this.#name = name;
    this.#folder = folder;
    this.#listener = listener;
    this.#endpoint = this.#derived;
    this.#socket = new Subscriber({ heartbeatInterval: HEARTBEAT, ...security });
    this.#socket.subscribe(topic, this.#welcome); // In this order: see wire.ts.
  }

  /** Until it is closed. @throws system errors of the folder */
  async run(): Promise<void> {
    const session = await findSession(this.#folder, this.#name);
    if (this.#socket.closed) return;
    if (session === undefined) this.#listener.waiting();
    this.#endpoint = session?.endpoints.events ?? this.#derived;
    const watching = this.#watch();
    this.#socket.connect(this.#endpoint);
    await Promise.all([watching, this.#read()]).finally(() => this.close());
  }

  close(): void {
    this.#socket.close();
  }

  get #derived(): string {
    return localEndpoint(eventsName(this.#name), this.#folder);
  }

  async #watch(): Promise<void> {
    for await (const event of this.#socket.events) {
      if (event.type === 'disconnect') this.#listener.lost(event.address);
      if (TROUBLE.includes(event.type)) await this.#look();
    }
  }

  /** Goes to where the gate is now. */
  async #look(): Promise<void> {
    const session = await findSession(this.#folder, this.#name);
    const endpoint = session?.endpoints.events ?? this.#derived;
    if (this.#socket.closed || endpoint === this.#endpoint) return;
    this.#socket.disconnect(this.#endpoint);
    this.#socket.connect(endpoint);
    this.#endpoint = endpoint;
  }

  async #read(): Promise<void> {
    for await (const frames of this.#socket) {
      const event = decodeEvent(frames);
      if (event === undefined) continue;
      if (!event.topic.startsWith(WELCOME)) this.#listener.event(event);
      else if (event.topic === this.#welcome) await this.#welcomed(event.data as Status);
    }
  }

  async #welcomed(status: Status): Promise<void> {
    if (status.name === this.#name) this.#listener.welcome(status, this.#endpoint);
    else await this.#look(); // Another gate has got the port of the one that was lost.
  }
}

/** Milliseconds. */
const HEARTBEAT = 5000;
const TROUBLE: readonly EventType[] = ['disconnect', 'connect:retry', 'handshake:error:protocol'];
