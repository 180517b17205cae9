// bind, unbind, connect, disconnect, close, send and receive as verbs: what each refuses, with which code and text, and
// whether it throws or rejects. Codes and texts are those of zeromq.js 6.

import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Pair, Pull, Push, Reply, Request } from '../../src/index.js';
import { classes, outcome } from '../support/classes.js';
import { bound, inproc, nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const VERBS = ['bind', 'unbind', 'connect', 'disconnect'] as const;
const BLOCKED = 'Socket is blocked by a bind or unbind operation';

describe('addresses', () => {
  it.each(VERBS)('%s wants a string, and throws a TypeError without code', async (verb) => {
    const socket = open(new Pair());
    for (const address of [undefined, null, 5, {}, [], Buffer.from('inproc://x')]) {
      const { how, error } = await outcome(() => socket[verb](address as never));
      expect({ how, message: error?.message }).toEqual({ how: 'threw', message: 'Address must be a string' });
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.code).toBeUndefined();
    }
  });

  it('unbind and disconnect of what is not there: ENOENT, one rejects, the other throws', async () => {
    const socket = open(new Pair());
    for (const verb of ['unbind', 'disconnect'] as const) {
      const { how, error } = await outcome(() => socket[verb]('tcp://127.0.0.1:1'));
      expect(how).toBe(verb === 'unbind' ? 'rejected' : 'threw');
      expect(error).toMatchObject({ code: 'ENOENT', errno: 2, address: 'tcp://127.0.0.1:1' });
      expect(error?.message).toMatch(/^No such endpoint/);
    }
  });

  it('of bind are known to disconnect, and those of connect to unbind, as in libzmq', async () => {
    const socket = open(new Pull());
    const endpoint = await bound(socket);
    socket.disconnect(endpoint);
    expect((await outcome(() => socket.unbind(endpoint))).error?.code).toBe('ENOENT');
    socket.connect('tcp://127.0.0.1:1');
    await socket.unbind('tcp://127.0.0.1:1');
    expect((await outcome(() => socket.disconnect('tcp://127.0.0.1:1'))).error?.code).toBe('ENOENT');
  });

  it('what bind runs into rejects, with the address', async () => {
    const endpoint = await bound(open(new Pull()));
    const { how, error } = await outcome(() => open(new Pull()).bind(endpoint));
    expect(how).toBe('rejected');
    expect(error).toMatchObject({ code: 'EADDRINUSE', errno: constants.errno.EADDRINUSE, address: endpoint });
    expect(error?.message).toMatch(/^Address already in use/);
    expect(Object.keys(error as object).sort()).toEqual(['address', 'code', 'errno']);
  });

  it('a socket whose bind failed is usable', async () => {
    const endpoint = await bound(open(new Pull()));
    const pull = open(new Pull());
    await outcome(() => pull.bind(endpoint));
    expect(pull.lastEndpoint).toBeNull();
    const push = open(new Push());
    push.connect(await bound(pull));
    await push.send('through');
    expect(String(await pull.receive())).toBe('through');
  });

  it('several endpoints, bound and connected, on one socket', async () => {
    const pull = open(new Pull());
    const push = open(new Push());
    push.connect(await bound(pull));
    push.connect(await bound(pull));
    const name = inproc();
    await push.bind(name);
    pull.connect(name);
    expect(push.lastEndpoint).toBe(name);
    for (let i = 0; i < 9; i++) await push.send(`${i}`);
    const seen = new Set<string>();
    while (seen.size < 9) seen.add(String(await pull.receive()));
  });
});

describe('a pending bind', () => {
  it('blocks every verb with EBUSY, thrown', async () => {
    const socket = open(new Pair());
    const pending = socket.bind('tcp://127.0.0.1:*');
    for (const operation of [
      () => socket.bind('tcp://127.0.0.1:*'),
      () => socket.unbind('tcp://127.0.0.1:1'),
      () => socket.connect('tcp://127.0.0.1:1'),
      () => socket.disconnect('tcp://127.0.0.1:1'),
      () => socket.send('x'),
      () => socket.receive(),
    ]) {
      const { how, error } = await outcome(operation);
      expect({ how, code: error?.code, message: error?.message }).toEqual({
        how: 'threw',
        code: 'EBUSY',
        message: BLOCKED,
      });
    }
    await pending;
  });

  it('does not block options', async () => {
    const socket = open(new Pair());
    const pending = socket.bind('tcp://127.0.0.1:*');
    socket.linger = 5;
    expect(socket.linger).toBe(5);
    await pending;
  });

  it('defers close', async () => {
    const endpoint = await freeEndpoint();
    const socket = open(new Pair());
    const pending = socket.bind(endpoint);
    socket.close();
    socket.close();
    expect(socket.closed).toBe(false);
    await pending;
    expect(socket.closed).toBe(true);
    await open(new Pair()).bind(endpoint);
  });

  it('that fails frees the socket, and closes it when that was asked for', async () => {
    const endpoint = await bound(open(new Pull()));
    const socket = open(new Pull());
    const pending = socket.bind(endpoint);
    socket.close();
    await expect(pending).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(socket.closed).toBe(true);
  });
});

describe.each(classes)('a closed $name', ({ create }) => {
  it('throws EBADF from every verb', async () => {
    const socket = new create();
    socket.close();
    for (const operation of [
      () => socket.bind('tcp://127.0.0.1:*'),
      () => socket.unbind('tcp://127.0.0.1:1'),
      () => socket.connect('tcp://127.0.0.1:1'),
      () => socket.disconnect('tcp://127.0.0.1:1'),
      () => socket.send('x'),
      () => socket.receive(),
    ]) {
      const { how, error } = await outcome(operation);
      expect({ how, code: error?.code, message: error?.message }).toEqual({
        how: 'threw',
        code: 'EBADF',
        message: 'Socket is closed',
      });
    }
  });

  it('answers ENOTSOCK to options and events, and is quiet otherwise', () => {
    const socket = new create();
    socket.close();
    socket.close();
    for (const access of [
      () => socket.linger,
      () => {
        socket.linger = 0;
      },
      () => socket.events,
    ]) {
      expect(access).toThrow(
        expect.objectContaining({ code: 'ENOTSOCK', message: 'Socket operation on non-socket' }) as Error,
      );
    }
    expect(socket).toMatchObject({ closed: true, readable: false, writable: false });
    expect(socket.context).toBeUndefined();
  });

  it('iterates no further', async () => {
    const socket = new create() as unknown as AsyncIterable<unknown> & { close(): void };
    socket.close();
    for await (const _ of socket) throw new Error('a message from a closed socket');
  });
});

describe.each(classes)('$name refuses what it cannot do', ({ create, sends, receives, name }) => {
  if (!sends)
    it('send: ENOTSUP at once, as a rejection', async () => {
      const { how, error } = await outcome(() => open(new create()).send('x'));
      expect(how).toBe('rejected');
      expect(error).toMatchObject({ code: 'ENOTSUP', message: expect.stringMatching(/^Operation not supported/) });
    });

  if (!receives)
    it('receive: ENOTSUP at once, as a rejection', async () => {
      const { how, error } = await outcome(() => open(new create()).receive());
      expect(how).toBe('rejected');
      expect(error).toMatchObject({ code: 'ENOTSUP', message: expect.stringMatching(/^Operation not supported/) });
    });

  if (name === 'Request')
    it('receive first, send twice: EFSM at once', async () => {
      const request = open(new Request());
      expect((await outcome(() => request.receive())).error).toMatchObject({ code: 'EFSM', errno: 156384763 });
      request.connect('tcp://127.0.0.1:1');
      await request.send('one');
      const { how, error } = await outcome(() => request.send('two'));
      expect(how).toBe('rejected');
      expect(error?.message).toMatch(/^Operation cannot be accomplished in current state/);
    });

  if (name === 'Reply')
    it('send first: EFSM at once', async () => {
      expect((await outcome(() => open(new Reply()).send('x'))).error).toMatchObject({ code: 'EFSM' });
    });

  it('send() without a message is a TypeError', async () => {
    const { how, error } = await outcome(() => (open(new create()).send as () => unknown)());
    expect({ how, message: error?.message }).toEqual({ how: 'threw', message: 'Message must be present' });
    expect(error).toBeInstanceOf(TypeError);
  });
});

describe('a subclass with a receive of its own', () => {
  class Upper extends Pull {
    override async receive(): Promise<Buffer[]> {
      return (await super.receive()).map((part) => Buffer.from(String(part).toUpperCase()));
    }
  }

  it('iterates over what that gives, until it is closed', async () => {
    const pull = open(new Upper());
    const push = open(new Push());
    push.connect(await bound(pull));
    await push.send('x');
    const got: string[] = [];
    for await (const [part] of pull) {
      got.push(String(part));
      setImmediate(() => pull.close());
    }
    expect(got).toEqual(['X']);
  });
});

describe('close', () => {
  it('frees the endpoint at once', async () => {
    const first = open(new Pull());
    const endpoint = await bound(first);
    first.close();
    await open(new Pull()).bind(endpoint);
  });

  it('tells the peer', async () => {
    const pull = open(new Pull());
    const push = open(new Push());
    const gone = nextEvent(push, 'disconnect');
    push.connect(await bound(pull));
    await push.send('x');
    await pull.receive();
    pull.close();
    expect((await gone).address).toBe(push.lastEndpoint);
  });
});

/** A port that was free a moment ago. */
async function freeEndpoint(): Promise<string> {
  const socket = open(new Pair());
  const endpoint = await bound(socket);
  await socket.unbind(endpoint);
  return endpoint;
}
