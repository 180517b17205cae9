// Whole sockets: a bad peer dials a bound socket in memory and says what an input says; a good peer dials the same socket, beside the bad one
// or after it, and must be served. Time is virtual, so nothing that waits can hide behind a deadline.

import { Context } from '../../src/index.js';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { type AnySocket, classes } from '../support/classes.js';
import { PEER } from '../support/connections.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { MemoryNetwork } from '../support/memory-transport.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { Finding } from './finding.js';
import { Grammar } from './grammar.js';
import type { Input } from './input.js';
import { Mutator } from './mutate.js';
import { Random } from './random.js';
import { targetNamed } from './targets.js';

export interface Siege {
  inputs: number;
  found: { readonly finding: Finding; readonly input: Input } | undefined;
}

/** What takes its turn on one socket before it is closed. */
const VISITORS = 40;
/** A word that no input contains. */
const HELLO = 'a good peer was here';
const CONTEXT = 'good peer';

type Open = (socketType: SocketType, options: object) => AnySocket;

const opened: Open = (socketType, options) => {
  const row = classes.find(({ wireName }) => wireName === socketType)!;
  return new row.create(options);
};

/**
 * @param inputs bad peers, each followed by a good one
 * @param open makes the socket; another than this library's, to show that its faults are found
 */
export async function besiege(
  inputs: number,
  seed: number,
  time = Number.POSITIVE_INFINITY,
  open = opened,
): Promise<Siege> {
  const end = performance.now() + time;
  const random = new Random(seed);
  const grammar = new Grammar(random);
  const mutator = new Mutator(random, grammar);
  const escaped = watchForEscapes();
  const siege: Siege = { inputs: 0, found: undefined };
  let fort: Fort | undefined;
  try {
    while (siege.inputs < inputs && siege.found === undefined && performance.now() < end) {
      const input = mutator.mutated(grammar.input(targetNamed('null')), grammar.input(targetNamed('null')));
      if (fort === undefined || fort.visitors >= VISITORS) {
        fort?.close();
        fort = await Fort.built(input.socketType, open);
      }
      siege.inputs++;
      const visit = { ...input, socketType: fort.socketType };
      const finding = (await findingOf(fort, visit)) ?? escaped.take();
      if (finding !== undefined) siege.found = { finding, input: visit };
    }
  } finally {
    fort?.close();
    escaped.stop();
  }
  return siege;
}

async function findingOf(fort: Fort, input: Input): Promise<Finding | undefined> {
  try {
    await fort.visited(input);
    return undefined;
  } catch (error) {
    return error instanceof Finding ? error : new Finding('escape', 'out of a socket', error);
  }
}

/** A bound socket, alone in its world. */
class Fort {
  readonly socketType: SocketType;
  visitors = 0;
  readonly #socket: AnySocket;
  readonly #network: MemoryNetwork;

  private constructor(socketType: SocketType, socket: AnySocket, network: MemoryNetwork) {
    this.socketType = socketType;
    this.#socket = socket;
    this.#network = network;
  }

  static async built(socketType: SocketType, open: Open): Promise<Fort> {
    const network = new MemoryNetwork();
    const context = Context.over({ clock: new VirtualClock(), random: () => 0, transports: [network.transport] });
    const socket = open(socketType, { context, linger: 0 });
    if (socketType === 'SUB') socket.subscribe();
    await socket.bind('mem://fort');
    return new Fort(socketType, socket, network);
  }

  close(): void {
    this.#socket.close();
  }

  async visited(input: Input): Promise<void> {
    this.visitors++;
    const bad = new MemoryPeer(this.#network.dial('fort'));
    bad.stream.wire.pieces = input.cuts;
    bad.write(...input.pieces.filter((piece) => Buffer.isBuffer(piece)));
    await settle();
    // A PAIR has one seat, and whoever has it has it.
    if (this.socketType === 'PAIR' || input.deeds.length > 0) bad.stream.reset();
    await this.#serve();
    bad.stream.reset();
    await settle();
  }

  async #serve(): Promise<void> {
    const good = new MemoryPeer(this.#network.dial('fort'));
    good.introduce(PEER[this.socketType]);
    await settle();
    if (this.socketType === 'REP') good.say('', HELLO);
    else good.say(HELLO);
    good.write(wire.ping(0, CONTEXT));
    await settle();
    if (!good.heard().includes(`PONG ${CONTEXT}`)) throw new Finding('good peer', `no PONG from ${this.socketType}`);
    await this.#deliver();
    good.stream.reset();
  }

  /** Everything that waits, up to the good peer's word. */
  async #deliver(): Promise<void> {
    const socket = this.#socket;
    if (['PUB', 'PUSH', 'REQ'].includes(this.socketType)) return;
    for (let message = socket.tryReceive(); ; message = socket.tryReceive()) {
      if (message === undefined) throw new Finding('good peer', `its message did not come out of ${this.socketType}`);
      if (this.socketType === 'REP') await socket.send('yes');
      if (String(message.at(-1)) === HELLO) return;
    }
  }
}

/** Errors that nobody caught are findings, too. */
function watchForEscapes(): { take(): Finding | undefined; stop(): void } {
  const seen: unknown[] = [];
  const note = (error: unknown): void => {
    seen.push(error);
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  return {
    take: () => (seen.length === 0 ? undefined : new Finding('escape', 'nobody caught it', seen.shift())),
    stop: () => {
      process.off('unhandledRejection', note);
      process.off('uncaughtException', note);
    },
  };
}
