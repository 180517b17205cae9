// A peer comes in only on a proper answer: what a ZAP handler can do wrong, and what it can decide, for each mechanism and for
// handlers that answer at once and later. After each case a good client must get in and be heard.

import { describe, expect, it } from 'vitest';
import { Pair, Reply, Router } from '../../src/index.js';
import { deferred } from '../../src/util/deferred.js';
import { property } from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';
import {
  type Answers,
  bindHandler,
  bindServer,
  dial,
  type Frames,
  goodClientWorks,
  MECHANISMS,
  type Mechanism,
  reply,
  ZAP,
} from '../support/zap.js';

const ALLOW: Answers = () => reply('200');
const HANDLERS = ['REP', 'ROUTER'] as const;

/** Every mechanism, every type of handler, answering at once and a few ticks later. */
const WAYS = MECHANISMS.flatMap((mechanism) =>
  HANDLERS.flatMap((type) =>
    [false, true].map((later) => [mechanism.name, type, later ? 'later' : 'at once', mechanism, later] as const),
  ),
);

function answering(answer: Frames, later: boolean): Answers {
  return later ? () => new Promise((resolve) => setImmediate(() => resolve(answer))) : () => answer;
}

/** The events that a handshake which is refused has at the server; then a good client works. */
async function refused(
  mechanism: Mechanism,
  type: 'REP' | 'ROUTER',
  answers: Answers,
  wait = 0,
): Promise<{ events: string[]; clientEvents: string[] }> {
  const world = new World();
  const server = await bindServer(world, mechanism);
  const handler = await bindHandler(world, type, answers);
  const events = eventsOf(server);
  const client = dial(world, mechanism);
  const clientEvents = eventsOf(client);
  await client.send('bad');
  await world.clock.advance(wait);
  expect(server.tryReceive()).toBeUndefined();
  expect(server.peers).toEqual([]);
  const seen = events.filter((event) => !event.startsWith('accept'));
  handler.answers = ALLOW;
  client.close();
  await world.clock.advance(0);
  expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  return { events: seen, clientEvents };
}

describe.each(WAYS)('with %s, a %s that answers %s', (_name, type, _when, mechanism, later) => {
  it.each([
    ['300', 'Temporary error'],
    ['400', 'Authentication failure'],
    ['500', 'Internal error'],
  ])('Z2 status %s keeps the peer out', async (status, message) => {
    const { events, clientEvents } = await refused(mechanism, type, answering(reply(status), later));
    expect(events).toEqual([`handshake:error:auth mem://a ${message}`, `disconnect mem://a ${message}`]);
    const told = clientEvents.includes(`handshake:error:auth mem://a ${message}`);
    // The temporary one is not told to the peer: it shall just come again.
    expect(told).toBe(status !== '300');
  });

  const FAULTS: [what: string, answer: Frames, code: string][] = [
    ['another version', reply('200', { 0: '1.1' }), 'ERR_ZAP_BAD_VERSION'],
    ['an empty version', reply('200', { 0: '' }), 'ERR_ZAP_BAD_VERSION'],
    ['another request id', reply('200', { 1: '2' }), 'ERR_ZAP_BAD_REQUEST_ID'],
    ['an empty request id', reply('200', { 1: '' }), 'ERR_ZAP_BAD_REQUEST_ID'],
    ['a status of two digits', reply('20'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['a status of letters', reply('2OO'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['status 201', reply('201'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['status 100', reply('100'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['status 600', reply('600'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['status 2000', reply('2000'), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['no status', reply(''), 'ERR_ZAP_INVALID_STATUS_CODE'],
    ['five frames', reply('200').slice(0, 5), 'ERR_ZAP_MALFORMED_REPLY'],
    ['one frame', ['200'], 'ERR_ZAP_MALFORMED_REPLY'],
    ['seven frames', [...reply('200'), ''], 'ERR_ZAP_MALFORMED_REPLY'],
    ['a second delimiter', ['', ...reply('200')], 'ERR_ZAP_MALFORMED_REPLY'],
    ['a user id of 256 bytes', reply('200', { 4: 'x'.repeat(256) }), 'ERR_ZAP_MALFORMED_REPLY'],
    ['a user id that is no text', reply('200', { 4: Buffer.of(0x6a, 0xff) }), 'ERR_ZAP_MALFORMED_REPLY'],
  ];
  it.each(FAULTS)('Z3 %s lets nobody in', async (_what, answer, code) => {
    const { events } = await refused(mechanism, type, answering(answer, later));
    expect(events).toEqual([`handshake:error:protocol mem://a ${code}`, `disconnect mem://a ${code}`]);
  });

  const METADATA: [what: string, metadata: Buffer][] = [
    ['of one byte', Buffer.of(1)],
    ['cut off in a name', Buffer.from('\x09X-na', 'latin1')],
    ['cut off in a value', property('X-a', 'value', 6)],
    ['with an empty name', property('', 'value')],
    ['with a name of other characters', property('X a', 'value')],
    ['of 2^32 - 1 bytes, as it says', property('X-a', '', 0xffffffff)],
    ['with something behind it', Buffer.concat([property('X-a', 'b'), Buffer.of(0)])],
  ];
  it.each(METADATA)('Z8 metadata %s lets nobody in', async (_what, metadata) => {
    for (const status of ['200', '400']) {
      const { events } = await refused(mechanism, type, answering(reply(status, { 5: metadata }), later));
      expect(events).toEqual([
        'handshake:error:protocol mem://a ERR_ZAP_INVALID_METADATA',
        'disconnect mem://a ERR_ZAP_INVALID_METADATA',
      ]);
    }
  });
});

describe.each(MECHANISMS.map((mechanism) => [mechanism.name, mechanism] as const))('with %s', (_name, mechanism) => {
  it('Z1 nobody to ask and zapEnforceDomain: nobody gets in, and the event says so', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism, { zapEnforceDomain: true });
    const events = eventsOf(server);
    const client = dial(world, mechanism);
    await client.send('bad');
    await world.clock.advance(0);
    expect(events).toEqual([
      'accept mem://a',
      'handshake:error:other mem://a EFAULT',
      'disconnect mem://a ERR_ZAP_UNSPECIFIED',
    ]);
    await bindHandler(world, 'REP', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it('Z1 nobody to ask otherwise: as libzmq, PLAIN keeps everybody out, NULL and CURVE let them in', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism);
    const client = dial(world, mechanism);
    await client.send('hello');
    await world.clock.advance(0);
    expect(server.tryReceive()?.at(-1)?.toString()).toBe(mechanism.name === 'PLAIN' ? undefined : 'hello');
    await bindHandler(world, 'REP', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it('Z1 another context’s handler is not asked', async () => {
    const world = new World();
    const other = new World();
    const stranger = await bindHandler(other, 'REP', ALLOW);
    const server = await bindServer(world, mechanism, { zapEnforceDomain: true });
    const client = dial(world, mechanism);
    await client.send('bad');
    await world.clock.advance(0);
    expect([server.peers, stranger.requests]).toEqual([[], []]);
    await bindHandler(world, 'REP', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it('Z1 something else has bound the endpoint: nobody gets in, until a handler has', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism);
    const pair = world.open(Pair);
    await pair.bind(ZAP);
    const events = eventsOf(server);
    dial(world, mechanism);
    await world.clock.advance(0);
    expect(events.slice(1)).toEqual(['handshake:error:other mem://a EFAULT', 'disconnect mem://a ERR_ZAP_UNSPECIFIED']);
    expect(pair.peers).toEqual([]);
    pair.close();
    await bindHandler(world, 'REP', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it.each(HANDLERS)('Z4 a %s that never replies: the handshake’s time ends', async (type) => {
    // A REP has to reply before it is asked again, if only to nobody.
    const late = deferred<Frames>();
    const silent: Answers = type === 'ROUTER' ? () => null : () => late.promise;
    const world = new World();
    const server = await bindServer(world, mechanism);
    const handler = await bindHandler(world, type, silent);
    const events = eventsOf(server);
    const client = dial(world, mechanism);
    await client.send('bad');
    await world.clock.advance(999);
    expect(events).toEqual(['accept mem://a']);
    await world.clock.advance(1);
    expect(events.slice(1)).toEqual([
      'handshake:error:other mem://a EAGAIN',
      'disconnect mem://a ERR_ZMTP_UNSPECIFIED',
    ]);
    handler.answers = ALLOW;
    client.close();
    late.resolve(reply('200'));
    await world.clock.advance(0);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it.each(HANDLERS)('Z4 a %s that never reads holds no more than the handshakes in progress', async (type) => {
    const world = new World();
    const server = await bindServer(world, mechanism, { handshakeInterval: 0 });
    const idle = world.open<Reply | Router, object>(type === 'REP' ? Reply : Router);
    await idle.bind(ZAP);
    for (let round = 0; round < 50; round++) {
      const client = dial(world, mechanism);
      await world.clock.advance(0);
      expect(idle.statistics.queuedIn).toBe(1);
      world.network.link.reset();
      client.close();
      await world.clock.advance(0);
      expect([idle.statistics.queuedIn, idle.peers]).toEqual([0, []]);
    }
    expect(idle.readable).toBe(false);
    idle.close();
    await bindHandler(world, type, ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it.each(HANDLERS)('Z5 a %s that is closed before it has answered keeps the peer out at once', async (type) => {
    const world = new World();
    const server = await bindServer(world, mechanism);
    const idle = world.open<Reply | Router, object>(type === 'REP' ? Reply : Router);
    await idle.bind(ZAP);
    const events = eventsOf(server);
    dial(world, mechanism);
    await world.clock.advance(0);
    expect(events).toEqual(['accept mem://a']);
    idle.close();
    await world.clock.advance(0);
    expect(events.slice(1)).toEqual(['handshake:error:other mem://a EFAULT', 'disconnect mem://a ERR_ZAP_UNSPECIFIED']);
    await bindHandler(world, type, ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it('Z5 a handler whose program throws and closes it keeps the peer out', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism);
    const broken = world.open(Reply);
    await broken.bind(ZAP);
    const program = (async () => {
      try {
        await broken.receive();
        throw new Error('the database is gone');
      } finally {
        broken.close();
      }
    })();
    const events = eventsOf(server);
    dial(world, mechanism);
    await expect(program).rejects.toThrow('the database is gone');
    await world.clock.advance(0);
    expect(events.slice(1)).toEqual(['handshake:error:other mem://a EFAULT', 'disconnect mem://a ERR_ZAP_UNSPECIFIED']);
    await bindHandler(world, 'REP', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it('Z5 a handler that has unbound still answers what it was asked, and is asked no more', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism, { zapEnforceDomain: true });
    const handler = world.open(Reply);
    await handler.bind(ZAP);
    const client = dial(world, mechanism);
    await client.send('hello');
    await world.clock.advance(0);
    await handler.unbind(ZAP);
    await handler.receive();
    await handler.send(reply('200'));
    await world.clock.advance(0);
    expect(server.tryReceive()?.at(-1)?.toString()).toBe('hello');
    await bindHandler(world, 'ROUTER', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });

  it.each([
    ['twice the same', ['200', '200']],
    ['yes and no', ['200', '400']],
    ['no and yes', ['400', '200']],
  ])('Z6 two replies, %s, let nobody in', async (_what, codes) => {
    const { events } = await refused(mechanism, 'ROUTER', () => codes.map((code) => reply(code)));
    expect(events).toEqual([
      'handshake:error:protocol mem://a ERR_ZAP_MALFORMED_REPLY',
      'disconnect mem://a ERR_ZAP_MALFORMED_REPLY',
    ]);
  });

  it('Z7 a reply that comes when the peer has gone is nobody’s, not the next peer’s', async () => {
    const world = new World();
    const server = await bindServer(world, mechanism);
    const router = world.open(Router);
    await router.bind(ZAP);
    const first = dial(world, mechanism);
    await world.clock.advance(0);
    const [firstId] = await router.receive();
    world.network.link.reset();
    first.close();
    const second = dial(world, mechanism);
    await second.send('bad');
    await world.clock.advance(0);
    const [secondId] = await router.receive();
    expect(secondId).not.toEqual(firstId);
    await router.send([firstId as Buffer, '', ...reply('200')]);
    await world.clock.advance(0);
    expect([server.peers, server.tryReceive()]).toEqual([[], undefined]);
    await router.send([secondId as Buffer, '', ...reply('400')]);
    await world.clock.advance(0);
    expect(server.peers).toEqual([]);
    router.close();
    await bindHandler(world, 'ROUTER', ALLOW);
    expect(await goodClientWorks(world, mechanism, server)).toBe(true);
  });
});
