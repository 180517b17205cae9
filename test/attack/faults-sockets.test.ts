// T1, T2, T6 again with real sockets: a tcp link between two real sockets that cuts all writes into pieces and breaks in every
// state of the protocol, by RST, by FIN, by silence; what the patterns promise holds, and messages pass again.

import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { BadLink, type Break, type Direction } from '../support/bad-link.js';
import type { AnySocket } from '../support/classes.js';
import { dice } from '../support/odd-transport.js';
import { until } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { Duo, type Ground, PAIRINGS } from './duo.js';

failOnUnhandled();

/** In the signature, the version, the mechanism, at the end of the greeting, in READY, behind it, in what follows. */
const MOMENTS = [0, 1, 9, 10, 11, 20, 63, 64, 65, 66, 80, 92, 100, 115, 140, 200, 300];
const WAYS = ['reset', 'end'] as const;

class TcpGround implements Ground {
  readonly address = 'tcp://127.0.0.1:*';
  readonly #seed: number;
  readonly #fault: Break | undefined;
  #link: BadLink | undefined;

  constructor(seed: number, fault: Break | undefined) {
    this.#seed = seed;
    this.#fault = fault;
  }

  open(type: new (options: object) => unknown, options: object): AnySocket {
    // Time is real: only silence is to be told by it.
    const patience = this.#fault?.how === 'silence' ? {} : { handshakeInterval: 10_000, heartbeatInterval: 0 };
    return open(new type({ ...options, ...patience }) as AnySocket);
  }

  async pass(): Promise<void> {
    await delay(3);
  }

  async between(endpoint: string): Promise<string> {
    this.#link = await BadLink.start(endpoint, dice(this.#seed), this.#fault);
    return this.#link.endpoint;
  }

  close(): void {
    this.#link?.close();
  }
}

async function play(name: string, seed: number, fault: Break | undefined): Promise<void> {
  const ground = new TcpGround(seed, fault);
  const duo = new Duo(ground, name);
  await duo.start();
  for (let round = 0; round < 8; round++) {
    await duo.say(2);
    await ground.pass();
  }
  await duo.recover();
  if (fault === undefined && !duo.drops) await until(() => duo.complete, 'all messages');
  duo.check(fault !== undefined);
  duo.end();
  ground.close();
}

// Each play mostly waits: those of one test are on at the same time, each with a link of its own.
describe.each(Object.keys(PAIRINGS))('%s over tcp', (name) => {
  describe.each<Direction>(['caller', 'target'])('the link breaks with the bytes of the %s', (from) => {
    it.each(WAYS)('T1 T2 by %s, in every state', async (how) => {
      await Promise.all(MOMENTS.map((at) => play(name, at, { from, at, how })));
    });

    it('T1 by silence', async () => {
      await Promise.all([0, 64, 110].map((at) => play(name, at, { from, at, how: 'silence' })));
    });
  });

  it('T6 in pieces of any size', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, seed) => play(name, seed, undefined)));
  });
});
