// The option `authenticator`: what it is shown, what it may answer, and that nothing it does harms the process.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type AuthenticationRequest,
  type AuthenticationResult,
  Dealer,
  Pair,
  type PlainRequest,
  Router,
} from '../../src/index.js';
import { type Deferred, deferred } from '../../src/util/deferred.js';
import { tried, warnings } from '../support/authenticator.js';
import { MemoryPeer } from '../support/memory-peer.js';
import { command, greeting, property, ready } from '../support/wire.js';
import { World } from '../support/world.js';
import { bindHandler, bindServer, clientKeys, dial, goodClientWorks, MECHANISMS, reply } from '../support/zap.js';

const [NULL, PLAIN, CURVE] = MECHANISMS;

describe('the option', () => {
  it('is null until it is set, and null takes it away', () => {
    const allow = () => true;
    const socket = new World().open(Router, { authenticator: allow });
    expect(socket.authenticator).toBe(allow);
    socket.authenticator = null;
    expect(socket.authenticator).toBeNull();
    expect(new World().open(Pair).authenticator).toBeNull();
  });

  it.each([true, 'yes', 1, {}, []])('%s is no function', (value) => {
    const socket = new World().open(Router);
    const set = (): unknown => Object.assign(socket, { authenticator: value });
    expect(set).toThrow(TypeError);
    expect(set).toThrow('Authenticator must be a function or null');
    expect(() => Object.assign(socket, { authenticator: { joe: 'hunter2' } })).toThrow(
      expect.objectContaining({ stack: expect.not.stringContaining('hunter2') }),
    );
    expect(socket.authenticator).toBeNull();
  });

  it('of a closed socket is ENOTSOCK', () => {
    const socket = new World().open(Router);
    socket.close();
    expect(() => socket.authenticator).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    expect(() => Object.assign(socket, { authenticator: null })).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
  });

  it('holds for what is bound from then on', async () => {
    const world = new World();
    const server = world.open(Router);
    await server.bind('mem://a');
    server.authenticator = () => false;
    await server.bind('mem://b');
    for (const name of ['a', 'b']) world.open(Dealer).connect(`mem://${name}`);
    await world.clock.advance(0);
    expect(server.peers.map(({ address }) => address)).toEqual(['mem://a']);
  });

  it('outranks the ZAP handler', async () => {
    const world = new World();
    const handler = await bindHandler(world, 'REP', () => reply('400'));
    const server = await bindServer(world, NULL, { authenticator: () => true });
    expect(await goodClientWorks(world, NULL, server)).toBe(true);
    expect(handler.requests).toEqual([]);
  });

  it('of one that dials with NULL decides about whom it reaches', async () => {
    const world = new World();
    const server = world.open(Router);
    await server.bind('mem://a');
    const asked: string[] = [];
    const client = world.open(Dealer, {
      reconnectInterval: -1,
      authenticator: ({ mechanism }) => asked.push(mechanism) < 0,
    });
    client.connect('mem://a');
    await world.clock.advance(0);
    expect([asked, client.peers, server.peers]).toEqual([['NULL'], [], []]);
  });
});

describe('an authenticator', () => {
  it('is shown the domain and the address of a peer', async () => {
    const shown: AuthenticationRequest[] = [];
    await tried((request) => shown.push(request) > 0);
    const [request] = shown;
    expect({ ...request }).toEqual({
      mechanism: 'NULL',
      domain: 'test',
      address: 'localhost',
      signal: expect.any(AbortSignal),
    });
  });

  it('is shown name and password of a peer of PLAIN, and the password nowhere else', async () => {
    const shown: AuthenticationRequest[] = [];
    const { letIn } = await tried((request) => shown.push(request) > 0, PLAIN);
    const [request] = shown as [PlainRequest];
    expect([letIn, request.username, request.password]).toEqual([true, 'admin', 'hunter2']);
    const pictures = [
      inspect(request),
      inspect(request, { showHidden: true, depth: 9 }),
      JSON.stringify(request),
      `${request}`,
    ];
    expect(pictures.filter((picture) => picture.includes('hunter2'))).toEqual([]);
    expect(pictures[0]).toContain('admin');
    expect({ ...request }).not.toHaveProperty('password');
  });

  it('is shown the key of a peer of CURVE', async () => {
    const shown: AuthenticationRequest[] = [];
    await tried((request) => shown.push(request) > 0, CURVE);
    expect(shown).toMatchObject([{ mechanism: 'CURVE', publicKey: clientKeys.publicKey, domain: 'test' }]);
  });

  it('is not asked about names and passwords that are no text: they would look like others', async () => {
    const world = new World();
    let asked = 0;
    await bindServer(world, PLAIN, { authenticator: () => ++asked > 0 });
    for (const hello of ['\x05admin\x01\xff', '\x01\xff\x07hunter2']) {
      const peer = new MemoryPeer(world.network.dial('a'));
      peer.write(greeting({ mechanism: 'PLAIN' }), command('HELLO', Buffer.from(hello, 'latin1')));
      await world.clock.advance(0);
      expect(peer.heard()).toEqual(['greeting', 'ERROR \x03400']);
    }
    expect(asked).toBe(0);
    const peer = new MemoryPeer(world.network.dial('a'));
    peer.write(greeting({ mechanism: 'PLAIN' }), command('HELLO', Buffer.from('\x00\x00')));
    await world.clock.advance(0);
    expect([peer.heard(), asked]).toEqual([['greeting', 'WELCOME'], 1]);
  });

  it.each(MECHANISMS)('of a client is asked about NULL only: $name', async (mechanism) => {
    const world = new World();
    const server = await bindServer(world, mechanism, { authenticator: () => true });
    let asked = 0;
    dial(world, mechanism, { authenticator: () => ++asked > 0 });
    await world.clock.advance(0);
    expect([asked, server.peers.length]).toEqual([mechanism.name === 'NULL' ? 1 : 0, 1]);
  });

  const ANSWERS: [AuthenticationResult, boolean, string | null][] = [
    [true, true, null],
    [{}, true, null],
    [{ userId: 'joe' }, true, 'joe'],
    [{ userId: 'jörg 🎻', properties: { 'X-Role': 'admin' } }, true, 'jörg 🎻'],
    [{ userId: undefined, properties: undefined }, true, null],
    [{ userId: '' }, true, null],
    [{ userId: 'x'.repeat(255) }, true, 'x'.repeat(255)],
    [false, false, null],
    [{ status: 300 }, false, null],
    [{ status: 400 }, false, null],
    [{ status: 500 }, false, null],
  ];
  describe.each([
    ['at once', (answer: AuthenticationResult) => answer],
    [
      'later',
      (answer: AuthenticationResult) =>
        new Promise<AuthenticationResult>((resolve) => setImmediate(() => resolve(answer))),
    ],
  ])('that answers %s', (_when, give) => {
    it.each(ANSWERS)('%o: %s', async (answer, letIn, userId) => {
      const { server, events, letIn: got, world } = await tried(() => give(answer));
      expect(got).toBe(letIn);
      if (letIn) expect(server.peers[0]?.userId).toBe(userId);
      const status = (answer as { status?: number }).status ?? 400;
      const message = { 300: 'Temporary error', 400: 'Authentication failure', 500: 'Internal error' }[status];
      const refusal = [`handshake:error:auth mem://a ${message}`, `disconnect mem://a ${message}`];
      expect(events.slice(1)).toEqual(letIn ? ['handshake mem://a'] : refusal);
      await world.clock.advance(0);
    });
  });

  it('gives the peer its user id and properties, which the receiver sees and the peer cannot claim', async () => {
    const world = new World();
    const authenticator = () => ({ userId: 'joe', properties: { 'X-Role': 'admin', 'X-Key': Buffer.of(0, 255) } });
    const server = await bindServer(world, NULL, { authenticator });
    const client = dial(world, NULL, { properties: { 'X-Role': 'root', 'X-Version': '7' } });
    await client.send('hello');
    const { peer } = await server.receiveMessage();
    expect(peer.userId).toBe('joe');
    const text = (name: string) => peer.properties.get(name)?.toString('latin1');
    expect([text('x-role'), text('X-KEY'), text('X-Version'), text('User-Id')]).toEqual([
      'admin',
      '\0\xff',
      '7',
      'joe',
    ]);
  });

  it('that gives no user id leaves none, whatever the peer claims', async () => {
    const world = new World();
    const server = await bindServer(world, NULL, { authenticator: () => true });
    const liar = new MemoryPeer(world.network.dial('a'));
    liar.write(greeting(), ready('DEALER', property('User-Id', 'root'), property('X-Version', '7')));
    await world.clock.advance(0);
    const [peer] = server.peers;
    expect([peer?.userId, peer?.properties.has('User-Id'), peer?.properties.has('X-Version')]).toEqual([
      null,
      false,
      true,
    ]);
  });

  it('Z4 that never answers: the handshake’s time ends, its signal is aborted, and a good client works', async () => {
    let signal: AbortSignal | undefined;
    let answer: AuthenticationResult | Promise<AuthenticationResult> = new Promise(() => {});
    const { world, server, events } = await tried((request) => {
      signal = request.signal;
      return answer;
    });
    await world.clock.advance(999);
    expect([events.length, signal?.aborted]).toEqual([1, false]);
    await world.clock.advance(1);
    expect(events.slice(1)).toEqual([
      'handshake:error:other mem://a EAGAIN',
      'disconnect mem://a ERR_ZMTP_UNSPECIFIED',
    ]);
    expect(signal?.aborted).toBe(true);
    answer = true;
    expect(await goodClientWorks(world, NULL, server)).toBe(true);
  });

  it.each<[string, (decide: Deferred<AuthenticationResult>) => void]>([
    ['lets in', ({ resolve }) => resolve(true)],
    ['keeps out', ({ resolve }) => resolve(false)],
    ['fails', ({ reject }) => reject(new Error('late'))],
  ])('Z7 that %s a peer which has gone does nothing', async (_what, settle) => {
    const told = warnings();
    const pending = deferred<AuthenticationResult>();
    let first = true;
    const { world, server, events } = await tried(() => {
      if (!first) return true;
      first = false;
      return pending.promise;
    });
    world.network.link.reset();
    await world.clock.advance(0);
    const before = [...events];
    settle(pending);
    await world.clock.advance(0);
    expect([events, told]).toEqual([before, []]);
    expect(await goodClientWorks(world, NULL, server)).toBe(true);
  });

  it('is not asked about a peer that has gone before its turn, nor by a socket that was closed', async () => {
    const world = new World();
    let asked = 0;
    const server = await bindServer(world, NULL, { authenticator: () => ++asked > 0 });
    dial(world, NULL);
    server.close();
    await world.clock.advance(0);
    expect(asked).toBe(0);
  });

  it('may close its own socket', async () => {
    const world = new World();
    const closing: Router = await bindServer(world, NULL, {
      authenticator: () => {
        closing.close();
        return true;
      },
    });
    const other = dial(world, NULL);
    await world.clock.advance(0);
    expect([closing.closed, closing.peers, other.peers]).toEqual([true, [], []]);
    await closing.ended;
  });

  it('never runs inside a call of the program’s own', async () => {
    const world = new World();
    let calls = 0;
    await bindServer(world, NULL, { authenticator: () => ++calls > 0 });
    const peer = world.network.dial('a');
    expect(calls).toBe(0);
    peer.reset();
  });
});
