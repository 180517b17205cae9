// The option `properties`: what READY says beside the socket's own, and what is refused.

import { describe, expect, it } from 'vitest';
import { PROPERTIES_BYTES_MAX, PROPERTIES_MAX } from '../../src/core/properties.js';
import { Dealer, Pull, Push, Router } from '../../src/index.js';
import * as wire from '../support/wire.js';
import { World } from '../support/world.js';

const open = () => new World().open(Push);

function expectInvalid(properties: unknown, detail: RegExp): void {
  const socket = open();
  expect(() => Object.assign(socket, { properties })).toThrow(
    expect.objectContaining({ code: 'EINVAL', message: 'Invalid argument', detail: expect.stringMatching(detail) }),
  );
  expect(socket.properties).toEqual({});
}

describe('properties', () => {
  it('are none by default, and read back as bytes of their own', () => {
    const value = Buffer.from('abc');
    const socket = open();
    expect(socket.properties).toEqual({});
    socket.properties = { 'X-b': value, 'X-a': 'ż' };
    value.fill(0);
    (socket.properties['X-b'] as Buffer).fill(0);
    expect(socket.properties).toEqual({ 'X-a': Buffer.from('ż'), 'X-b': Buffer.from('abc') });
    socket.properties = {};
    expect(socket.properties).toEqual({});
    socket.close();
    expect(() => socket.properties).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
  });

  it('go out in READY behind our own, sorted by name', async () => {
    const world = new World();
    const served = world.serve('a', 'ROUTER');
    const dealer = world.open(Dealer, { routingId: 'me', properties: { 'X-z': '1', 'X-A': Buffer.of(0, 0xff) } });
    dealer.connect('mem://a');
    await world.clock.advance(0);
    const ready = served[0]!.heard().find((line) => line.startsWith('READY'))!;
    const data = Buffer.from(ready.slice('READY '.length), 'latin1');
    expect(wire.readMetadata(data).map(([name, value]) => [name, value.toString('latin1')])).toEqual([
      ['Socket-Type', 'DEALER'],
      ['Identity', 'me'],
      ['X-A', '\x00\xff'],
      ['X-z', '1'],
    ]);
  });

  it('are told to those who connect after they were set', async () => {
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    const push = world.open(Push, { properties: { 'X-State': 'before' } });
    push.connect('mem://a');
    push.properties = { 'X-State': 'after' };
    push.connect('mem://a');
    await world.clock.advance(0);
    expect(pull.peers.map((peer) => String(peer.properties.get('x-state')))).toEqual(['before', 'after']);
  });

  it('cross inproc too, with the socket type and the routing id', async () => {
    const world = new World();
    const [router, dealer] = [
      world.open(Router),
      world.open(Dealer, { routingId: 'me', properties: { 'X-Token': '5' } }),
    ];
    await router.bind('inproc://a');
    dealer.connect('inproc://a');
    const told = [...router.peers[0]!.properties].map(([name, value]) => `${name}=${value}`);
    expect(told).toEqual(['socket-type=DEALER', 'identity=me', 'x-token=5']);
  });

  it('have names that begin with X- and have RFC 37 characters, each once whatever its case', () => {
    for (const name of ['Token', 'X-', 'X-a b', 'X-ż', 'X_a', `X-${'a'.repeat(253)}`]) {
      expectInvalid({ [name]: 'v' }, /^properties: a name is X- and/);
    }
    expectInvalid({ 'X-a': '1', 'X-A': '2' }, /without regard to case/);
    const socket = open();
    socket.properties = { [`x-${'a'.repeat(248)}-_.+`]: '' };
    expect(Object.keys(socket.properties)).toHaveLength(1);
  });

  it('have values that are text or bytes', () => {
    for (const properties of [new Map([['X-a', 'a']]), null, 'X-a', ['X-a'], 1, { 'X-a': 1 }, { 'X-a': null }]) {
      expect(() => Object.assign(open(), { properties }), String(properties)).toThrow(TypeError);
    }
  });

  it('are bounded in number and in bytes', async () => {
    const many = Object.fromEntries(Array.from({ length: PROPERTIES_MAX }, (_, at) => [`X-${at}`, '']));
    expectInvalid({ ...many, 'X-more': '' }, /at most 248, not 249/);
    const head = 'X-a'.length + 5;
    expectInvalid(
      { 'X-a': Buffer.alloc(PROPERTIES_BYTES_MAX - head + 1) },
      /at most 64512 bytes with their names, not 64513/,
    );
    const world = new World();
    const pull = world.open(Pull);
    await pull.bind('mem://a');
    world.open(Push, { properties: many }).connect('mem://a');
    world.open(Push, { properties: { 'X-a': Buffer.alloc(PROPERTIES_BYTES_MAX - head) } }).connect('mem://a');
    await world.clock.advance(0);
    expect(pull.peers.map((peer) => peer.properties.size)).toEqual([PROPERTIES_MAX + 1, 2]);
  });
});
