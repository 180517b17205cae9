// Making sockets: what constructors accept, which properties each class has, what a sealed object refuses. The texts are
// those of zeromq.js 6.

import { describe, expect, it, onTestFinished } from 'vitest';
import { Context, context, Dealer, Pair, Publisher, Push, Router, Socket, Subscriber } from '../../src/index.js';
import { type AnySocket, classes } from '../support/classes.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const untyped = (value: unknown): never => value as never;
const set = (socket: object, name: string, value: unknown): void => {
  (socket as Record<string, unknown>)[name] = value;
};

describe.each(classes)('$name', ({ create, type, sends, receives, name }) => {
  it('has its type number and starts open, unbound, in the default context', () => {
    const socket = open(new create());
    expect(socket).toBeInstanceOf(Socket);
    expect(socket).toMatchObject({ type, closed: false, lastEndpoint: null, readable: false });
    expect(socket.context).toBe(context);
  });

  it('has the options of its directions and no others', () => {
    const socket = open(new create());
    expect('sendTimeout' in socket).toBe(sends);
    expect('receiveTimeout' in socket).toBe(receives);
    if (!sends) expect(() => set(socket, 'sendTimeout', 1)).toThrow(/^Cannot add property sendTimeout/);
    if (!receives) expect(() => set(socket, 'receiveTimeout', 1)).toThrow(/^Cannot add property receiveTimeout/);
  });

  it('lingers without end, unless nobody waits for what it sends', () => {
    const socket = new create();
    onTestFinished(() => socket.close());
    expect(socket.linger).toBe(name === 'Subscriber' || name === 'XSubscriber' ? 0 : -1);
  });

  it('has every verb at run time, as in zeromq.js', () => {
    const socket = open(new create());
    for (const verb of ['send', 'receive', 'bind', 'unbind', 'connect', 'disconnect', 'close'] as const) {
      expect(socket[verb]).toBeTypeOf('function');
    }
  });

  it('cannot be called without new', () => {
    expect(() => (create as unknown as () => void)()).toThrow(
      new TypeError(`Class constructor ${name} cannot be invoked without 'new'`),
    );
  });
});

describe('constructor options', () => {
  it.each([5, null, 'x', true])('%s is no object', (options) => {
    expect(() => new Push(untyped(options))).toThrow(new TypeError('Options must be an object'));
  });

  it('are applied property by property', () => {
    const socket = open(new Push({ sendTimeout: 7, sendHighWaterMark: 3, reconnectInterval: 9 }));
    expect(socket).toMatchObject({ sendTimeout: 7, sendHighWaterMark: 3, reconnectInterval: 9 });
  });

  it('that do not exist, or not on this class, are refused', () => {
    expect(() => new Push(untyped({ nosuch: 1 }))).toThrow(
      new TypeError('Cannot add property nosuch, object is not extensible'),
    );
    expect(() => new Push(untyped({ receiveTimeout: 1 }))).toThrow(TypeError);
    expect(() => new Push(untyped({ type: 1 }))).toThrow(
      new TypeError('Cannot set property type of #<Socket> which has only a getter'),
    );
  });

  it('a socket that could not be made does not count', () => {
    const own = new Context({ maxSockets: 1 });
    for (let i = 0; i < 3; i++) expect(() => new Push({ context: own, linger: -9 })).toThrow(/^Invalid argument/);
    open(new Push({ context: own }));
  });

  it('the context is taken out of the caller’s object', () => {
    const own = new Context();
    const options = { context: own, linger: 0 };
    const socket = open(new Push(options));
    expect(socket.context).toBe(own);
    expect(options).toEqual({ linger: 0 });
  });

  it.each([undefined, {}, null, 1])('%s is no context', (value) => {
    const error = captured(() => new Push(untyped({ context: value })));
    expect(error).toMatchObject({ message: 'Invalid argument', name: 'Error' });
    expect(error).not.toHaveProperty('code');
  });

  it('Socket itself needs a type', () => {
    expect(() => new (Socket as unknown as new () => Socket)()).toThrow(new TypeError('Socket type must be a number'));
  });
});

describe('sealed', () => {
  it('nothing can be added, by assignment or by a class field', () => {
    expect(() => set(open(new Push()), 'x', 1)).toThrow(
      new TypeError('Cannot add property x, object is not extensible'),
    );
    class WithField extends Push {
      x = 1;
    }
    expect(() => new WithField()).toThrow(new TypeError('Cannot define property x, object is not extensible'));
    expect(() => set(new Context(), 'x', 1)).toThrow(TypeError);
  });

  it.each([
    'type',
    'closed',
    'context',
    'events',
    'lastEndpoint',
    'readable',
    'writable',
  ])('%s is read-only', (name) => {
    expect(() => set(open(new Push()), name, 1)).toThrow(
      new TypeError(`Cannot set property ${name} of #<Socket> which has only a getter`),
    );
  });

  it('a subclass with methods works', async () => {
    class Named extends Pair {
      override toString(): string {
        return `pair of type ${this.type}`;
      }
    }
    expect(`${open(new Named())}`).toBe('pair of type 0');
  });
});

describe('option values', () => {
  const rows: [name: string, bad: unknown][] = [
    ['linger', -2],
    ['linger', 2 ** 31],
    ['linger', Number.NaN],
    ['linger', Number.POSITIVE_INFINITY],
    ['linger', 2 ** 32 + 5],
    ['reconnectInterval', -2],
    ['reconnectMaxInterval', -1],
    ['backlog', -1],
    ['maxMessageSize', Number.POSITIVE_INFINITY],
    ['sendHighWaterMark', -1],
    ['sendTimeout', -2],
    ['tcpKeepalive', 2],
    ['tcpKeepaliveIdle', -2],
    ['handshakeInterval', -1],
    ['heartbeatInterval', -1],
    ['heartbeatTimeToLive', 6_553_600],
    ['heartbeatTimeout', -2],
    ['connectTimeout', -1],
    ['routingId', 'x'.repeat(256)],
  ];

  it.each(rows)('%s refuses %s with EINVAL and keeps its value', (name, bad) => {
    const socket = open(new Dealer()) as unknown as Record<string, unknown>;
    const before = socket[name];
    expect(captured(() => set(socket, name, bad))).toMatchObject({
      code: 'EINVAL',
      errno: 22,
      message: expect.stringMatching(/^Invalid argument/),
    });
    expect(socket[name]).toBe(before);
  });

  it.each(['1', null, undefined, {}, 1n, true])('a number option refuses %s with a TypeError', (value) => {
    expect(() => set(open(new Push()), 'linger', value)).toThrow(TypeError);
    expect(() => set(open(new Push()), 'linger', value)).toThrow(/^Option value must be a number/);
  });

  it.each([1, 0, 'true', null, undefined])('a boolean option refuses %s with a TypeError', (value) => {
    expect(() => set(open(new Push()), 'immediate', value)).toThrow(/^Option value must be a boolean/);
  });

  it('write-only options read as undefined', () => {
    const router = open(new Router({ handover: true, probeRouter: true }));
    expect(router.handover).toBeUndefined();
    expect(router.probeRouter).toBeUndefined();
    expect(open(new Publisher({ noDrop: true })).noDrop).toBeUndefined();
  });

  it('a routing id is text or bytes, and a copy', () => {
    const id = Buffer.from('one');
    const socket = open(new Dealer({ routingId: untyped(id) }));
    id.fill(0);
    expect(socket.routingId).toBe('one');
    expect(open(new Dealer()).routingId).toBeNull();
  });
});

describe('Context', () => {
  it('limits its sockets with EMFILE, and counts closed ones no longer', () => {
    const own = new Context({ maxSockets: 2 });
    const first = open(new Pair({ context: own }));
    open(new Pair({ context: own }));
    expect(captured(() => new Pair({ context: own }))).toMatchObject({
      code: 'EMFILE',
      message: expect.stringMatching(/^Too many open file descriptors/),
    });
    first.close();
    open(new Pair({ context: own }));
  });

  it('blocky and ipv6 are the defaults of new sockets', () => {
    const own = new Context({ blocky: false, ipv6: true });
    expect(open(new Push({ context: own }))).toMatchObject({ ipv6: true });
    const socket = new Push({ context: own });
    onTestFinished(() => socket.close());
    expect(socket.linger).toBe(0);
  });

  it.each([5, null, 'x'])('%s is no options object', (options) => {
    expect(() => new Context(untyped(options))).toThrow(new TypeError('Options must be an object'));
  });

  it('opens and closes ten thousand sockets', () => {
    for (let i = 0; i < 10_000; i++) new (classes[i % classes.length]!.create as new () => AnySocket)().close();
    expect(open(new Subscriber()).closed).toBe(false);
  });
});

function captured(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
