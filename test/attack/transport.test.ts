// Faults of the transport and of the system around it: names that change, networks that are not there, streams that take a
// byte at a time, peers that stop reading for an hour, no descriptors left, crowds at the door.

import dns from 'node:dns';
import { EventEmitter } from 'node:events';
import type net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Context, type Event, Pull, Push } from '../../src/index.js';
import { NetStream } from '../../src/transport/net-stream.js';
import type { ListenHandler, Transport } from '../../src/transport/transport.js';
import { within } from '../support/peers/deadline.js';
import { bound, expectThrough, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import { World } from '../support/world.js';

failOnUnhandled();

describe('T4 an endpoint that cannot be reached', () => {
  it('because the system says so at once: tried again, without a throw', async () => {
    // Class E, multicast and broadcast: ENETUNREACH, EINVAL or EACCES, by system; where none comes, connectTimeout ends it.
    for (const host of ['240.0.0.1', '224.0.0.1', '255.255.255.255']) {
      const push = open(new Push({ reconnectInterval: 1, connectTimeout: 50 }));
      const retried = nextEvent(push, 'connect:retry');
      push.connect(`tcp://${host}:9`);
      await within(retried, `another attempt at ${host}`);
    }
  });

  it('under a name that means another address each time: asked anew at each attempt, until it leads somewhere', async () => {
    const pull = open(new Pull());
    const { port } = new URL(await bound(pull));
    const answers = ['127.0.0.9', '127.0.0.8', undefined, '127.0.0.1'];
    const asked: string[] = [];
    const { lookup } = dns;
    onTestFinished(() => {
      dns.lookup = lookup;
    });
    dns.lookup = ((
      name: string,
      options: object,
      done: (error: unknown, address?: string, family?: number) => void,
    ) => {
      if (name !== 'moving.invalid') return lookup(name, options, done as never);
      asked.push(name);
      const address = answers.length > 1 ? answers.shift() : answers[0];
      if (address === undefined) done(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
      else if ((options as { all?: boolean }).all) done(null, [{ address, family: 4 }] as never);
      else done(null, address, 4);
      return undefined;
    }) as never;
    const push = open(new Push({ reconnectInterval: 1 }));
    push.connect(`tcp://moving.invalid:${port}`);
    await push.send('found');
    expect(String(await within(pull.receive(), 'the message'))).toBe('found');
    expect(asked.length).toBeGreaterThanOrEqual(4);
  });
});

describe('T6 a stream', () => {
  it('that takes and brings one byte at a time carries everything, both ways', async () => {
    const world = new World();
    Object.assign(world.network.wire, { capacity: 1, pieces: [1] });
    const push = world.open(Push);
    const pull = world.open(Pull);
    await world.join(push, pull);
    const sent = Array.from({ length: 50 }, (_, i) => `${i}${'x'.repeat(i * 9)}`);
    const sending = (async () => {
      for (const text of sent) await push.send(text);
    })();
    for (const text of sent) {
      await settle();
      expect(String(await pull.receive())).toBe(text);
    }
    await sending;
  });

  it.each([
    'EPIPE',
    'ENOBUFS',
    'ECONNRESET',
    'ETIMEDOUT',
    'EOF',
  ])('whose write ends in %s ends, told once', async (code) => {
    const socket = Object.assign(new EventEmitter(), {
      unref() {},
      destroyed: false,
      writableLength: 0,
      writableNeedDrain: false,
      write: () => true,
      end: () => {},
      destroy(this: EventEmitter & { destroyed: boolean }) {
        if (this.destroyed) return;
        this.destroyed = true;
        process.nextTick(() => this.emit('close'));
      },
    });
    const stream = new NetStream(socket as unknown as net.Socket);
    const ends: (string | undefined)[] = [];
    const closed = (error: (Error & { code?: string }) | undefined) => ends.push(error?.code);
    stream.start({ data: () => false, drain: () => {}, closed });
    stream.write([Buffer.from('x')]);
    socket.emit('error', Object.assign(new Error(code), { code }));
    socket.destroy();
    socket.emit('end');
    await settle();
    expect(ends).toEqual([code === 'EPIPE' || code === 'EOF' ? 'ECONNRESET' : code]);
  });
});

describe('T7 a peer that reads nothing for an hour', () => {
  it('costs what the marks allow and no timer, and close does not wait for it longer than linger', async () => {
    const world = new World();
    world.network.wire.capacity = 64;
    const push = world.open(Push, { sendHighWaterMark: 10, sendTimeout: 0, linger: 1000 });
    const pull = world.open(Pull);
    await world.join(push, pull);
    world.network.link.stall();
    let taken = 0;
    for (let minute = 0; minute < 60; minute++) {
      for (let i = 0; i < 10; i++) {
        const sent = push.send('x'.repeat(50));
        taken += await sent.then(
          () => 1,
          () => 0,
        );
        await settle();
      }
      await world.clock.advance(60_000);
      expect(world.clock.pending).toBe(0);
    }
    expect(taken).toBeLessThan(20);
    push.close();
    await world.clock.advance(1000);
    expect(world.network.link.over).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it('is found out by heartbeats, though our own bytes still wait for it', async () => {
    const world = new World();
    world.network.wire.capacity = 64;
    const push = world.open(Push, { heartbeatInterval: 1000, heartbeatTimeout: 500 });
    const gone = nextEvent(push, 'disconnect');
    const peers = world.serve('a', 'PULL');
    push.connect('mem://a');
    await settle();
    peers[0]?.stream.stall();
    world.network.link.stall();
    for (let i = 0; i < 20; i++) void push.send('x'.repeat(50));
    await world.clock.advance(1600);
    expect(await gone).toMatchObject({ error: { violation: 'peer-silent' } });
  });
});

describe('T8 a crowd', () => {
  it('that connects in one tick is taken whole, though the backlog has room for few', async () => {
    const pull = open(new Pull({ backlog: 5 }));
    const endpoint = await bound(pull);
    // The system drops whom the backlog has no room for, and lets them wait for seconds: connectTimeout is shorter.
    const crowd = Array.from({ length: 60 }, () => open(new Push({ reconnectInterval: 10, connectTimeout: 200 })));
    for (const [i, push] of crowd.entries()) {
      push.connect(endpoint);
      void push.send(`${i}`);
    }
    const seen = new Set<string>();
    while (seen.size < crowd.length)
      seen.add(String(await within(pull.receive(), `one of ${crowd.length - seen.size}`)));
    await expectThrough(pull, endpoint);
  });
});

describe('T9 no descriptors left', () => {
  /** A transport that has none for a while. */
  function starved(): { transport: Transport; handler(): ListenHandler; attempts(): number } {
    let handler: ListenHandler | undefined;
    let attempts = 0;
    const fault = () => Object.assign(new Error('EMFILE'), { code: 'EMFILE', errno: -24 });
    const transport: Transport = {
      scheme: 'mem',
      target: (name) => ({
        listen: async (_options, given) => {
          handler = given;
          return { endpoint: `mem://${name}`, close() {} };
        },
        connect: (_options, done) => {
          attempts++;
          process.nextTick(() => done(fault(), undefined));
          return () => {};
        },
      }),
    };
    return { transport, handler: () => handler as ListenHandler, attempts: () => attempts };
  }

  it('for whom we would accept: told, and the listener goes on', async () => {
    const { transport, handler } = starved();
    const clock = new VirtualClock();
    const pull = open(new Pull({ context: Context.over({ clock, transports: [transport], random: () => 0 }) }));
    const told: Event[] = [];
    pull.events.on('accept:error', (event) => told.push(event));
    await pull.bind('mem://a');
    for (let i = 0; i < 3; i++) handler().failed(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }));
    await settle();
    expect(told).toHaveLength(3);
    expect(told[0]).toMatchObject({ address: 'mem://a', error: { code: 'EMFILE' } });
    expect(pull.closed).toBe(false);
  });

  it('to connect with: told, and tried again after the pause', async () => {
    const { transport, attempts } = starved();
    const clock = new VirtualClock();
    const context = Context.over({ clock, transports: [transport], random: () => 0 });
    const push = open(new Push({ context, reconnectInterval: 100 }));
    const told: Event[] = [];
    push.events.on('connect:retry', (event) => told.push(event));
    push.connect('mem://a');
    await clock.advance(950);
    expect(attempts()).toBe(10);
    expect(told[0]).toMatchObject({ interval: 100, error: { code: 'EMFILE' } });
  });
});

describe('T5 slow-loris', () => {
  it('five hundred at once, a byte a second each, keep nobody out and are gone after their time', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const hello = Buffer.from('ff00000000000000017f0301', 'hex');
    const peers = Array.from({ length: 500 }, () => world.network.dial('a'));
    for (let second = 0; second < 35; second++) {
      for (const peer of peers) peer.write([hello.subarray(second % 12, (second % 12) + 1)]);
      await world.clock.advance(1000);
      if (second === 20) {
        const good = await world.peer('a', 'PUSH');
        good.say('good');
        await settle();
        expect(String(await pull.receive())).toBe('good');
      }
    }
    expect(peers.filter(({ over }) => !over)).toEqual([]);
    expect(world.clock.pending).toBeLessThanOrEqual(1);
  });
});
