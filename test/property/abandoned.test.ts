// Random schedules of sends and receives that give up, by signal or by time, over a link that stalls and flows: what was
// accepted arrives once and in order, what was refused never, and a receive that gave up has eaten nothing.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { World } from '../support/world.js';

type Step =
  | { do: 'send' | 'receive' | 'batch'; timeout: number }
  | { do: 'trySend' | 'tryReceive' | 'abort' | 'stall' | 'flow' }
  | { do: 'wait'; ms: number };

const timeout = fc.constantFrom(-1, 0, 1, 5, 20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('send', 'receive', 'batch'), timeout }) as fc.Arbitrary<Step>,
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('trySend', 'tryReceive', 'abort', 'stall', 'flow'),
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 0, max: 10 }) }) as fc.Arbitrary<Step>,
  },
);

class Run {
  readonly world = new World();
  push!: Push;
  pull!: Pull;
  #next = 0;
  #giveUp = new AbortController();
  readonly accepted: string[] = [];
  readonly refused: string[] = [];
  /** What each call that receives got, in the order of the calls. */
  readonly calls: string[][] = [];
  readonly #pending: Promise<unknown>[] = [];

  async start(endpoint: string): Promise<void> {
    this.world.network.wire.capacity = 4;
    this.push = this.world.open(Push, { sendHighWaterMark: 2, maxPendingSends: 50 });
    this.pull = this.world.open(Pull, { receiveHighWaterMark: 2, maxPendingReceives: 50 });
    await this.pull.bind(endpoint);
    this.push.connect(endpoint);
    await this.world.clock.advance(0);
  }

  async step(step: Step): Promise<void> {
    const { signal } = this.#giveUp;
    const link = this.world.network.links.at(-1);
    switch (step.do) {
      case 'send':
        this.#send(step.timeout, signal);
        return;
      case 'receive':
        this.#take(this.pull.receive({ timeout: step.timeout, signal }).then((message) => [message]));
        return;
      case 'batch':
        this.#take(this.pull.receiveBatch({ timeout: step.timeout, signal, max: 3 }));
        return;
      case 'trySend': {
        const text = String(this.#next++);
        (this.push.trySend(text) ? this.accepted : this.refused).push(text);
        return;
      }
      case 'tryReceive': {
        const message = this.pull.tryReceive();
        if (message !== undefined) this.calls.push([String(message)]);
        return;
      }
      case 'abort':
        this.#giveUp.abort();
        this.#giveUp = new AbortController();
        return;
      case 'stall':
        link?.stall();
        return;
      case 'flow':
        link?.flow();
        return;
      case 'wait':
        await this.world.clock.advance(step.ms);
    }
  }

  async finish(): Promise<void> {
    this.world.network.links.at(-1)?.flow();
    this.#giveUp.abort();
    await this.world.clock.advance(100);
    await Promise.all(this.#pending);
    for (;;) {
      await settle();
      const rest = await this.pull.receiveBatch({ timeout: 0 }).catch(() => undefined);
      if (rest === undefined) return;
      this.calls.push(rest.map(String));
    }
  }

  #send(timeout: number, signal: AbortSignal): void {
    const text = String(this.#next++);
    const sending = this.push.send(text, { timeout, signal });
    this.#pending.push(
      sending.then(
        () => this.accepted.push(text),
        () => this.refused.push(text),
      ),
    );
  }

  #take(receiving: Promise<Buffer[][]>): void {
    const call: string[] = [];
    this.calls.push(call);
    const taken = receiving.then(
      (batch) => call.push(...batch.map(String)),
      () => {},
    );
    this.#pending.push(taken);
  }
}

it.each(['mem://a', 'inproc://a'])('nothing is eaten, doubled or out of order over %s', async (endpoint) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const run = new Run();
      await run.start(endpoint);
      for (const one of steps) await run.step(one);
      await run.finish();
      const byNumber = (a: string, b: string): number => Number(a) - Number(b);
      const received = run.calls.flat().sort(byNumber);
      expect(received).toEqual([...run.accepted].sort(byNumber));
      expect(run.refused.filter((text) => received.includes(text))).toEqual([]);
      // Whoever asked first got the older message; a batch may then go on behind those who asked after it.
      const firsts = run.calls.flatMap((call) => call.slice(0, 1));
      for (const list of [firsts, ...run.calls]) expect(list).toEqual([...list].sort(byNumber));
      run.push.close();
      run.pull.close();
    }),
    { numRuns: 60 },
  );
});
