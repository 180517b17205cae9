// A connection over a stream and a clock: marks inside a chunk, deadlines, heartbeats, full streams, partial messages,
// and the last messages of a stream that is already gone.

import { describe, expect, it } from 'vitest';
import { Dealer, Pull, Push, Router, Subscriber } from '../../src/index.js';
import { frame, greeting, MORE, message, numbers, ping, pong, ready } from '../support/wire.js';
import { eventsOf, served, World } from '../support/world.js';

type Receiver = { receive(): Promise<Buffer[]> };
const line = async (socket: Receiver): Promise<string> => (await socket.receive()).map(String).join('|');

describe('the receive mark', () => {
  it.each([
    1, 2, 7,
  ])('%i stops decoding inside the chunk, and reading goes on from there', async (receiveHighWaterMark) => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { receiveHighWaterMark }), 'PUSH');
    peer.write(numbers(50));
    await world.clock.advance(0);
    for (let i = 0; i < 50; i++) expect(await line(socket)).toBe(String(i));
    expect(socket.readable).toBe(false);
  });

  it('pauses the stream once a second chunk comes, and resumes it when all is decoded', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { receiveHighWaterMark: 2 }), 'PUSH');
    peer.write(numbers(3));
    await world.clock.advance(0);
    peer.write(numbers(3));
    await world.clock.advance(0);
    const { other } = peer.stream;
    expect(other.paused).toBe(true);
    for (let i = 0; i < 6; i++) await line(socket);
    expect(other.paused).toBe(false);
  });

  it('delivers what had come when the stream ended, before the loss shows', async () => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 1 });
    const log = eventsOf(pull);
    const { peer } = await served(world, pull, 'PUSH');
    peer.write(numbers(3));
    await world.clock.advance(0);
    peer.stream.destroy();
    await world.clock.advance(0);
    expect(log.at(-1)).toBe('handshake mem://a');
    for (let i = 0; i < 3; i++) expect(await line(pull)).toBe(String(i));
    await world.clock.advance(0);
    expect(log.at(-1)).toBe('disconnect mem://a');
  });

  it('the last message of a ROUTER peer that is gone still has its id', async () => {
    const world = new World();
    const router = world.open(Router, { receiveHighWaterMark: 1 });
    await router.bind('mem://a');
    const peer = await world.peer('a', 'DEALER', 'who');
    peer.write(numbers(2));
    await world.clock.advance(0);
    peer.stream.destroy();
    await world.clock.advance(0);
    expect([await line(router), await line(router)]).toEqual(['who|0', 'who|1']);
  });

  it('raised at run time lets held input in', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { receiveHighWaterMark: 1 }), 'PUSH');
    peer.write(numbers(3));
    await world.clock.advance(0);
    peer.stream.destroy();
    socket.receiveHighWaterMark = 10;
    await world.clock.advance(0);
    for (let i = 0; i < 3; i++) expect(await line(socket)).toBe(String(i));
  });

  it('holds a conflating socket up by nothing', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { conflate: true, receiveHighWaterMark: 1 }), 'PUSH');
    peer.write(numbers(9));
    await world.clock.advance(0);
    expect(await line(socket)).toBe('8');
    expect(socket.readable).toBe(false);
  });
});

describe('the send mark', () => {
  it('counts what the stream does not take: X3 a peer that stops reading stops the sender', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const push = world.open(Push, { sendHighWaterMark: 3, sendTimeout: 0 });
    const { peer } = await served(world, push, 'PULL');
    peer.stream.other.stall();
    await push.send('in the stream');
    await world.clock.advance(0);
    for (const text of ['1', '2', '3']) await push.send(text);
    await expect(push.send('over')).rejects.toMatchObject({ code: 'EAGAIN' });
    peer.stream.other.flow();
    await world.clock.advance(0);
    expect(peer.messages()).toEqual(['in the stream', '1', '2', '3']);
  });

  it('raised at run time lets a waiting sender go on', async () => {
    const world = new World();
    const push = world.open(Push, { sendHighWaterMark: 1 });
    push.connect('mem://a');
    await push.send('1');
    const waiting = push.send('2');
    push.sendHighWaterMark = 2;
    await waiting;
  });
});

describe('a peer in its handshake', () => {
  it('has 30 s, which its bytes do not extend', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const log = eventsOf(pull);
    await pull.bind('mem://a');
    const stream = world.network.dial('a');
    const bytes = greeting();
    for (let i = 0; i < 29; i++) {
      stream.write([bytes.subarray(i, i + 1)]);
      await world.clock.advance(1000);
    }
    await world.clock.advance(999);
    expect(stream.over).toBe(false);
    await world.clock.advance(1);
    expect(log.slice(2)).toEqual(['handshake:error:other mem://a EAGAIN', 'disconnect mem://a ERR_ZMTP_UNSPECIFIED']);
  });

  it('has all the time with a handshakeInterval of 0', async () => {
    const world = new World();
    const pull = world.open(Pull, { handshakeInterval: 0 });
    await pull.bind('mem://a');
    world.network.dial('a');
    await world.clock.advance(3_600_000);
    expect(world.network.link.over).toBe(false);
  });

  it('is free of the deadline once it is done', async () => {
    const world = new World();
    const { peer } = await served(world, world.open(Pull), 'PUSH');
    await world.clock.advance(3_600_000);
    expect(peer.ended).toBeUndefined();
    expect(world.clock.pending).toBe(0);
  });
});

describe('heartbeats', () => {
  const beating = { heartbeatInterval: 1000, heartbeatTimeout: 500, heartbeatTimeToLive: 3000 };

  it('go out at the interval, with the time to live', async () => {
    const world = new World();
    const { peer } = await served(world, world.open(Pull, beating), 'PUSH');
    peer.heard();
    await world.clock.advance(999);
    expect(peer.heard()).toEqual([]);
    await world.clock.advance(1);
    expect(peer.heard()).toEqual(['PING \x00\x1e']);
  });

  it('H7 end a peer that is silent, even while our writes are stuck', async () => {
    const world = new World();
    const pull = world.open(Dealer, beating);
    const { peer } = await served(world, pull, 'DEALER');
    peer.stream.other.stall();
    await world.clock.advance(1499);
    expect(peer.stream.other.over).toBe(false);
    await world.clock.advance(1);
    expect(peer.stream.other.over).toBe(true);
  });

  it.each([
    ['PONG', pong()],
    ['H5 an unsolicited PONG', pong('some context')],
    ['any message', message('x')],
    ['half a message', frame(MORE, 'x')],
  ])('are answered by %s', async (_name, bytes) => {
    const world = new World();
    const { peer } = await served(world, world.open(Pull, beating), 'PUSH');
    await world.clock.advance(1400);
    peer.write(bytes);
    await world.clock.advance(600);
    expect(peer.ended).toBeUndefined();
    await world.clock.advance(500);
    expect(peer.stream.other.over).toBe(true);
  });

  it('with a heartbeatTimeout of 0 end nobody', async () => {
    const world = new World();
    const { peer } = await served(world, world.open(Pull, { heartbeatInterval: 1000, heartbeatTimeout: 0 }), 'PUSH');
    await world.clock.advance(10_000);
    expect(peer.ended).toBeUndefined();
    expect(peer.messages()).toHaveLength(10);
  });

  it('H9 a TTL of the peer is honoured with our heartbeats off', async () => {
    const world = new World();
    const { peer } = await served(world, world.open(Pull), 'PUSH');
    peer.write(ping(20));
    await world.clock.advance(1999);
    expect(peer.messages()).toEqual(['PONG']);
    expect(peer.ended).toBeUndefined();
    await world.clock.advance(1);
    await world.clock.advance(0);
    expect(peer.ended).toBeDefined();
  });

  it('H4 many PINGs of a peer that does not read make one PONG wait', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const { peer } = await served(world, world.open(Dealer), 'DEALER');
    peer.heard();
    peer.stream.other.stall();
    for (let i = 0; i < 1000; i++) peer.write(ping(0, String(i)));
    await world.clock.advance(0);
    expect(peer.stream.other.inFlight).toBeLessThan(16_000);
    peer.stream.other.flow();
    await world.clock.advance(0);
    expect(peer.heard().at(-1)).toBe('PONG 999');
  });

  it('H6 a PING in the middle of a multipart message is answered, and the message stays whole', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull), 'PUSH');
    peer.heard();
    peer.write(frame(MORE, 'a'), ping(0, 'now'), frame(0, 'b'));
    expect(await line(socket)).toBe('a|b');
    await world.clock.advance(0);
    expect(peer.heard()).toEqual(['PONG now']);
  });

  it('H8 a jump of the clock ends a silent connection once, and a dialler connects anew', async () => {
    const world = new World();
    const pull = world.open(Pull, beating);
    const peers = world.serve('a', 'PUSH');
    const log = eventsOf(pull);
    pull.connect('mem://a');
    await world.clock.advance(1600);
    expect(log.filter((text) => text.startsWith('disconnect'))).toHaveLength(1);
    expect(peers).toHaveLength(2);
  });

  it('do not end a peer whose messages we refuse to read', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { ...beating, receiveHighWaterMark: 1 }), 'PUSH');
    peer.write(numbers(5));
    await world.clock.advance(60_000);
    expect(peer.ended).toBeUndefined();
    for (let i = 0; i < 5; i++) expect(await line(socket)).toBe(String(i));
  });
});

describe('a lost peer', () => {
  it.each(['ends', 'resets'])('that %s in the middle of a multipart message leaves nothing of it', async (how) => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull), 'PUSH');
    peer.write(message('whole'), frame(MORE, 'half'), frame(MORE, 'of a message'));
    await world.clock.advance(0);
    if (how === 'ends') peer.stream.end();
    else peer.stream.reset();
    await world.clock.advance(0);
    const next = await world.peer('a', 'PUSH');
    next.say('next');
    expect([await line(socket), await line(socket)]).toEqual(['whole', 'next']);
  });

  it('costs a bound socket what waited for it, and nothing else', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const router = world.open(Router);
    await router.bind('mem://a');
    const [lost, kept] = [await world.peer('a', 'DEALER', 'lost'), await world.peer('a', 'DEALER', 'kept')];
    for (const peer of [lost, kept]) peer.stream.other.stall();
    for (const id of ['lost', 'kept', 'lost', 'kept']) await router.send([id, 'x']);
    lost.stream.reset();
    kept.stream.other.flow();
    await world.clock.advance(0);
    expect(kept.messages()).toEqual(['x', 'x']);
    const back = await world.peer('a', 'DEALER', 'lost');
    expect(back.messages()).toEqual([]);
  });

  it('whose fault ends its connection leaves the others alone', async () => {
    const world = new World();
    const pull = world.open(Pull);
    const log = eventsOf(pull);
    await pull.bind('mem://a');
    const [good, bad] = [await world.peer('a', 'PUSH'), await world.peer('a', 'PUSH')];
    bad.say('before');
    bad.write(Buffer.of(0x80));
    good.say('good');
    await world.clock.advance(0);
    expect(new Set([await line(pull), await line(pull)])).toEqual(new Set(['before', 'good']));
    expect(bad.ended).toBeDefined();
    expect(good.ended).toBeUndefined();
    expect(log.at(-1)).toBe('disconnect mem://a ERR_ZMTP_UNSPECIFIED');
  });
});

describe('maxMessageSize', () => {
  it('counts all parts together', async () => {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pull, { maxMessageSize: 4 }), 'PUSH');
    peer.say('1234');
    peer.say('12', '34');
    peer.say('123', '45');
    expect([await line(socket), await line(socket)]).toEqual(['1234', '12|34']);
    await world.clock.advance(0);
    expect(peer.ended).toBeDefined();
  });
});

it('a peer that sends everything at once, greeting to message, is understood', async () => {
  const world = new World();
  const pull = world.open(Pull);
  await pull.bind('mem://a');
  world.network.dial('a').write([Buffer.concat([greeting(), ready('PUSH'), message('first')])]);
  expect(await line(pull)).toBe('first');
});

it('S11 a SUB receives nothing it did not subscribe to', async () => {
  const world = new World();
  const sub = world.open(Subscriber);
  sub.subscribe('t');
  const { peer } = await served(world, sub, 'PUB');
  peer.say('unwanted');
  peer.say('t1');
  expect(await line(sub)).toBe('t1');
});
