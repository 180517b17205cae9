/**
 * What peers say of themselves in READY, across the two libraries: properties of the program's own, set and read on both
 * sides; and routing ids of any bytes, which are properties too.
 */
import { describe, expect, it } from 'vitest';
import { PROPERTIES_BYTES_MAX, PROPERTIES_MAX } from '../../src/core/properties.js';
import { Dealer, Router, type Socket } from '../../src/index.js';
import { smallFrame } from '../support/peers/body.js';
import { within } from '../support/peers/deadline.js';
import { describeFlavours, type SharedPeer } from '../support/peers/flavours.js';
import { open } from '../support/sockets.js';
import { type Rig, withRig } from './rig.js';

const ANY = 'tcp://127.0.0.1:*';
/** Zeros in the middle and at the end, nothing that is UTF-8. */
const BINARY = Buffer.of(1, 0, 0xff, 0xfe, 0);
const LONGEST = Buffer.from(Array.from({ length: 255 }, (_, at) => 255 - at));

describeFlavours((flavour, peer) => {
  // zeromq.js can neither read properties nor send an id with a zero in it.
  const full = flavour.name === 'python3-zmq';
  describe('properties', () => properties(flavour.name, peer, full));
  describe('routing ids of any bytes', () => binaryIds(flavour.name, peer, full));
});

function properties(name: string, peer: SharedPeer, full: boolean): void {
  it(`${name} tells ours`, () =>
    withRig(peer, async (rig) => {
      const router = open(new Router());
      await router.bind(ANY);
      const dealer = await rig.theirs('DEALER', { metadata: 'X-Token:a:b' });
      await dealer.connect(router.lastEndpoint!);
      await dealer.send(['hello']);
      const message = await within(router.receiveMessage(), 'the message');
      expect(String(message.peer.properties.get('x-token'))).toBe('a:b');
      expect(message.peer.remoteAddress).toMatch(/^127\.0\.0\.1:[0-9]+$/);
      expect(message.peer.address).toBe(router.lastEndpoint);
    }));

  it(`${name} takes as many and as large ones as we may send`, () =>
    withRig(peer, async (rig) => {
      const many = Object.fromEntries(Array.from({ length: PROPERTIES_MAX }, (_, at) => [`X-${at}`, 'v']));
      for (const all of [many, { 'X-a': Buffer.alloc(PROPERTIES_BYTES_MAX - 8, 'x') }]) {
        const theirs = await rig.theirs('ROUTER');
        const ours = open(new Dealer({ properties: all }));
        ours.connect(await theirs.bind(ANY));
        await ours.send('hello');
        expect(smallFrame((await theirs.receive())[1]).toString()).toBe('hello');
      }
    }));

  if (!full) return;
  it(`${name} is told`, () =>
    withRig(peer, async (rig) => {
      const theirs = await rig.theirs('ROUTER');
      const ours = open(new Dealer({ properties: { 'X-Token': 'ż:1' } }));
      ours.connect(await theirs.bind(ANY));
      for (const [property, value] of [
        ['X-Token', 'ż:1'],
        ['Socket-Type', 'DEALER'],
        ['X-None', null],
      ] as const) {
        await ours.send('?');
        expect(await theirs.receiveProperty(property)).toBe(value);
      }
    }));
}

function binaryIds(name: string, peer: SharedPeer, full: boolean): void {
  it.each(
    [BINARY, LONGEST].map((id) => [id.length, id] as const),
  )(`${name} ROUTER knows our DEALER by its %d bytes`, (_, id) =>
    withRig(peer, async (rig) => {
      const theirs = await rig.theirs('ROUTER');
      const ours = named(new Dealer(), id);
      ours.connect(await theirs.bind(ANY));
      await ours.send('hello');
      expect(smallFrame((await theirs.receive())[0])).toEqual(id);
      await theirs.send([id, 'back']);
      expect(String(await within(ours.receive(), 'the answer'))).toBe('back');
    }));

  it.each(
    [BINARY, LONGEST].map((id) => [id.length, id] as const),
  )(`our ROUTER reaches ${name} by an id of its choice, %d bytes`, (_, id) =>
    withRig(peer, async (rig) => {
      const theirs = await rig.theirs('DEALER');
      const ours = open(new Router({ mandatory: true }));
      ours.connect(await theirs.bind(ANY), { routingId: id });
      await ours.waitForPeer({ timeout: 30_000 });
      await ours.send([id, 'hello']);
      expect(smallFrame((await theirs.receive())[0]).toString()).toBe('hello');
      expect(ours.peerOf(id)?.routingId).toEqual(id);
    }));

  if (!full) return;
  it.each(
    [BINARY, LONGEST].map((id) => [id.length, id] as const),
  )(`our ROUTER knows ${name} by its %d bytes, hands over to the next one, and disconnects it`, (_, id) =>
    withRig(peer, (rig) => handOver(rig, id)));
}

async function handOver(rig: Rig, id: Buffer): Promise<void> {
  const router = open(new Router({ handover: true, mandatory: true }));
  await router.bind(ANY);
  // Whoever is ousted shall not come again.
  const options = { routingId: id, reconnectInterval: -1 };
  const dealers = [await rig.theirs('DEALER', options), await rig.theirs('DEALER', options)];
  for (const [at, dealer] of dealers.entries()) {
    await dealer.connect(router.lastEndpoint!);
    await dealer.send([`hello ${at}`]);
    const { parts, peer } = await within(router.receiveMessage(), 'hello');
    expect([parts[0], String(parts[1]), peer.routingId]).toEqual([id, `hello ${at}`, id]);
    await router.send([id, `you are ${at}`]);
    expect(smallFrame((await dealer.receive())[0]).toString()).toBe(`you are ${at}`);
  }
  router.disconnectPeer(id);
  await expect(router.send([id, 'gone'])).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
}

function named<T extends Socket>(socket: T, routingId: Buffer): T {
  return Object.assign(open(socket), { routingId });
}
