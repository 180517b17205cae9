/**
 * The two sockets and the session file of a gate: REP for commands, XPUB (a PUB that sees its subscriptions) for events.
 * What the commands do is for gate.ts and extension.ts to say. No message, whoever sends it, ends a service.
 *
 * The session file is there exactly as long as the service can be reached: written after bind, removed before close.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BindLocalOptions,
  bindLocal,
  findSession,
  type OwnSession,
  Reply,
  type Session,
  writeSession,
  XPublisher,
  type ZmqError,
} from '../../src/index.js';
import { Exit, eventsName, Failure } from './program.js';
import type { GateSecurity } from './secure.js';
import { COMMAND_MAX, decodeCommand, encodeEvent, encodeReply, Refusal, type Status, WELCOME } from './wire.js';

export type Transport = NonNullable<BindLocalOptions['transport']>;

export interface Handler {
  /** What its words mean, for the error when there are more or less. */
  readonly takes: readonly string[];
  /** Ends before the next command comes. @returns the value of the reply @throws Refusal */
  run(...words: string[]): unknown;
}

export class Service {
  readonly name: string;
  readonly #handlers: Map<string, Handler>;
  readonly #describe: () => object;
  readonly #commands: Reply;
  readonly #events: XPublisher;
  readonly #token = randomBytes(32).toString('base64url');
  #session: OwnSession | undefined;
  #published = 0;
  #stopping = false;

  /**
   * @param handlers of every command but `ping`, `status` and `stop`, which all services have
   * @param describe what `status` says beyond what it always says
   * @param security who may come in: see secure.ts
   */
  constructor(name: string, handlers: Record<string, Handler>, describe: () => object, security: GateSecurity = {}) {
    this.name = name;
    const options = { maxMessageSize: COMMAND_MAX, linger: LINGER, ...security };
    this.#commands = new Reply(options);
    this.#events = new XPublisher({ ...options, verbosity: 'allSubs' });
    this.#describe = describe;
    this.#handlers = new Map(Object.entries(handlers));
    this.#handlers.set('ping', { takes: [], run: () => 'pong' });
    this.#handlers.set('status', { takes: [], run: () => this.status() });
    this.#handlers.set('stop', { takes: [], run: () => this.#stopSoon() });
  }

  status(): Status {
    const since = new Date(Math.round(performance.timeOrigin)).toISOString();
    return { name: this.name, pid: process.pid, since, events: this.#published, ...this.#describe() };
  }

  /** Binds, then says where. @throws what bind and the folder say; EADDRINUSE when the name is taken */
  async open(folder: string, transport: Transport): Promise<Session> {
    try {
      const commands = await bindLocal(this.#commands, this.name, folder, { transport });
      const events = await bindLocal(this.#events, eventsName(this.name), folder, { transport });
      const content = { endpoints: { commands, events }, properties: { token: this.#token } };
      this.#session = await writeSession(folder, this.name, content);
    } catch (error) {
      this.close();
      throw error;
    }
    process.once('exit', this.#session.remove); // After an error that nobody caught.
    return this.#session;
  }

  /** Until the service is closed, by its command `stop` or otherwise. */
  async run(): Promise<void> {
    await Promise.all([this.#serve(), this.#welcome()]).finally(() => this.close());
  }

  /** A PUB never waits: who reads too slowly misses events, and nobody else does. */
  publish(topic: string, data: Record<string, unknown>): void {
    if (this.#events.closed) return;
    void this.#events.send(encodeEvent({ topic, number: ++this.#published, data }));
  }

  /** Clients and followers first lose the session, so that nobody finds a gate that does not answer any more. */
  close(): void {
    this.#session?.remove();
    this.#commands.close(); // A reply that is on its way still gets there: `linger`.
    this.#events.close();
  }

  async #serve(): Promise<void> {
    for await (const frames of this.#commands) {
      await this.#commands.send(this.#answer(frames));
      if (!this.#stopping) continue;
      this.publish('gate/stopping', {});
      this.close();
    }
  }

  /** Never throws: a REP that did not reply could not receive again. */
  #answer(frames: readonly Buffer[]): string {
    try {
      const { token, command, words } = decodeCommand(frames);
      if (!timingSafeEqual(digest(token), digest(this.#token))) throw new Refusal('this is not the token of this gate');
      const handler = this.#handlers.get(command);
      if (!handler) throw new Refusal(`a command is one of ${[...this.#handlers.keys()].join(', ')}`);
      const { takes } = handler;
      if (words.length !== takes.length) throw new Refusal(`usage: ${[command, ...takes].join(' ')}`);
      return encodeReply({ value: handler.run(...words) ?? 'ok' });
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error); // A defect of ours, and no reason to end.
      return encodeReply({ error: error instanceof Refusal ? error.message : 'the gate could not do it' });
    }
  }

  /** Tells new followers, and those that are back, who we are. */
  async #welcome(): Promise<void> {
    for await (const [subscription] of this.#events) {
      const topic = subscription!.toString('utf8', 1);
      if (subscription![0] !== SUBSCRIBED || !topic.startsWith(WELCOME)) continue;
      await this.#events.send(encodeEvent({ topic, number: this.#published, data: this.status() }));
    }
  }

  #stopSoon(): string {
    this.#stopping = true;
    return 'stopping';
  }
}

/**
 * Opens a service, or finds out who has its name. One that is about to start has bound and has no session yet; one that
 * is about to end has none any more and is still bound: a little later both are clear.
 * @param make a socket that could not be bound is closed for good, so each attempt has a new service
 */
export async function openService(make: () => Service, folder: string, transport: Transport): Promise<Service> {
  for (const begin = performance.now(); ; await delay(RETRY_INTERVAL)) {
    const service = make();
    try {
      const { pid, endpoints } = await service.open(folder, transport);
      console.log(`${service.name}: pid ${pid}, commands ${endpoints.commands}, events ${endpoints.events}`);
      return service;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      const other = await findSession(folder, service.name);
      if (other !== undefined) throw new Failure(Exit.taken, `${service.name} runs already: pid ${other.pid}`);
      if (performance.now() - begin > PATIENCE) throw new Failure(Exit.taken, (error as ZmqError).detail ?? 'taken');
    }
  }
}

/** @throws TypeError */
export function checkedTransport(given = 'ipc'): Transport {
  const known = TRANSPORTS.find((transport) => transport === given);
  if (known !== undefined) return known;
  throw new TypeError(`--transport takes one of ${TRANSPORTS.join(', ')}, not '${given}'`);
}

/** Of one length, so that comparing tells nothing by the time it takes. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const TRANSPORTS = ['ipc', 'tcp', 'ipc-or-tcp'] as const;
const SUBSCRIBED = 1;
/** What a peer that does not read can delay our end. */
const LINGER = 1000;
const RETRY_INTERVAL = 50;
const PATIENCE = 3000;
