/**
 * The gate: a process that binds REP for commands and PUB for events, writes its session file, and serves its clients
 * until each has said `end`. A client's numbered requests drive its stream: each is answered by an echo under the
 * gate's own seal, and publishes the next share of the client's events. Started by main.ts, with either library.
 */

import { join } from 'node:path';
import { alter, published, spoilt } from './fault.js';
import { Ledger } from './ledger.js';
import { type Library, loadLibrary, timedOut } from './library.js';
import { runRole, type Score, type Settings, tell } from './role.js';
import { type Endpoints, type Session, type Transport, writeSession } from './session.js';
import { type Opened, open, payloadOf, seal } from './wire.js';

class Gate {
  private readonly settings: Settings;
  private readonly score: Score;
  private readonly commands: InstanceType<Library['Reply']>;
  private readonly events: InstanceType<Library['Publisher']>;
  private readonly ledgers: Map<string, Ledger>;
  private readonly present: Set<string>;

  constructor(library: Library, settings: Settings, score: Score) {
    this.settings = settings;
    this.score = score;
    const { deadline, clients, requests } = settings;
    this.commands = new library.Reply({ receiveTimeout: deadline + START_UP, sendTimeout: deadline, linger: deadline });
    // At its high-water mark a PUB drops, as it should. Here every loss is to be a defect: so there is no mark.
    this.events = new library.Publisher({ sendHighWaterMark: 0, linger: deadline });
    this.ledgers = new Map(clients.map((client) => [client, new Ledger(`request of ${client}`, requests)]));
    this.present = new Set(clients);
  }

  /** Port and path are the operating system's to choose: what counts is the endpoint that is read back. */
  async bind(): Promise<Session> {
    const endpoints: Partial<Record<Transport, Endpoints>> = {};
    for (const transport of this.settings.transports) {
      await this.commands.bind(this.address(transport, 'commands'));
      await this.events.bind(this.address(transport, 'events'));
      endpoints[transport] = { commands: this.commands.lastEndpoint!, events: this.events.lastEndpoint! };
    }
    return { pid: process.pid, endpoints };
  }

  async serve(): Promise<void> {
    while (this.present.size > 0) {
      const command = open(await this.nextCommand());
      if (!this.present.has(command.client)) throw new Error(`a command of an unknown client '${command.client}'`);
      await this.obey(command);
    }
    this.score.complete = true;
    this.score.end();
    for (const ledger of this.ledgers.values()) this.score.errors.push(...ledger.errors());
  }

  close(): void {
    this.commands.close();
    this.events.close();
  }

  private address(transport: Transport, name: string): string {
    const { folder, gate } = this.settings;
    return transport === 'tcp' ? 'tcp://127.0.0.1:*' : `ipc://${join(folder, `${gate}.${name}`)}`;
  }

  private async nextCommand(): Promise<Buffer[]> {
    try {
      return await this.commands.receive();
    } catch (error) {
      if (!timedOut(error)) throw error;
      throw new Error(
        `waited ${this.settings.deadline + START_UP} ms for a command of ${[...this.present].join(', ')}`,
      );
    }
  }

  private async obey(command: Opened): Promise<void> {
    const { client, verb, number } = command;
    if (verb === 'request') {
      await this.request(command);
    } else if (verb === 'sync') {
      // Published again and again until the client has got one: then its subscription is known to be in force.
      await this.events.send(seal(client, 'ready', number));
      await this.commands.send(seal(client, 'reply', number));
    } else {
      await this.events.send(seal(client, 'end', number));
      await this.commands.send(seal(client, 'reply', number));
      this.present.delete(client);
    }
  }

  private async request({ client, number, payload, intact }: Opened): Promise<void> {
    const { fault, requests } = this.settings;
    this.score.begin();
    this.score.requests++;
    this.ledgers.get(client)!.take(number, intact);
    const spoil = number === spoilt(requests);
    if (spoil && fault === 'crash') process.exit(70);
    if (spoil && fault === 'stall') await new Promise(() => {});
    await this.publishShare(client, number);
    const reply = seal(client, 'reply', number, payload);
    await this.commands.send(spoil && fault === 'alter-reply' ? alter(reply) : reply);
    this.score.replies++;
  }

  /** The events between this request and the one before: all of them are spread evenly over all requests. */
  private async publishShare(client: string, request: number): Promise<void> {
    const { fault, requests, events } = this.settings;
    const last = Math.floor((events * request) / requests);
    for (let number = Math.floor((events * (request - 1)) / requests) + 1; number <= last; number++) {
      this.score.events++;
      for (const event of published(fault, number, events, (n) => seal(client, 'event', n, payloadOf(n)))) {
        await this.events.send(event);
      }
    }
  }
}

/** A gate's clients have to start, and load a library, before the first message can come. */
const START_UP = 20_000;

await runRole(async (settings, score) => {
  const gate = new Gate(await loadLibrary(settings.library), settings, score);
  try {
    const session = await gate.bind();
    await writeSession(settings.folder, settings.gate, session);
    const bound = Object.values(session.endpoints).flatMap((pair) => [pair.commands, pair.events]);
    tell({ type: 'ready', text: `bound ${bound.join(' and ')}` });
    await gate.serve();
  } finally {
    gate.close();
  }
});
