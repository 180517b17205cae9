// Sockets that the program has let go of without closing them: closed once the collector finds them, but never while
// something is pending.

import { describe, expect, it } from 'vitest';
import { Context, Dealer, Pair, Publisher, Pull, Push, Subscriber } from '../../src/index.js';
import { alive } from '../support/gc.js';
import { within } from '../support/peers/deadline.js';
import { bound, inproc, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

/** Until the collector has taken it, and what it left has run. */
async function collected(ref: WeakRef<object>): Promise<boolean> {
  for (let round = 0; round < 20; round++) {
    const [held] = await alive([ref]);
    if (!held) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return true;
    }
  }
  return false;
}

/** The socket is made and lost in a frame of its own. */
async function lose(make: () => object | Promise<object>): Promise<WeakRef<object>> {
  return new WeakRef(await make());
}

describe('E6 a socket that nobody holds', () => {
  it('is collected with its context, wherever it was bound and connected', async () => {
    const other = open(new Push());
    const endpoint = await bound(other);
    let context: WeakRef<object> | undefined;
    const ref = await lose(async () => {
      const own = new Context();
      context = new WeakRef(own);
      const dealer = new Dealer({ context: own, heartbeatInterval: 50 });
      await dealer.bind('tcp://127.0.0.1:*');
      await dealer.bind(inproc());
      dealer.connect('tcp://127.0.0.1:1');
      dealer.connect(endpoint);
      return dealer;
    });
    expect(await collected(ref)).toBe(true);
    expect(await collected(context as WeakRef<object>)).toBe(true);
  });

  it('gives back its place in the context and its port', async () => {
    const context = new Context({ maxSockets: 1 });
    let port = '';
    const ref = await lose(async () => {
      const pull = new Pull({ context });
      await pull.bind('tcp://127.0.0.1:*');
      port = pull.lastEndpoint as string;
      return pull;
    });
    expect(() => new Pull({ context })).toThrow(expect.objectContaining({ code: 'EMFILE' }));
    expect(await collected(ref)).toBe(true);
    const next = await until(() => new Pull({ context }));
    await until(() => open(next).bind(port));
  });

  it('still delivers what was sent', async () => {
    const pull = open(new Pull());
    const endpoint = await bound(pull);
    const ref = await lose(async () => {
      const push = new Push();
      push.connect(endpoint);
      for (let i = 0; i < 100; i++) await push.send(`${i}`);
      return push;
    });
    expect(await collected(ref)).toBe(true);
    for (let i = 0; i < 100; i++) expect(String(await within(pull.receive(), `message ${i}`))).toBe(`${i}`);
  });
});

describe('E6 a socket that nobody holds, with something pending, goes on until that is done', () => {
  it('a receive', async () => {
    const endpoint = inproc();
    let received: Promise<Buffer[]> | undefined;
    const ref = await lose(async () => {
      const pull = new Pull();
      await pull.bind(endpoint);
      received = pull.receive();
      return pull;
    });
    await collected(ref);
    const push = open(new Push());
    push.connect(endpoint);
    await push.send('late');
    expect(String(await within(received as Promise<Buffer[]>, 'the message'))).toBe('late');
    await expect(until(() => open(new Pull()).bind(endpoint))).resolves.toBeUndefined();
  });

  it('a loop over its messages', async () => {
    const endpoint = inproc();
    const seen: string[] = [];
    let over: Promise<void> | undefined;
    const ref = await lose(async () => {
      const pair = new Pair();
      await pair.bind(endpoint);
      over = (async () => {
        for await (const [body] of pair) if (seen.push(String(body)) === 3) break;
      })();
      return pair;
    });
    const other = open(new Pair());
    other.connect(endpoint);
    for (const body of ['a', 'b', 'c']) {
      expect(await collected(ref)).toBe(false);
      await other.send(body);
    }
    await within(over as Promise<void>, 'the loop');
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('a listener to its events', async () => {
    const publisher = open(new Publisher());
    const endpoint = await bound(publisher);
    let left: Promise<void> | undefined;
    const ref = await lose(async () => {
      const subscriber = new Subscriber();
      left = new Promise((resolve) => void subscriber.events.on('disconnect', () => resolve()));
      subscriber.connect(endpoint);
      await publisher.waitForPeer();
      return subscriber;
    });
    await collected(ref);
    expect(publisher.peers).toHaveLength(1);
    publisher.close();
    await within(left as Promise<void>, 'the event');
  });
});

describe('a message that the program has let go of', () => {
  it.each([10, 3000, 100_000, 3_000_000])('is held by neither end, %d bytes', async (size) => {
    const [pull, push] = [open(new Pull()), open(new Push())];
    push.connect(await bound(pull));
    const sent = await lose(async () => {
      // With its own memory: small buffers share theirs.
      const body = Buffer.allocUnsafeSlow(size);
      await push.send(body);
      return body.buffer;
    });
    const received = await lose(async () => {
      const [body] = await within(pull.receive(), 'the message');
      return body.buffer;
    });
    expect([await collected(sent), await collected(received)]).toEqual([true, true]);
  });
});

/** What the collector left behind is done a little later. */
async function until<T>(operation: () => T | Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
