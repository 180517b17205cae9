// `request` of REQ and DEALER: attempts, their replies and no others', queueing, and the socket afterwards.

import { describe, expect, it } from 'vitest';
import { ClosedError, Dealer, Reply, Request, Router, TimeoutError } from '../../src/index.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

const FRESH = { handshakeInterval: 0 };
const EFSM = { code: 'EFSM' };

/** Settled or not, with the text of the reply or the code of the error. */
function watched(promise: Promise<Buffer[]>): { state: string } {
  const seen = { state: 'pending' };
  promise.then(
    (message) => {
      seen.state = String(message);
    },
    (error: { code?: string }) => {
      seen.state = error.code ?? String(error);
    },
  );
  return seen;
}

/** A client and a ROUTER that answers when the test says so. */
async function served<T extends Request | Dealer>(
  type: new (options?: object) => T,
  endpoint: string,
  options: object = {},
) {
  const world = new World();
  const client = world.open(type as new (options?: object) => T, { ...FRESH, ...options });
  const router = world.open(Router, FRESH);
  await router.bind(endpoint);
  client.connect(endpoint);
  await world.clock.advance(0);
  const asked = async (): Promise<Buffer[]> => router.receive({ timeout: 0 });
  return { world, client, router, asked };
}

const body = (request: Buffer[]): string => String(request.at(-1));
const answer = (request: Buffer[], text: string): Buffer[] => [...request.slice(0, -1), Buffer.from(text)];

describe.each([Request, Dealer] as const)('request of %o', (type) => {
  it.each([
    'mem://a',
    'inproc://a',
  ])('over %s: a reply to an earlier attempt answers a DEALER, and not a REQ', async (endpoint) => {
    const { world, client, router, asked } = await served<Request | Dealer>(type, endpoint);
    const reply = watched(client.request('question', { timeout: 100, retries: 2 }));
    await world.clock.advance(0);
    const first = await asked();
    await world.clock.advance(100);
    const second = await asked();
    expect([body(first), body(second)]).toEqual(['question', 'question']);
    await router.send(answer(first, 'late'));
    await world.clock.advance(0);
    expect(reply.state).toBe(type === Dealer ? 'late' : 'pending');
    await router.send(answer(second, 'in time'));
    await world.clock.advance(0);
    expect(reply.state).toBe(type === Dealer ? 'late' : 'in time');
    expect(world.clock.pending).toBe(0);
  });

  it('a late reply to another request is nobody’s', async () => {
    const { world, client, router, asked } = await served<Request | Dealer>(type, 'mem://a');
    const given = watched(client.request('one', { timeout: 10 }));
    await world.clock.advance(10);
    const late = await asked();
    expect(given.state).not.toBe('pending');
    const reply = watched(client.request('two', { timeout: 100, retries: 2 }));
    await world.clock.advance(100);
    await router.send(answer(late, 'late'));
    await world.clock.advance(0);
    expect(reply.state).toBe('pending');
    // A REQ hears the answer to its last attempt; which of the two the ROUTER takes first does not matter.
    for (const request of [await asked(), await asked()]) await router.send(answer(request, 'in time'));
    await world.clock.advance(0);
    expect(reply.state).toBe('in time');
  });

  it('gives up after the last attempt, and says how many there were; the socket goes on', async () => {
    const { world, client, router, asked } = await served<Request | Dealer>(type, 'mem://a');
    const failing = expect(client.request('lost', { timeout: 100, retries: 1 })).rejects.toMatchObject({
      code: 'EAGAIN',
      message: 'Operation was not possible or timed out',
      detail: expect.stringMatching(/100 ms .* 2 attempts/),
    });
    const kind = expect(client.request('lost, too', { timeout: 100 })).rejects.toBeInstanceOf(TimeoutError);
    await world.clock.advance(300);
    await Promise.all([failing, kind]);
    const stale: Buffer[][] = [];
    for (let i = 0; i < 3; i++) stale.push(await asked());
    const reply = watched(client.request(['two', 'parts']));
    await world.clock.advance(0);
    for (const one of stale) await router.send(answer(one, 'stale'));
    await router.send(answer(await asked(), 'fresh'));
    await world.clock.advance(0);
    expect(reply.state).toBe('two,fresh');
  });

  it('outlives its server, and withdraws what had not left', async () => {
    const world = new World();
    const client = world.open(type as typeof Request, FRESH);
    client.connect('mem://a');
    const reply = watched(client.request('anybody?', { timeout: 1000, retries: 5 }));
    await world.clock.advance(3500);
    const rep = world.open(Reply, FRESH);
    await rep.bind('mem://a');
    await world.clock.advance(300);
    let requests = 0;
    for (let got = rep.tryReceive(); got !== undefined; got = rep.tryReceive()) {
      requests++;
      await rep.send(`answer to ${got}`);
      await world.clock.advance(0);
    }
    expect(reply.state).toBe('answer to anybody?');
    if (type === Request) expect(requests).toBe(1);
  });

  it('gives up with the reason of its signal, and stops at close', async () => {
    const { world, client } = await served<Request | Dealer>(type, 'mem://a');
    const giveUp = new AbortController();
    const aborted = expect(client.request('x', { signal: giveUp.signal })).rejects.toBe('enough');
    await world.clock.advance(0);
    giveUp.abort('enough');
    await aborted;
    await expect(client.request('x', { signal: giveUp.signal })).rejects.toBe('enough');
    const closed = [client.request('y', { retries: 3 }), client.request('z')].map((promise) =>
      expect(promise).rejects.toBeInstanceOf(ClosedError),
    );
    await world.clock.advance(0);
    client.close();
    await Promise.all(closed);
    expect(() => client.request('x')).toThrow(expect.objectContaining({ code: 'EBADF' }));
    await world.clock.advance(10_000);
    expect(world.clock.pending).toBe(0);
  });

  it('takes the message as it is when it is called', async () => {
    const { world, client, asked } = await served<Request | Dealer>(type, 'mem://a');
    const bytes = Buffer.from('a');
    const failing = expect(client.request(bytes, { timeout: 100, retries: 1 })).rejects.toBeInstanceOf(TimeoutError);
    bytes.fill('b');
    await world.clock.advance(200);
    await failing;
    expect([body(await asked()), body(await asked())]).toEqual(['a', 'a']);
  });

  it('refuses bad options and messages at once', async () => {
    const client = new World().open(type as typeof Request);
    expect(() => client.request(undefined as never)).toThrow(new TypeError('Message must be present'));
    expect(() => client.request('x', 5 as never)).toThrow(new TypeError('Options must be an object'));
    for (const bad of [{ retries: -1 }, { retries: 1.5 }, { timeout: -2 }]) {
      expect(() => client.request('x', bad)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
    await expect(client.request('x', { timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  });
});

describe('request of REQ', () => {
  it('is sent when its turn comes; who gives up in the queue is never sent', async () => {
    const { world, client, router, asked } = await served(Request, 'mem://a');
    const giveUp = new AbortController();
    const replies = [
      watched(client.request('1')),
      watched(client.request('2', { signal: giveUp.signal })),
      watched(client.request('3', { timeout: 100 })),
    ];
    giveUp.abort('enough');
    await world.clock.advance(1000);
    await router.send(answer(await asked(), 'one'));
    await world.clock.advance(0);
    const third = await asked();
    expect(body(third)).toBe('3');
    await router.send(answer(third, 'three'));
    await world.clock.advance(0);
    expect(replies.map(({ state }) => state)).toEqual(['one', 'enough', 'three']);
  });

  it('passes the turn on when it is given up in the moment it comes', async () => {
    const { world, client, router, asked } = await served(Request, 'mem://a');
    const giveUp = new AbortController();
    const first = client.request('1').then(() => giveUp.abort('enough'));
    const second = watched(client.request('2', { signal: giveUp.signal }));
    const third = watched(client.request('3'));
    await world.clock.advance(0);
    await router.send(answer(await asked(), 'one'));
    await first;
    await world.clock.advance(0);
    let last = await asked();
    if (body(last) === '2') last = await asked();
    await router.send(answer(last, 'three'));
    await world.clock.advance(0);
    expect([second.state, third.state]).toEqual(['enough', 'three']);
  });

  it('with correlate keeps its connection, and knows the reply by its id', async () => {
    const { world, client, router, asked } = await served(Request, 'mem://a', { correlate: true });
    const reply = watched(client.request('x', { timeout: 100, retries: 1 }));
    await world.clock.advance(0);
    const first = await asked();
    await world.clock.advance(100);
    await router.send(answer(first, 'late'));
    await router.send(answer(await asked(), 'in time'));
    await world.clock.advance(0);
    expect(reply.state).toBe('in time');
    expect(world.network.attempts).toBe(1);
  });

  it('leaves a request of send() alone', async () => {
    const { world, client, router, asked } = await served(Request, 'mem://a');
    await client.send('mine');
    await expect(client.request('x')).rejects.toMatchObject(EFSM);
    await world.clock.advance(0);
    await router.send(answer(await asked(), 'yours'));
    expect(String(await client.receive())).toBe('yours');
  });

  it('that was given up leaves no reply for receive()', async () => {
    const { world, client, router, asked } = await served(Request, 'mem://a');
    const failing = expect(client.request('x', { timeout: 10 })).rejects.toBeInstanceOf(TimeoutError);
    await world.clock.advance(10);
    await failing;
    await router.send(answer(await asked(), 'late'));
    await expect(client.receive()).rejects.toMatchObject(EFSM);
    await client.send('next');
    await world.clock.advance(0);
    await router.send(answer(await asked(), 'to next'));
    expect(String(await client.receive())).toBe('to next');
  });
});

describe('request of DEALER', () => {
  it('goes on beside others, whichever is answered first', async () => {
    const { world, client, router, asked } = await served(Dealer, 'mem://a');
    const replies = ['a', 'b', 'c'].map((text) => client.request(text));
    await world.clock.advance(0);
    const requests = [await asked(), await asked(), await asked()];
    for (const request of requests.reverse()) await router.send(answer(request, `re: ${body(request)}`));
    expect((await Promise.all(replies)).map(String)).toEqual(['re: a', 're: b', 're: c']);
  });

  it('waits beside others for a peer', async () => {
    const world = new World();
    const client = world.open(Dealer, FRESH);
    const replies = ['a', 'b', 'c'].map((text) => client.request(text));
    const rep = world.open(Reply, FRESH);
    await world.join(client, rep);
    for (let i = 0; i < 3; i++) await rep.send(`re: ${await rep.receive()}`);
    expect((await Promise.all(replies)).map(String)).toEqual(['re: a', 're: b', 're: c']);
  });

  it('takes the reply to any attempt: a server slower than the timeout is heard', async () => {
    const { world, client, router, asked } = await served(Dealer, 'mem://a');
    const reply = client.request('x', { timeout: 100, retries: 2 });
    await world.clock.advance(0);
    const first = await asked();
    await world.clock.advance(150);
    await router.send(answer(first, 'slow'));
    await world.clock.advance(0);
    expect(String(await reply)).toBe('slow');
    expect((await asked())[1]).toEqual(first[1]);
  });

  it('is queued once, however many attempts pass until a peer comes', async () => {
    const world = new World();
    const client = world.open(Dealer, FRESH);
    client.connect('mem://later');
    const reply = client.request('x', { timeout: 10, retries: 50 });
    await world.clock.advance(200);
    expect(client.statistics.queuedOut).toBe(1);
    const rep = world.open(Reply, FRESH);
    await rep.bind('mem://later');
    await world.clock.advance(200);
    await rep.send(`re: ${await rep.receive()}`);
    await world.clock.advance(0);
    expect(String(await reply)).toBe('re: x');
  });

  it('is not answered by a peer that never got it', async () => {
    const { world, client, asked } = await served(Dealer, 'mem://a');
    const stranger = world.open(Router, FRESH);
    await stranger.bind('mem://b');
    client.connect('mem://b');
    await world.clock.advance(0);
    const replies = ['one', 'two'].map((text) => watched(client.request(text)));
    await world.clock.advance(0);
    const mine = await stranger.receive({ timeout: 0 });
    const [, own] = mine as [Buffer, Buffer];
    for (let number = 0; number < 256; number++) {
      const guess = Buffer.from(own);
      guess[own.length - 1] = number;
      if (!guess.equals(own)) await stranger.send([mine[0]!, guess, '', 'forged']);
    }
    await world.clock.advance(0);
    expect(replies.map(({ state }) => state)).toEqual(['pending', 'pending']);
    await stranger.send(answer(mine, 'true'));
    await world.clock.advance(0);
    expect(replies.map(({ state }) => state).sort()).toEqual(['pending', 'true']);
    expect(body(await asked())).toMatch(/one|two/);
  });

  it('leaves what is no reply to receive(), with its sender, in order', async () => {
    const { world, client, router, asked } = await served(Dealer, 'mem://a');
    const reply = client.request('x');
    await world.clock.advance(0);
    const request = await asked();
    const [id] = request as [Buffer];
    for (const text of ['1', '2']) await router.send([id, text]);
    await world.clock.advance(0);
    expect([client.readable, client.statistics.queuedIn]).toEqual([true, 2]);
    const { parts, peer } = await client.receiveMessage();
    expect([String(parts), peer.socketType]).toEqual(['1', 'ROUTER']);
    await router.send(answer(request, 'y'));
    expect(String(await reply)).toBe('y');
    await router.send(answer(request, 'y again'));
    await router.send([id, '3']);
    await world.clock.advance(0);
    expect((await client.receiveBatch()).map(String)).toEqual(['2', '3']);
    expect(client.readable).toBe(false);
  });

  it('gets its reply behind more than anybody receives, as far as 1000 go', async () => {
    const { world, client, router, asked } = await served(Dealer, 'inproc://a');
    const reply = watched(client.request('x'));
    await world.clock.advance(0);
    const request = await asked();
    for (let i = 0; i < 1000; i++) await router.send([request[0] as Buffer, 'noise']);
    await router.send([request[0] as Buffer, 'too much']);
    await router.send(answer(request, 'y'));
    await world.clock.advance(0);
    expect(reply.state).toBe('pending');
    await client.receive();
    await client.receive();
    await world.clock.advance(0);
    expect(reply.state).toBe('y');
    expect(await client.receiveBatch()).toHaveLength(999);
  });
});
