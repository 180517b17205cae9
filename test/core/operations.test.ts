// Who waits, for how long and in which order: send and receive timeouts, waiting for a peer, close, iteration, and a
// flood that must not keep timers and I/O of the process from their turn.

import { describe, expect, it } from 'vitest';
import { Turn } from '../../src/core/turn.js';
import { Dealer, Pair, Publisher, Pull, Push, Reply, Request, Router } from '../../src/index.js';
import { exhaust } from '../support/turns.js';
import { World } from '../support/world.js';

const EAGAIN = { code: 'EAGAIN' };

/** Says at any time whether a promise is settled, and how. */
function watched(promise: Promise<unknown>): { state: string } {
  const seen = { state: 'pending' };
  promise.then(
    () => {
      seen.state = 'done';
    },
    (error: { code: string }) => {
      seen.state = error.code;
    },
  );
  return seen;
}

describe('a receive', () => {
  it('waits receiveTimeout ms', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 500 });
    const receiving = watched(pull.receive());
    await world.clock.advance(499);
    expect(receiving.state).toBe('pending');
    await world.clock.advance(1);
    expect(receiving.state).toBe('EAGAIN');
    expect(world.clock.pending).toBe(0);
  });

  it('leaves no timer behind when a message comes', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 500, handshakeInterval: 0 });
    const push = world.open(Push, { handshakeInterval: 0 });
    await world.join(push, pull);
    const receiving = pull.receive();
    await push.send('x');
    expect(String(await receiving)).toBe('x');
    expect(world.clock.pending).toBe(0);
  });

  it('does not wait at 0, and waits for ever at -1', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 0 });
    await expect(pull.receive()).rejects.toMatchObject(EAGAIN);
    pull.receiveTimeout = -1;
    const receiving = watched(pull.receive());
    await world.clock.advance(1e9);
    expect(receiving.state).toBe('pending');
    pull.close();
    await world.clock.advance(0);
    expect(receiving.state).toBe('EAGAIN');
  });

  it('that timed out takes no message of the next', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 100 });
    const push = world.open(Push);
    await world.join(push, pull);
    const first = watched(pull.receive());
    await world.clock.advance(100);
    expect(first.state).toBe('EAGAIN');
    await push.send('x');
    expect(String(await pull.receive())).toBe('x');
  });
});

describe('a send', () => {
  it.each([Push, Dealer, Pair, Request])('of %o waits for a peer, sendTimeout ms', async (type) => {
    const world = new World();
    const socket = world.open<InstanceType<typeof Push>, object>(type as never, { sendTimeout: 500 });
    const sending = watched(socket.send('x'));
    await world.clock.advance(499);
    expect(sending.state).toBe('pending');
    await world.clock.advance(1);
    expect(sending.state).toBe('EAGAIN');
  });

  it.each([Publisher, Router])('of %o does not wait', async (type) => {
    const world = new World();
    await world.open<InstanceType<typeof Push>, object>(type as never, {}).send('x');
  });

  it('that waits goes to the peer that comes', async () => {
    const world = new World();
    const push = world.open(Push);
    await push.bind('mem://a');
    const sending = push.send('x');
    const peer = await world.peer('a', 'PULL');
    await sending;
    await world.clock.advance(0);
    expect(peer.messages()).toEqual(['x']);
  });

  it('that waits is in the way of the next', async () => {
    const world = new World();
    const push = world.open(Push);
    const sending = watched(push.send('x'));
    expect(() => push.send('y')).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    push.close();
    await world.clock.advance(0);
    expect(sending.state).toBe('EAGAIN');
  });

  it('R4 that waits for one ROUTER peer alone is refused when it leaves', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const router = world.open(Router, { mandatory: true, sendHighWaterMark: 1 });
    await router.bind('mem://a');
    const peer = await world.peer('a', 'DEALER', 'id');
    peer.stream.other.stall();
    await router.send(['id', 'in the stream']);
    await world.clock.advance(0);
    await router.send(['id', 'in the queue']);
    const waiting = watched(router.send(['id', 'too many']));
    await world.clock.advance(1000);
    expect(waiting.state).toBe('pending');
    peer.stream.reset();
    await world.clock.advance(0);
    expect(waiting.state).toBe('EHOSTUNREACH');
  });
});

describe('iteration', () => {
  it('ends quietly on close, and passes a timeout on', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 100 });
    const next = (): Promise<IteratorResult<Buffer[]>> => pull[Symbol.asyncIterator]().next();
    const timedOut = watched(next());
    await world.clock.advance(100);
    expect(timedOut.state).toBe('EAGAIN');
    const ending = next();
    pull.close();
    expect(await ending).toEqual({ value: undefined, done: true });
    expect(await next()).toEqual({ value: undefined, done: true });
  });
});

describe('REQ and REP', () => {
  it('a REQ may wait for the reply while its request still waits for a peer', async () => {
    const world = new World();
    const req = world.open(Request);
    const rep = world.open(Reply);
    await req.bind('mem://a');
    const sending = req.send('question');
    const receiving = req.receive();
    rep.connect('mem://a');
    expect(String(await rep.receive())).toBe('question');
    await sending;
    await rep.send('answer');
    expect(String(await receiving)).toBe('answer');
  });

  it('misuse fails at once', async () => {
    const world = new World();
    await expect(world.open(Request).receive()).rejects.toMatchObject({ code: 'EFSM' });
    await expect(world.open(Reply).send('x')).rejects.toMatchObject({ code: 'EFSM' });
  });
});

describe('a bind that is pending', () => {
  it('keeps the socket open until it settles; close takes effect then', async () => {
    const world = new World();
    let open = (): void => {};
    world.network.bindGate = new Promise((resolve) => {
      open = resolve;
    });
    const pull = world.open(Pull);
    const binding = pull.bind('mem://a');
    pull.close();
    expect(pull.closed).toBe(false);
    expect(() => pull.connect('mem://b')).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    open();
    await binding;
    expect(pull.closed).toBe(true);
    expect(() => world.network.dial('a')).toThrow('nobody listens');
  });

  it('that fails frees the socket', async () => {
    const world = new World();
    await world.open(Pull).bind('mem://a');
    const pull = world.open(Pull);
    await expect(pull.bind('mem://a')).rejects.toMatchObject({ code: 'EADDRINUSE', address: 'mem://a' });
    await pull.bind('mem://b');
  });
});

/** Runs `step` over and over until a timer and an immediate of the process have had their turn: for ever, if they never have. */
async function floodUntilTurn(step: () => Promise<unknown>): Promise<void> {
  const seen = { timer: false, immediate: false };
  setTimeout(() => {
    seen.timer = true;
  }, 1);
  setImmediate(() => {
    seen.immediate = true;
  });
  while (!seen.timer || !seen.immediate) await step();
}

describe('a flood leaves timers and I/O their turn', () => {
  const rig = async (endpoint: string): Promise<{ push: Push; pull: Pull }> => {
    const world = new World();
    const push = world.open(Push);
    const pull = world.open(Pull);
    await pull.bind(endpoint);
    push.connect(endpoint);
    await world.clock.advance(0);
    return { push, pull };
  };

  it.each(['inproc://a', 'mem://a'])('of sends and receives over %s', async (endpoint) => {
    const { push, pull } = await rig(endpoint);
    await floodUntilTurn(async () => {
      await push.send('x');
      await pull.receive();
    });
  });

  it('of sends that are dropped', async () => {
    const pub = new World().open(Publisher);
    await floodUntilTurn(() => pub.send('x'));
  });

  it('of iteration', async () => {
    const { push, pull } = await rig('inproc://a');
    const iterator = pull[Symbol.asyncIterator]();
    await floodUntilTurn(async () => {
      await push.send('x');
      await iterator.next();
    });
  });

  it('of refusals: a receive tried again and again, a request out of turn', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveTimeout: 0 });
    await floodUntilTurn(() => pull.receive().catch(() => {}));
    const req = world.open(Request);
    await floodUntilTurn(() => req.receive().catch(() => {}));
  });

  it('of requests and replies', async () => {
    const world = new World();
    const [req, rep] = [world.open(Request), world.open(Reply)];
    await rep.bind('inproc://a');
    req.connect('inproc://a');
    await floodUntilTurn(async () => {
      await req.send('x');
      await rep.receive();
      await rep.send('y');
      await req.receive();
    });
  });
});

describe('Turn', () => {
  it('lets a while of operations pass, then gives all of them the same promise, until the next turn', async () => {
    const turn = new Turn();
    const later = exhaust(turn);
    expect(turn.spend()).toBe(later);
    await later;
    expect(turn.spend()).toBeUndefined();
  });

  it('is over from then on, until the next one', async () => {
    const turn = new Turn();
    expect(turn.over).toBe(false);
    const later = exhaust(turn);
    expect(turn.over).toBe(true);
    await later;
    expect(turn.over).toBe(false);
  });

  it('does not count the time in which the loop waited', async () => {
    const turn = new Turn();
    for (let i = 0; i < 300; i++) expect(turn.spend()).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 300; i++) expect(turn.spend()).toBeUndefined();
  });
});
