// Contexts, options and monitor events as the core keeps them: what sockets share, when an option takes effect, and what
// an observer is told when it does not listen.

import { describe, expect, it } from 'vitest';
import { EVENTS_MAX, Observer } from '../../src/core/monitor.js';
import { checkedOwnOption, decodeOption, encodeOption, isOwn } from '../../src/core/option-bytes.js';
import { defaultOptions, OPTIONS, type OptionName, type OptionSpec } from '../../src/core/options.js';
import { Context, Dealer, Pull, Push, Router, Subscriber, XPublisher } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { eventsOf, World } from '../support/world.js';

describe('a Context', () => {
  it('counts its open sockets, lingering ones too, against maxSockets', async () => {
    const world = new World();
    world.context.maxSockets = 1;
    const push = world.open(Push, { linger: 100 });
    expect(() => world.open(Push)).toThrow(expect.objectContaining({ code: 'EMFILE' }));
    push.connect('mem://a');
    await push.send('unsent');
    push.close();
    expect(() => world.open(Push)).toThrow(expect.objectContaining({ code: 'EMFILE' }));
    await world.clock.advance(100);
    world.open(Push);
  });

  it('gives new sockets its defaults', () => {
    const context = new Context({ blocky: false, ipv6: true });
    const push = new Push({ context });
    expect([push.linger, push.ipv6, push.context]).toEqual([0, true, context]);
    push.close();
  });

  it('lets SUB linger for nothing by default, and PUSH without end', () => {
    const world = new World();
    expect([world.open(Subscriber).linger, world.open(Push).linger]).toEqual([0, -1]);
  });

  it('X5 has nothing left of a thousand sockets that were opened, used and closed', async () => {
    const world = new World();
    for (let i = 0; i < 1000; i++) {
      const socket = world.open(Dealer, { linger: 0 });
      await socket.bind('mem://a');
      socket.connect('mem://nobody');
      void socket.receive().catch(() => {});
      socket.close();
    }
    await settle();
    expect(world.clock.pending).toBe(0);
    expect(() => world.network.dial('a')).toThrow('nobody listens');
  });
});

describe('options', () => {
  const specs = Object.entries(OPTIONS) as [OptionName, OptionSpec][];

  it('have defaults that are themselves legal', () => {
    const values = defaultOptions() as unknown as Record<string, unknown>;
    for (const [name, { kind }] of specs) {
      if (!['int', 'uint', 'int64', 'uint64', 'bool'].includes(kind) || !(name in values)) continue;
      const value = values[name];
      if (isOwn(name)) expect(checkedOwnOption(name, value)).toBe(value);
      else expect(decodeOption(name, bytesOf(kind, value)), name).toBe(value);
    }
  });

  it('of numbers are in range', () => {
    for (const [name, { kind, min = 0, max = 2 ** 31 - 1 }] of specs) {
      if ((kind !== 'int' && kind !== 'uint') || isOwn(name)) continue;
      const decode = (value: number): unknown => decodeOption(name, bytesOf('int', value));
      // A time to live travels in tenths of a second.
      const step = name === 'heartbeatTimeToLive' ? 100 : 1;
      expect(decode(min), name).toBe(min);
      expect(decode(max), name).toBe(max - (max % step));
      for (const illegal of [min - 100, max + 1]) {
        if (illegal < -(2 ** 31) || illegal >= 2 ** 31) continue;
        expect(() => decode(illegal), name).toThrow(expect.objectContaining({ code: 'EINVAL' }));
      }
    }
  });

  it('of this library alone are whole numbers in range', () => {
    for (const illegal of [-1, 0o1000, 1.5, Number.NaN]) {
      expect(() => checkedOwnOption('ipcMode', illegal)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
    for (const wrong of ['1', null, undefined, true, 1n]) {
      expect(() => checkedOwnOption('ipcMode', wrong)).toThrow(new TypeError('Option value must be a number'));
    }
  });

  it('of bytes are copied, and a routingId is 1 to 255 bytes that do not begin with 00', () => {
    const id = Buffer.from('id');
    const stored = decodeOption('routingId', id);
    id.fill('x');
    expect(stored).toEqual(Buffer.from('id'));
    for (const bad of ['', '\0id', 'x'.repeat(256)]) {
      expect(() => decodeOption('routingId', Buffer.from(bad))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
    expect([decodeOption('welcomeMessage', Buffer.alloc(0)), decodeOption('welcomeMessage', null)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('marked (next) leave existing connections as they are', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    pull.maxMessageSize = 1;
    const peer = await world.peer('a', 'PUSH');
    peer.say('long');
    expect(String(await pull.receive())).toBe('long');
    await pull.bind('mem://b');
    const second = await world.peer('b', 'PUSH');
    second.say('long');
    await settle();
    expect(second.ended).toBeDefined();
  });

  it('of patterns take effect at once', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.send(['nobody', 'dropped']);
    router.mandatory = true;
    await expect(router.send(['nobody', 'refused'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    const xpub = world.open(XPublisher);
    await xpub.bind('mem://a');
    await world.peer('a', 'SUB');
    xpub.welcomeMessage = 'welcome';
    const late = await world.peer('a', 'SUB');
    expect(late.messages()).toEqual(['welcome']);
  });
});

describe('monitor events', () => {
  it('wait for an observer that does not read, and the oldest go first', async () => {
    const observer = new Observer(() => {});
    for (let i = 0; i < EVENTS_MAX + 5; i++) observer.push({ type: 'accept', address: String(i) });
    expect(await observer.receive()).toEqual({ type: 'accept', address: '5' });
  });

  it('go out in a later tick, in order, and end with the socket', async () => {
    const observer = new Observer(() => {});
    const log: string[] = [];
    observer.on('accept', ({ address }) => log.push(address)).on('end', () => log.push('end'));
    for (const address of ['1', '2']) observer.push({ type: 'accept', address });
    observer.push({ type: 'end' });
    expect(log).toEqual([]);
    await settle();
    expect(log).toEqual(['1', '2', 'end']);
    expect(observer.closed).toBe(true);
  });

  it('hold the process only while somebody waits for them', async () => {
    const holds: boolean[] = [];
    const observer = new Observer((on) => holds.push(on));
    const receiving = observer.receive();
    observer.push({ type: 'end' });
    await receiving;
    expect(holds).toEqual([true, false]);
    expect(observer.closed).toBe(true);
  });

  it('of a bound socket, in order', async () => {
    const world = new World();
    const pull = world.open(Pull, { linger: 0 });
    const log = eventsOf(pull);
    await pull.bind('mem://a');
    const peer = await world.peer('a', 'PUSH');
    peer.stream.destroy();
    await settle();
    await pull.unbind('mem://a');
    pull.close();
    await settle();
    expect(log).toEqual([
      'bind mem://a',
      'accept mem://a',
      'handshake mem://a',
      'disconnect mem://a',
      'close mem://a',
      'end',
    ]);
  });

  it('X7 a listener that throws keeps no event from the next', async () => {
    const observer = new Observer(() => {});
    const log: string[] = [];
    const uncaught = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => log.push(error.message));
    observer.on('accept', ({ address }) => {
      log.push(address);
      if (address === '1') throw new Error('thrown once');
    });
    for (const address of ['1', '2']) observer.push({ type: 'accept', address });
    await settle();
    for (const listener of uncaught) process.on('uncaughtException', listener);
    expect(log).toEqual(['1', 'thrown once', '2']);
  });
});

function bytesOf(kind: OptionSpec['kind'], value: unknown): Buffer {
  return encodeOption(kind, value, kind.endsWith('64') ? 8 : 4) as Buffer;
}
