// When what is sent leaves: at once where little is said or a lone message is answered, else with the next tick. STREAM's own part
// is in test/sockets/stream.test.ts, which writes may leave at once in rota.test.ts.

import { describe, expect, it } from 'vitest';
import { Pair, Push } from '../../src/index.js';
import type { MemoryPeer } from '../support/memory-peer.js';
import { writesTo } from '../support/memory-transport.js';
import { numbers } from '../support/wire.js';
import { served, World } from '../support/world.js';

describe('what is sent', () => {
  async function asked(question: Buffer) {
    const world = new World();
    const { socket, peer } = await served(world, world.open(Pair), 'PAIR');
    peer.write(question);
    await world.clock.advance(0);
    return { world, socket, peer, writes: writesTo(peer.stream.other) };
  }

  /** Says so much that what follows gathers. */
  function chatter(socket: Pair): void {
    for (let i = 0; i < 8; i++) void socket.send('chatter');
  }

  it.each([
    ['what is nobody’s answer', 0],
    ['answers to messages that came together', 2],
  ])('gathers until the next tick when much is said: %s', async (_, questions) => {
    const { world, socket, peer, writes } = await asked(numbers(questions));
    chatter(socket);
    writes.length = 0;
    void socket.send('1');
    void socket.send('2');
    expect(writes).toHaveLength(0);
    await world.clock.advance(0);
    expect(writes).toHaveLength(1);
    expect(peer.messages().slice(8)).toEqual(['1', '2']);
  });

  it('leaves at once when little is said: eight messages after a silence, then one in ten milliseconds', async () => {
    const { world, socket, peer, writes } = await asked(numbers(0));
    for (let i = 0; i < 10; i++) void socket.send(`${i}`);
    expect(writes).toHaveLength(8);
    await world.clock.advance(10);
    expect(writes).toHaveLength(9);
    void socket.send('10');
    void socket.send('11');
    expect(writes).toHaveLength(10);
    await world.clock.advance(0);
    expect(peer.messages()).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
  });

  it('leaves at once as the answer to a message that came alone; what follows gathers', async () => {
    const { world, socket, peer, writes } = await asked(numbers(0));
    chatter(socket);
    peer.write(numbers(1));
    await world.clock.advance(0);
    writes.length = 0;
    void socket.send('answer');
    expect(writes).toHaveLength(1);
    void socket.send('1');
    void socket.send('2');
    expect(writes).toHaveLength(1);
    await world.clock.advance(0);
    expect(writes).toHaveLength(2);
    expect(peer.messages().slice(8)).toEqual(['answer', '1', '2']);
  });

  const FIFTY = Array.from({ length: 50 }, (_, i) => `${i}`);

  it('gathers when it has waited for the connection', async () => {
    const world = new World();
    const push = world.open(Push);
    const peers = world.serve('a');
    push.connect('mem://a');
    for (const text of FIFTY) void push.send(text);
    await world.clock.advance(0);
    const [peer] = peers as [MemoryPeer];
    const writes = writesTo(peer.stream.other);
    peer.introduce('PULL');
    await world.clock.advance(0);
    expect(peer.messages()).toEqual(FIFTY);
    expect(writes.length).toBeLessThan(4); // what the handshake wants, and the messages
  });

  it('gathers when it has waited for room', async () => {
    const world = new World();
    world.network.wire.capacity = 1;
    const { socket, peer } = await served(world, world.open(Push), 'PULL');
    peer.stream.other.stall();
    void socket.send('in the stream');
    const writes = writesTo(peer.stream.other);
    for (const text of FIFTY) void socket.send(text);
    expect(writes).toEqual([]);
    peer.stream.other.flow();
    await world.clock.advance(0);
    expect(peer.messages()).toEqual(['in the stream', ...FIFTY]);
    expect(writes).toHaveLength(1);
  });
});
