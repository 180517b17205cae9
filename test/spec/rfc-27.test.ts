// RFC 27 (ZAP) clause by clause: what is asked, of whom, and what the answers mean. The clauses are in spec-notes/rfc-27.md;
// what a handler can do wrong is in test/fault/zap.test.ts.

import { describe, expect, it } from 'vitest';
import { Proxy as Broker, Dealer, Pair, Push, Reply, Router } from '../../src/index.js';
import { property } from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';
import { bindHandler, bindServer, dial, type Frames, MECHANISMS, reply, ZAP } from '../support/zap.js';

const NULL = MECHANISMS[0]!;
const allow = (): Frames => reply('200');

/** A server of NULL with a handler that replies so, and its first client, which has spoken. */
async function world(
  answers: Parameters<typeof bindHandler>[2] = allow,
  type: 'REP' | 'ROUTER' = 'REP',
  options: object = {},
) {
  const scene = new World();
  const handler = await bindHandler(scene, type, answers);
  const server = await bindServer(scene, NULL, options);
  const events = eventsOf(server);
  const client = dial(scene, NULL);
  await client.send('hello');
  await scene.clock.advance(0);
  return { scene, handler, server, events, client };
}

/** What a ROUTER that is bound as handler gets, frame for frame. */
async function asked(options: object = {}): Promise<Buffer[]> {
  const scene = new World();
  const router = scene.open(Router);
  await router.bind(ZAP);
  await bindServer(scene, NULL, options);
  dial(scene, NULL);
  return router.receive();
}

describe('who talks to whom', () => {
  it('ZAP27-ARCH-1 asks as a DEALER', async () => {
    const scene = new World();
    const handler = scene.open(Reply);
    await handler.bind(ZAP);
    await bindServer(scene, NULL);
    dial(scene, NULL);
    const { peer } = await handler.receiveMessage();
    expect([peer.socketType, peer.address]).toEqual(['DEALER', ZAP]);
  });

  it.each(['REP', 'ROUTER'] as const)('ZAP27-ARCH-2 takes answers of a %s', async (type) => {
    const { server } = await world(allow, type);
    expect(server.peers).toHaveLength(1);
  });

  it.each([
    Dealer,
    Pair,
    Push,
  ])('ZAP27-ARCH-3 asks nobody else who has bound the endpoint, and lets nobody in', async (type) => {
    const scene = new World();
    const stranger = scene.open<Dealer | Pair | Push, object>(type);
    await stranger.bind(ZAP);
    const server = await bindServer(scene, NULL);
    const events = eventsOf(server);
    dial(scene, NULL);
    await scene.clock.advance(0);
    expect(stranger.peers).toEqual([]);
    expect(events).toContain('handshake:error:other mem://a EFAULT');
  });

  it('ZAP27-ARCH-4 connects to inproc://zeromq.zap.01', async () => {
    const { handler } = await world();
    expect([handler.socket.lastEndpoint, handler.requests.length]).toEqual(['inproc://zeromq.zap.01', 1]);
  });

  it('ZAP27-ARCH-5 has one handler at a time', async () => {
    const { scene } = await world();
    await expect(scene.open(Reply).bind(ZAP)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('ZAP27-ARCH-6 serves any number of servers by one handler', async () => {
    const scene = new World();
    const handler = await bindHandler(scene, 'REP', allow);
    for (const name of ['one', 'two', 'three']) {
      const server = scene.open(Router, { zapDomain: name });
      await server.bind(`mem://${name}`);
      scene.open(Dealer).connect(`mem://${name}`);
    }
    await scene.clock.advance(0);
    expect(handler.requests.map((request) => request.split('|')[2]).sort()).toEqual(['one', 'three', 'two']);
  });

  it('ZAP27-ARCH-7 asks a handler that comes after the server, from then on', async () => {
    const scene = new World();
    const server = await bindServer(scene, NULL, { zapEnforceDomain: true });
    dial(scene, NULL);
    await scene.clock.advance(0);
    expect(server.peers).toEqual([]);
    const handler = await bindHandler(scene, 'REP', allow);
    dial(scene, NULL);
    await scene.clock.advance(0);
    expect([server.peers.length, handler.requests.length]).toEqual([1, 1]);
  });

  it('ZAP27-DIALOG-1 asks once for each peer, and hears one reply', async () => {
    const { scene, handler, server } = await world();
    for (let i = 0; i < 3; i++) dial(scene, NULL);
    await scene.clock.advance(0);
    expect([handler.requests.length, server.peers.length]).toEqual([4, 4]);
    const twice = await world(() => [reply('200'), reply('200')], 'ROUTER');
    expect(twice.server.peers).toEqual([]);
  });
});

describe('the request', () => {
  it('ZAP27-REQUEST-1 begins with an empty delimiter', async () => {
    const [id, delimiter] = await asked();
    expect([(id as Buffer).length > 0, delimiter]).toEqual([true, Buffer.alloc(0)]);
  });

  it('ZAP27-REQUEST-2 has version 1.0', async () => {
    expect((await asked())[2]?.toString()).toBe('1.0');
  });

  it('ZAP27-REQUEST-3 has an id of ours', async () => {
    expect((await asked())[3]?.toString()).toBe('1');
  });

  it('ZAP27-REQUEST-4 has the domain, and asks about NULL only where there is one', async () => {
    expect((await asked({ zapDomain: 'gate' }))[4]?.toString()).toBe('gate');
    const scene = new World();
    const handler = await bindHandler(scene, 'REP', () => reply('400'));
    const server = scene.open(Router);
    await server.bind('mem://a');
    dial(scene, NULL);
    await scene.clock.advance(0);
    expect([handler.requests, server.peers.length]).toEqual([[], 1]);
  });

  it('ZAP27-REQUEST-5 has the address, without a port', async () => {
    // Where there is none, the word that libzmq begins with.
    expect((await asked())[5]?.toString()).toBe('localhost');
  });

  it('ZAP27-REQUEST-6 has the identity of the connection: ours, up to 255 bytes', async () => {
    const longest = Buffer.alloc(255, 0xfe);
    expect((await asked({ routingId: longest }))[6]).toEqual(longest);
    expect((await asked())[6]).toEqual(Buffer.alloc(0));
  });

  it('ZAP27-REQUEST-7 has the mechanism', async () => {
    expect((await asked())[7]?.toString()).toBe('NULL');
  });

  it('ZAP27-REQUEST-8 ends with the credentials', async () => {
    expect(await asked()).toHaveLength(8);
  });
});

describe('the reply', () => {
  const verdict = async (answer: Frames): Promise<string> => {
    const { server, events } = await world(() => answer);
    return server.peers.length > 0 ? 'let in' : (events[1] as string).replace(/^handshake:error:\w+ mem:\/\/a /, '');
  };

  it('ZAP27-REPLY-1 has a delimiter before it and six frames', async () => {
    expect(await verdict(['', ...reply('200')])).toBe('ERR_ZAP_MALFORMED_REPLY');
    expect(await verdict(reply('200').slice(0, 5))).toBe('ERR_ZAP_MALFORMED_REPLY');
    expect(await verdict([...reply('200'), ''])).toBe('ERR_ZAP_MALFORMED_REPLY');
  });

  it('ZAP27-REPLY-2 has version 1.0', async () => {
    expect(await verdict(reply('200', { 0: '2.0' }))).toBe('ERR_ZAP_BAD_VERSION');
  });

  it('ZAP27-REPLY-3 returns the id of the request', async () => {
    expect(await verdict(reply('200', { 1: '3' }))).toBe('ERR_ZAP_BAD_REQUEST_ID');
  });

  it.each([
    ['200', 'let in'],
    ['300', 'Temporary error'],
    ['400', 'Authentication failure'],
    ['500', 'Internal error'],
    ['OK', 'ERR_ZAP_INVALID_STATUS_CODE'],
  ])('ZAP27-REPLY-4 has the status code %s: %s', async (status, what) => {
    expect(await verdict(reply(status))).toBe(what);
  });

  it('ZAP27-REPLY-5 may have a status text, or an empty one', async () => {
    expect(await verdict(reply('200', { 3: '' }))).toBe('let in');
    expect(await verdict(reply('200', { 3: 'x'.repeat(1000) }))).toBe('let in');
  });

  it('ZAP27-REPLY-6 may have a user id, which the application sees', async () => {
    const { server } = await world(() => reply('200', { 4: 'joe' }));
    expect((await server.receiveMessage()).peer.userId).toBe('joe');
    const anonymous = await world();
    expect((await anonymous.server.receiveMessage()).peer.userId).toBeNull();
  });

  it('ZAP27-REPLY-7 of a refusal is one, whatever else it says', async () => {
    expect(await verdict(reply('400', { 4: 'joe' }))).toBe('Authentication failure');
  });

  it('ZAP27-REPLY-8 may have metadata in the form of ZMTP’s', async () => {
    const metadata = Buffer.concat([property('X-Role', 'admin'), property('Level', Buffer.of(0, 7))]);
    const { server } = await world(() => reply('200', { 5: metadata }));
    const { properties } = (await server.receiveMessage()).peer;
    expect([properties.get('x-role')?.toString(), properties.get('level')]).toEqual(['admin', Buffer.of(0, 7)]);
    expect(await verdict(reply('200', { 5: metadata.subarray(1) }))).toBe('ERR_ZAP_INVALID_METADATA');
  });

  it('ZAP27-STRINGS-1 has a user id of 255 characters at most', async () => {
    expect(await verdict(reply('200', { 4: 'x'.repeat(255) }))).toBe('let in');
    expect(await verdict(reply('200', { 4: 'x'.repeat(256) }))).toBe('ERR_ZAP_MALFORMED_REPLY');
    const open = (): unknown => new World().open(Router, { zapDomain: 'x'.repeat(256) });
    expect(open).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('envelopes', () => {
  it('ZAP27-SOCKETS-1 are not seen by a REP', async () => {
    const { handler } = await world();
    expect(handler.requests).toEqual(['1.0|1|test|localhost||NULL']);
  });

  it('ZAP27-SOCKETS-2 have a routing id for each question at a ROUTER, and bring the reply back by it', async () => {
    const scene = new World();
    const router = scene.open(Router);
    await router.bind(ZAP);
    const server = await bindServer(scene, NULL);
    dial(scene, NULL, { routingId: 'first' });
    const [first] = (await router.receive()) as [Buffer];
    dial(scene, NULL, { routingId: 'second' });
    const [second] = (await router.receive()) as [Buffer];
    expect(first).not.toEqual(second);
    await router.send([second, '', ...reply('200')]);
    await router.send([first, '', ...reply('400')]);
    await scene.clock.advance(0);
    expect(server.peers.map(({ routingId }) => routingId?.toString())).toEqual(['second']);
  });

  it('ZAP27-PROXY-1 of any depth come back: a ROUTER may pass questions on to handlers elsewhere', async () => {
    const scene = new World();
    const terminal = scene.open(Reply);
    await terminal.bind('mem://handler');
    const front = scene.open(Router);
    const back = scene.open(Dealer);
    await front.bind(ZAP);
    back.connect('mem://handler');
    const proxy = new Broker(front, back);
    const running = proxy.run();
    const server = await bindServer(scene, NULL);
    const client = dial(scene, NULL);
    await client.send('hello');
    expect((await terminal.receive()).map(String)).toEqual(['1.0', '1', 'test', 'localhost', '', 'NULL']);
    await terminal.send(reply('200', { 4: 'joe' }));
    const { peer } = await server.receiveMessage();
    expect(peer.userId).toBe('joe');
    proxy.terminate();
    await running;
  });
});

describe('mechanisms', () => {
  const [NULL_CASE, PLAIN_CASE, CURVE_CASE] = MECHANISMS;
  const shown = async (mechanism: typeof NULL_CASE): Promise<string[]> => {
    const scene = new World();
    const handler = await bindHandler(scene, 'REP', allow);
    await bindServer(scene, mechanism);
    dial(scene, mechanism);
    await scene.clock.advance(0);
    return handler.requests.map((request) => request.split('|').slice(5).join('|'));
  };

  it('ZAP27-NULL-1 are NULL, without credentials', async () => {
    expect(await shown(NULL_CASE)).toEqual(['NULL']);
  });

  it('ZAP27-PLAIN-1 are PLAIN, with a user name and a password', async () => {
    expect(await shown(PLAIN_CASE)).toEqual(['PLAIN|admin|hunter2']);
  });

  it('ZAP27-CURVE-1 are CURVE, with the 32 bytes of the client’s public key', async () => {
    expect(await shown(CURVE_CASE)).toEqual([CURVE_CASE.shown]);
    expect(Buffer.from(CURVE_CASE.shown.slice(6), 'latin1')).toHaveLength(32);
  });
});
