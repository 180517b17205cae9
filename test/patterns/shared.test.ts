// What the patterns share: fair queue, load balancer, distributor, routing table, each against a plain model.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pipe } from '../../src/core/pipe.js';
import { DealerPattern } from '../../src/patterns/dealer.js';
import { Distributor } from '../../src/patterns/distributor.js';
import { FairQueue } from '../../src/patterns/fair-queue.js';
import { LoadBalancer } from '../../src/patterns/load-balancer.js';
import { PullPattern } from '../../src/patterns/pull.js';
import { RoutingTable } from '../../src/patterns/routing-table.js';
import { Bench, message, type Peer, peerInfo, TestOutlet, text } from '../support/pipes.js';

describe('FairQueue', () => {
  it('takes one message of each peer in turn', () => {
    const bench = new Bench(PullPattern);
    const [a, b, c] = [bench.peer(), bench.peer(), bench.peer()];
    for (const line of ['a1', 'a2', 'a3']) a.pipe.deliver(message(line));
    b.pipe.deliver(message('b1'));
    for (const line of ['c1', 'c2']) c.pipe.deliver(message(line));
    expect(bench.receiveAll()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('gives those their turn first that were there first, unless they had nothing to say when they were asked', () => {
    for (const asked of [false, true]) {
      const bench = new Bench(PullPattern);
      const [a, b] = [bench.peer(), bench.peer()] as const;
      if (asked) expect(bench.receive()).toBeUndefined();
      b.pipe.deliver(message('b'));
      a.pipe.deliver(message('a'));
      expect(bench.receiveAll()).toEqual(asked ? ['b', 'a'] : ['a', 'b']);
    }
  });

  it('loses nothing, keeps the order of each peer, and lets nobody wait for more than one round', () => {
    const peers = fc.integer({ min: 1, max: 5 });
    const walk = fc.array(fc.oneof(fc.nat(4), fc.constant('receive' as const)), { maxLength: 120 });
    fc.assert(
      fc.property(peers, walk, fc.integer({ min: 1, max: 3 }), (count, steps, receiveHighWaterMark) => {
        const bench = new Bench(PullPattern);
        const all = Array.from({ length: count }, () => bench.peer(undefined, { receiveHighWaterMark }));
        const model = new FairModel(count);
        for (const [peer, at] of all.map((peer, at) => [peer, at] as const)) model.refill(peer, at);
        for (const step of steps) {
          if (step === 'receive') model.check(bench.receive());
          else model.bring(all[step % count]!, step % count);
        }
        for (let line = bench.receive(); line !== undefined; line = bench.receive()) model.check(line);
        expect(model.left()).toBe(0);
      }),
    );
  });

  it('forgets a peer that is gone as a source, and gives what it has brought', () => {
    const bench = new Bench(PullPattern);
    const { pipe } = bench.peer();
    pipe.deliver(message('brought'));
    bench.lose(pipe);
    expect(bench.receiveAll()).toEqual(['brought']);
  });

  it('names as source the pipe that the message came from, even when reading it ended the pipe', () => {
    const queue = new FairQueue();
    const { pipe, outlet } = unread(queue, 1);
    pipe.deliver(message('last'));
    outlet.onResume = () => queue.detach(pipe);
    expect(text(queue.receive()!)).toBe('last');
    expect(queue.source).toBe(pipe);
  });

  it('discards what a pipe has brought', () => {
    const queue = new FairQueue();
    const { pipe } = unread(queue, 2);
    pipe.deliver(message('unwanted'));
    expect(queue.readable).toBe(true);
    queue.discard(pipe);
    expect([queue.readable, queue.receive(), pipe.readable]).toEqual([false, undefined, false]);
  });
});

/** A connected pipe that shows in `queue` when it has something to read. */
function unread(queue: FairQueue, receiveHighWaterMark: number): Peer {
  const owner = { readActivated: (pipe: Pipe) => queue.activate(pipe), writeActivated: () => {} };
  const pipe = new Pipe(owner, { sendHighWaterMark: 0, receiveHighWaterMark, conflate: false });
  const outlet = new TestOutlet();
  pipe.open(outlet, peerInfo());
  return { pipe, outlet };
}

/** Messages `peer:number`, brought through pipes that hold input back, and what may be received next. */
class FairModel {
  readonly #next: number[];
  readonly #brought: number[];
  /** Rounds that each readable peer has waited. */
  readonly #overtaken: number[];
  readonly #count: number;
  readonly #waiting: string[][];

  constructor(count: number) {
    this.#count = count;
    this.#next = Array(count).fill(0);
    this.#brought = Array(count).fill(0);
    this.#overtaken = Array(count).fill(0);
    this.#waiting = Array.from({ length: count }, () => []);
  }

  /** What the pipe refused comes in when it is read: inside the read. */
  refill({ pipe, outlet }: Peer, at: number): void {
    outlet.onResume = () => {
      const waiting = this.#waiting[at]!;
      while (waiting.length > 0 && pipe.deliver(message(waiting.shift()!)));
    };
  }

  bring({ pipe }: Peer, at: number): void {
    const line = `${at}:${this.#brought[at]!++}`;
    if (pipe.inputHeld) this.#waiting[at]!.push(line);
    else pipe.deliver(message(line));
  }

  check(line: string | undefined): void {
    if (line === undefined) {
      expect(this.left()).toBe(0);
      return;
    }
    const [at, number] = line.split(':').map(Number) as [number, number];
    expect(number).toBe(this.#next[at]!++);
    for (let other = 0; other < this.#count; other++) {
      if (other === at || this.#brought[other] === this.#next[other]) this.#overtaken[other] = 0;
      else expect(++this.#overtaken[other]!, `${other} overtaken`).toBeLessThan(2 * this.#count);
    }
  }

  left(): number {
    return this.#brought.reduce((sum, brought, at) => sum + brought - this.#next[at]!, 0);
  }
}

describe('LoadBalancer', () => {
  it('gives one message to each peer in turn', () => {
    const bench = new Bench(DealerPattern);
    const peers = [bench.peer(), bench.peer(), bench.peer()];
    for (let i = 0; i < 7; i++) bench.send(String(i));
    expect(peers.map(({ outlet }) => outlet.log)).toEqual([
      ['0', '3', '6'],
      ['1', '4'],
      ['2', '5'],
    ]);
  });

  it('passes over full peers, and goes on in turn when they have room again', () => {
    const bench = new Bench(DealerPattern, { sendHighWaterMark: 1 });
    const [a, b] = [bench.peer(), bench.peer()] as const;
    a.pipe.outletBlocked();
    for (const line of ['1', '2', '3', '4']) expect(bench.send(line)).toBe(true);
    expect(b.outlet.take()).toEqual(['2', '3', '4']);
    a.pipe.outletReady();
    for (const line of ['5', '6']) bench.send(line);
    expect([a.outlet.log.length, b.outlet.log.length]).toEqual([2, 1]);
  });

  it('is not writable when a lowered mark has filled its queue, until there is room', () => {
    const bench = new Bench(DealerPattern, { sendHighWaterMark: 4 });
    const { pipe } = bench.peer();
    pipe.outletBlocked();
    for (const line of ['1', '2']) bench.send(line);
    pipe.setMarks({ sendHighWaterMark: 2, receiveHighWaterMark: 0 });
    expect([bench.pattern.writable, bench.send('3')]).toEqual([false, false]);
    pipe.outletReady();
    expect([bench.pattern.writable, bench.send('3')]).toEqual([true, true]);
  });

  it('takes exactly what the marks allow, gives each message once, and keeps the order of each peer', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant('send' as const) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('block' as const), fc.nat(3)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('ready' as const), fc.nat(3)) },
      { weight: 1, arbitrary: fc.constant('join' as const) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('leave' as const), fc.nat(3)) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 4 }), (steps, sendHighWaterMark) => {
        const bench = new Bench(DealerPattern, { sendHighWaterMark });
        const all: Peer[] = [];
        const present: Peer[] = [];
        let sent = 0;
        let lost = 0;
        for (const what of steps) {
          const peer = Array.isArray(what) ? present[what[1] % present.length] : undefined;
          if (what === 'send') {
            const room = present.some(({ pipe }) => pipe.writable);
            const taken = bench.send(String(sent));
            // A pipe that was full counts again from half its mark.
            if (taken) sent++;
            if (taken) expect(room).toBe(true);
          } else if (what === 'join') {
            const joined = bench.peer();
            all.push(joined);
            present.push(joined);
          } else if (peer !== undefined && what[0] === 'block') peer.pipe.outletBlocked();
          else if (peer !== undefined && what[0] === 'ready') peer.pipe.outletReady();
          else if (peer !== undefined) {
            lost += peer.pipe.queuedOut;
            present.splice(present.indexOf(peer), 1);
            bench.lose(peer.pipe);
          }
          for (const { pipe } of present) expect(pipe.queuedOut).toBeLessThanOrEqual(sendHighWaterMark);
        }
        for (const { pipe } of present) pipe.outletReady();
        const given = all.map(({ outlet }) => outlet.log.map(Number));
        for (const numbers of given) expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
        expect(new Set(given.flat()).size).toBe(sent - lost);
        expect(given.flat().length).toBe(sent - lost);
        if (present.length > 0) expect(bench.pattern.writable).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('has nothing to give when nobody is there', () => {
    const balancer = new LoadBalancer();
    expect([balancer.writable, balancer.send(message('x'))]).toEqual([false, undefined]);
  });
});

describe('Distributor', () => {
  function three(): { distributor: Distributor; peers: Peer[] } {
    const distributor = new Distributor();
    const bench = new Bench(DealerPattern, { sendHighWaterMark: 1 });
    const peers = [bench.peer(), bench.peer(), bench.peer()];
    for (const { pipe } of peers) distributor.pipes.add(pipe);
    return { distributor, peers };
  }
  const logs = (peers: Peer[]): number[] => peers.map(({ outlet }) => outlet.take().length);

  it('sends once to each chosen pipe, however often it was chosen', () => {
    const { distributor, peers } = three();
    for (const at of [0, 2, 0, 0]) distributor.choose(peers[at]!.pipe);
    distributor.send(message('x'));
    expect(logs(peers)).toEqual([1, 0, 1]);
    distributor.send(message('nobody was chosen'));
    expect(logs(peers)).toEqual([0, 0, 0]);
  });

  it('sends to all, or to all but the chosen', () => {
    const { distributor, peers } = three();
    distributor.chooseAll();
    distributor.send(message('x'));
    expect(logs(peers)).toEqual([1, 1, 1]);
    distributor.choose(peers[1]!.pipe);
    distributor.invert();
    distributor.send(message('x'));
    expect(logs(peers)).toEqual([1, 0, 1]);
  });

  it('X2 drops for a full pipe alone, and counts what it dropped', () => {
    const { distributor, peers } = three();
    peers[0]!.pipe.outletBlocked();
    for (let i = 0; i < 3; i++) {
      distributor.chooseAll();
      distributor.send(message(String(i)));
    }
    expect(peers.map(({ pipe }) => pipe.dropped)).toEqual([2, 0, 0]);
    expect(logs(peers)).toEqual([0, 3, 3]);
  });

  it('forgets a choice that was not sent', () => {
    const { distributor, peers } = three();
    distributor.chooseAll();
    distributor.reset();
    distributor.send(message('x'));
    expect(logs(peers)).toEqual([0, 0, 0]);
  });
});

describe('RoutingTable', () => {
  it('finds pipes as a Map by id would', () => {
    const id = fc.constantFrom('a', 'b', '\xff', 'ab').map((name) => Buffer.from(name, 'latin1'));
    const step = fc.tuple(fc.constantFrom('set' as const, 'delete' as const), id, fc.nat(3));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = new Bench(PullPattern);
        const pipes = Array.from({ length: 4 }, () => bench.pipe());
        const table = new RoutingTable();
        const model = new Map<string, Pipe>();
        for (const [what, name, at] of steps) {
          for (const [key, pipe] of [...model]) if (pipe === pipes[at]) model.delete(key);
          if (what === 'delete') table.delete(pipes[at]!);
          else {
            model.set(name.toString('latin1'), pipes[at]!);
            table.set(name, pipes[at]!);
          }
          expect([...table.values()].length).toBe(model.size);
          for (const key of ['a', 'b', '\xff', 'ab', ''])
            expect(table.get(Buffer.from(key, 'latin1'))).toBe(model.get(key));
        }
      }),
    );
  });

  it('makes ids of 00 and four bytes, never twice in a row', () => {
    const table = new RoutingTable();
    const ids = Array.from({ length: 100 }, () => table.newId());
    expect(ids.every((id) => id.length === 5 && id[0] === 0)).toBe(true);
    expect(new Set(ids.map((id) => id.toString('hex'))).size).toBe(100);
  });
});
