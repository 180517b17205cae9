// Every limit on what a peer may do, as an option: its default and range, what fits, what is one too much and how that is told,
// and that a well-behaved peer is served afterwards. The numbers and their reasons are in spec-notes/limits.md.

import { describe, expect, it } from 'vitest';
import { type Event, ProtocolError, Publisher, Pull, Push, Router, type Socket, XPublisher } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { World } from '../support/world.js';

const DEFAULTS = {
  handshakeInterval: 30_000,
  maxHandshakeFrameSize: 65_536,
  maxMetadataProperties: 256,
  maxHandshakes: 1024,
  maxMessageSize: -1,
  maxMessageParts: 65_536,
  maxTurnMessages: 1000,
  maxTurnBytes: 1_048_576,
};
const OF_PUBLISHERS = { maxSubscriptions: 1_000_000, maxSubscriptionBytes: 67_108_864 };

describe('limits as options', () => {
  it('have their defaults on every socket, those of subscriptions where there are some', () => {
    const world = new World();
    for (const type of [Pull, Push, Router]) {
      const socket = world.open<Socket, object>(type);
      expect(socket).toMatchObject(DEFAULTS);
      expect(() => Object.assign(socket, { maxSubscriptions: 1 })).toThrow(TypeError);
    }
    for (const type of [Publisher, XPublisher]) {
      expect(world.open<Socket, object>(type)).toMatchObject({ ...DEFAULTS, ...OF_PUBLISHERS });
    }
  });

  it.each([
    ['maxHandshakeFrameSize', 1024],
    ['maxMetadataProperties', 2],
    ['maxHandshakes', 1],
    ['maxMessageParts', 1],
    ['maxTurnMessages', 1],
    ['maxTurnBytes', 1024],
    ['maxSubscriptions', 1],
    ['maxSubscriptionBytes', 1],
  ])('%s is a whole number from %i', (name, min) => {
    const publisher = new World().open(Publisher) as unknown as Record<string, unknown>;
    for (const value of [min, min + 1, 2 ** 31 - 1]) {
      publisher[name] = value;
      expect(publisher[name]).toBe(value);
    }
    for (const value of [min - 1, 0, -1, 2 ** 31, min + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const refused = { code: 'EINVAL', detail: expect.stringContaining(name) };
      expect(() => Object.assign(publisher, { [name]: value }), `${value}`).toThrow(expect.objectContaining(refused));
    }
    for (const value of ['1', null, true, 1n]) {
      expect(() => Object.assign(publisher, { [name]: value }), `${value}`).toThrow(TypeError);
    }
    expect(publisher[name]).toBe(2 ** 31 - 1);
  });

  it('apply to what is bound and connected afterwards', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://before');
    pull.maxMessageParts = 1;
    await pull.bind('mem://after');
    const [free, bound] = [await world.peer('before', 'PUSH'), await world.peer('after', 'PUSH')];
    for (const peer of [free, bound]) peer.say('two', 'parts');
    await settle();
    expect([free.ended, bound.ended === undefined]).toEqual([undefined, false]);
    const push = world.open(Push, { maxMetadataProperties: 2 });
    world.network.listen('served', (stream) => {
      stream.start({ data: () => false, drain() {}, closed() {} });
      const properties = [wire.property('Identity', ''), wire.property('X-one', ''), wire.property('X-two', '')];
      stream.write([wire.greeting(), wire.ready('PULL', ...properties)]);
    });
    push.connect('mem://served');
    await world.clock.advance(0);
    expect(push.statistics.violations).toEqual({ 'metadata-limit': 1 });
  });
});

type Told = Extract<Event, { error?: unknown }>;

/** The events of the socket that have an error: type, violation, and whether the detail names the option. */
function faultsOf(socket: Socket, option: string): string[] {
  const told: string[] = [];
  const note = ({ type, error }: Told): void => {
    if (!(error instanceof ProtocolError)) return;
    expect(error.detail).toContain(option);
    told.push(`${type} ${error.violation}`);
  };
  socket.events.on('handshake:error:protocol', note);
  socket.events.on('disconnect', note);
  return told;
}

async function expectServed(world: World, pull: Pull): Promise<void> {
  const good = await world.peer('a', 'PUSH');
  good.say('good');
  for (;;) if (String(await pull.receive()) === 'good') return;
}

describe('one too much', () => {
  async function pulling(option: keyof Pull & keyof typeof DEFAULTS, value: number) {
    const world = new World();
    const pull = world.open(Pull, { [option]: value });
    const told = faultsOf(pull, option);
    await pull.bind('mem://a');
    return { world, pull, told };
  }

  it('N14 frame before the handshake is done: maxHandshakeFrameSize', async () => {
    const { world, pull, told } = await pulling('maxHandshakeFrameSize', 2000);
    const filler = (size: number): Buffer => wire.property('X-filler', Buffer.alloc(size - 39));
    for (const size of [2000, 2001]) {
      const silent = world.network.dial('a');
      const bytes = wire.ready('PUSH', filler(size));
      expect(bytes.length).toBe(size + 9);
      silent.write([wire.greeting(), bytes]);
      await settle();
      expect(told).toEqual(size === 2000 ? [] : ['handshake:error:protocol frame-size', 'disconnect frame-size']);
    }
    expect(pull.peers).toHaveLength(1);
    expect(pull.statistics.violations).toEqual({ 'frame-size': 1 });
    await expectServed(world, pull);
  });

  it('N14 property: maxMetadataProperties', async () => {
    const { world, pull, told } = await pulling('maxMetadataProperties', 3);
    for (const count of [2, 3]) {
      const properties = Array.from({ length: count }, (_, i) => wire.property(`X-${i}`, ''));
      world.network.dial('a').write([wire.greeting(), wire.ready('PUSH', ...properties)]);
      await settle();
      expect(told).toEqual(count === 2 ? [] : ['handshake:error:protocol metadata-limit', 'disconnect metadata-limit']);
    }
    expect(pull.peers).toHaveLength(1);
    await expectServed(world, pull);
  });

  it('X1 connection in its handshake: maxHandshakes, and the oldest goes', async () => {
    const { world, pull, told } = await pulling('maxHandshakes', 3);
    const here = await world.peer('a', 'PUSH');
    const silent = Array.from({ length: 3 }, () => world.network.dial('a'));
    await settle();
    expect(told).toEqual([]);
    silent.push(world.network.dial('a'), world.network.dial('a'));
    await settle();
    expect(silent.map(({ other }) => other.over)).toEqual([true, true, false, false, false]);
    const evicted = ['handshake:error:protocol handshake-evicted', 'disconnect handshake-evicted'];
    expect(told).toEqual([...evicted, ...evicted]);
    expect(pull.statistics.violations).toEqual({ 'handshake-evicted': 2 });
    expect(here.ended).toBeUndefined();
    await expectServed(world, pull);
  });

  it('F9 part of a message: maxMessageParts', async () => {
    const { world, pull, told } = await pulling('maxMessageParts', 3);
    const peer = await world.peer('a', 'PUSH');
    peer.say('a', 'b', 'c');
    expect((await pull.receive()).length).toBe(3);
    peer.say('a', 'b', 'c', 'd');
    await settle();
    expect([told, pull.readable]).toEqual([['disconnect message-parts'], false]);
    expect(pull.statistics.violations).toEqual({ 'message-parts': 1 });
    await expectServed(world, pull);
  });

  it('F5 byte of a message, its parts together: maxMessageSize', async () => {
    const { world, pull, told } = await pulling('maxMessageSize', 10);
    for (const parts of [['0123456789'], ['01234', '56789'], ['', '0123456789', '']]) {
      const peer = await world.peer('a', 'PUSH');
      peer.say(...parts);
      expect((await pull.receive()).map(String)).toEqual(parts);
      peer.say(...parts.slice(0, -1), `${parts.at(-1)}x`);
      await settle();
      expect(peer.ended).toBeDefined();
    }
    expect(told).toEqual(Array(3).fill('disconnect frame-size'));
    await expectServed(world, pull);
  });

  it('G9 millisecond of the handshake: handshakeInterval', async () => {
    const { world, pull } = await pulling('handshakeInterval', 50);
    const events: Event[] = [];
    pull.events.on('handshake:error:other', (event) => events.push(event));
    pull.events.on('disconnect', (event) => events.push(event));
    world.network.dial('a').write([wire.greeting()]);
    await world.clock.advance(49);
    expect(events).toEqual([]);
    await world.clock.advance(1);
    expect(events).toMatchObject([{ error: { code: 'EAGAIN' } }, { error: { violation: 'handshake-timeout' } }]);
    expect(pull.statistics.violations).toEqual({ 'handshake-timeout': 1 });
    await expectServed(world, pull);
  });

  it.each([
    ['topic', 'maxSubscriptions', 3, ['a', 'b', 'c'], 'd'],
    ['byte of topics', 'maxSubscriptionBytes', 10, ['0123', '456789', ''], 'x'],
  ] as const)('S5 %s: %s', async (_, option, max, fit, excess) => {
    const world = new World();
    const publisher = world.open(Publisher, { [option]: max });
    const told = faultsOf(publisher, option);
    await publisher.bind('mem://a');
    const [full, good] = [await world.peer('a', 'SUB'), await world.peer('a', 'SUB')];
    good.write(...fit.map((topic) => wire.subscribe(topic)));
    // Again, and given back: neither counts.
    full.write(...[...fit, fit[0], fit[1]].map((topic) => wire.subscribe(topic)));
    full.write(wire.cancel(fit[0]), wire.cancel(fit[1]), wire.cancel(fit[1]), wire.subscribe(fit[1]));
    await settle();
    expect(told).toEqual([]);
    full.write(wire.subscribe(excess));
    await settle();
    expect(told).toEqual(['disconnect subscription-limit']);
    expect(publisher.statistics.violations).toEqual({ 'subscription-limit': 1 });
    await publisher.send(fit[1]);
    await settle();
    expect([good.messages(), good.ended]).toEqual([[fit[1]], undefined]);
  });

  it('S5 topic longer than all may be together is refused by its header', async () => {
    const world = new World();
    const publisher = world.open(Publisher, { maxSubscriptionBytes: 100 });
    await publisher.bind('mem://a');
    const peer = await world.peer('a', 'SUB');
    peer.write(wire.longFrame(wire.COMMAND, '', 200n));
    await settle();
    expect(publisher.statistics.violations).toEqual({ 'frame-size': 1 });
  });
});
