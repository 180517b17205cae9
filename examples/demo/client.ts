/**
 * A client of a gate: a process that finds the session file, connects REQ and SUB, makes sure that its subscription is
 * in force, then sends its numbered requests while it follows its events, and judges every message that comes back.
 * Started by main.ts, with either library.
 */

import { alter, spoilt } from './fault.js';
import { Ledger } from './ledger.js';
import { type Library, loadLibrary, timedOut } from './library.js';
import { runRole, type Score, type Settings, tell } from './role.js';
import { findSession } from './session.js';
import { type Opened, open, payloadOf, seal, type Verb } from './wire.js';

class Client {
  private readonly settings: Settings;
  private readonly score: Score;
  private readonly commands: InstanceType<Library['Request']>;
  private readonly events: InstanceType<Library['Subscriber']>;
  private readonly replies: Ledger;
  private readonly followed: Ledger;
  private synchronised = false;

  constructor(library: Library, settings: Settings, score: Score) {
    this.settings = settings;
    this.score = score;
    const { deadline } = settings;
    this.replies = new Ledger('reply', settings.requests);
    this.followed = new Ledger('event', settings.events);
    this.commands = new library.Request({ receiveTimeout: deadline, sendTimeout: deadline, linger: 0 });
    this.events = new library.Subscriber({ receiveTimeout: deadline, receiveHighWaterMark: 0 });
  }

  async connect(): Promise<string> {
    const { folder, gate, name, transports } = this.settings;
    const endpoints = await findSession(folder, gate, transports[0]!);
    this.commands.connect(endpoints.commands);
    this.events.connect(endpoints.events);
    this.events.subscribe(`${name}/`);
    return `connected to ${endpoints.commands} and ${endpoints.events}`;
  }

  /** Both at once, and both to their end: each may have something to say about what went wrong. */
  async run(): Promise<void> {
    const outcomes = await Promise.allSettled([this.ask(), this.follow()]);
    this.score.complete = outcomes[0].status === 'fulfilled';
    this.score.end();
    for (const outcome of outcomes) if (outcome.status === 'rejected') this.score.fail(outcome.reason);
    this.score.errors.push(...this.replies.errors(), ...this.followed.errors());
  }

  close(): void {
    this.commands.close();
    this.events.close();
  }

  private async ask(): Promise<void> {
    await this.synchronise();
    this.score.begin();
    for (let number = 1; number <= this.settings.requests; number++) await this.request(number);
    await this.exchange('end', 0);
  }

  /**
   * A PUB sends nothing to a subscriber it does not know of yet, and nobody can see when that changes. So every `sync`
   * has the gate publish a marker: the first one that arrives is the point from which no event may be missing.
   */
  private async synchronise(): Promise<void> {
    const { deadline } = this.settings;
    const limit = performance.now() + deadline;
    for (let attempt = 1; !this.synchronised; attempt++) {
      if (performance.now() > limit) throw new Error(`waited ${deadline} ms for the subscription to be in force`);
      await this.exchange('sync', attempt);
    }
  }

  private async request(number: number): Promise<void> {
    const payload = payloadOf(number);
    this.score.requests++;
    const reply = await this.exchange('request', number, payload);
    this.score.replies++;
    const mine = reply.client === this.settings.name && reply.verb === 'reply';
    this.replies.take(reply.number, reply.intact && mine && reply.payload.equals(payload));
  }

  private async exchange(verb: Verb, number: number, payload?: Buffer): Promise<Opened> {
    const { name, fault, requests, deadline } = this.settings;
    const message = seal(name, verb, number, payload);
    const spoil = fault === 'alter-request' && verb === 'request' && number === spoilt(requests);
    try {
      await this.commands.send(spoil ? alter(message) : message);
      return open(await this.commands.receive());
    } catch (error) {
      throw timedOut(error) ? new Error(`waited ${deadline} ms for the reply to ${verb} ${number}`) : error;
    }
  }

  private async follow(): Promise<void> {
    try {
      for await (const frames of this.events) {
        const message = open(frames);
        if (message.client !== this.settings.name) throw new Error(`an event for '${message.client}' came here`);
        if (message.verb === 'end') return;
        this.take(message);
      }
    } catch (error) {
      if (!timedOut(error)) throw error;
      throw new Error(`waited ${this.settings.deadline} ms for event ${this.followed.next}`);
    }
  }

  private take({ verb, number, intact }: Opened): void {
    if (verb === 'ready') {
      this.synchronised = true;
      return;
    }
    this.score.events++;
    this.followed.take(number, intact && verb === 'event');
  }
}

await runRole(async (settings, score) => {
  const client = new Client(await loadLibrary(settings.library), settings, score);
  try {
    tell({ type: 'ready', text: await client.connect() });
    await client.run();
  } finally {
    client.close();
  }
});
