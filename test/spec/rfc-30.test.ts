// RFC 30/PIPELINE: PUSH and PULL, one clause of spec-notes/rfc-30.md per title.
//
// A raw server that accepts and does not answer the greeting stands for a connection that is not established.
import { describe, expect, it } from 'vitest';
import { Pull, Push, type SocketOptions } from '../../src/index.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import {
  bound,
  expectNoReceive,
  expectNoSend,
  inproc,
  nextEvent,
  open,
  receiveMany,
  receiveText,
} from '../support/sockets.js';
import { message } from '../support/wire.js';

/** A PUSH with one queue of two messages to a server that has not answered yet. */
async function pushBeforeHandshake() {
  const push = open(new Push({ sendHighWaterMark: 2, sendTimeout: 0 }));
  const server = await RawServer.listen();
  push.connect(server.endpoint);
  return { push, server };
}

async function boundPull(options: SocketOptions<Pull> = {}) {
  const pull = open(new Pull(options));
  return { pull, endpoint: await bound(pull) };
}

describe('PUSH', () => {
  it('PIPELINE30-PUSH-1 sends to any number of PULL peers, and cannot receive', async () => {
    const [push, ...pulls] = [open(new Push()), open(new Pull()), open(new Pull())];
    for (const pull of pulls) {
      const endpoint = inproc();
      await pull.bind(endpoint);
      push.connect(endpoint);
    }
    await push.send('work');
    await push.send('work');
    for (const pull of pulls) expect(await receiveText(pull)).toEqual(['work']);
    await expectNoReceive(push);
    const talking = await RawPeer.join(await bound(push), 'PULL');
    talking.write(...Array.from({ length: 3000 }, () => message('nobody reads this')));
    expect(await talking.sync()).toEqual([]);
  });

  it('PIPELINE30-PUSH-2 changes nothing in outgoing messages and holds none back', async () => {
    const push = open(new Push());
    const peer = await RawPeer.join(await bound(push), 'PULL');
    const parts = [Buffer.alloc(0), Buffer.from([0, 255]), Buffer.alloc(70_000, 7), Buffer.alloc(0)];
    await push.send(parts);
    await push.send('');
    expect(await peer.message()).toEqual(parts);
    expect(await peer.text()).toEqual(['']);
  });

  it('PIPELINE30-PUSH-3 keeps a queue for each peer: one that does not read does not hold up another', async () => {
    const push = open(new Push({ sendHighWaterMark: 1 }));
    const endpoint = await bound(push);
    const stuck = await RawPeer.join(endpoint, 'PULL');
    const reading = await RawPeer.join(endpoint, 'PULL');
    await stuck.sync();
    await reading.sync();
    stuck.pause();
    const finished = (async () => {
      for (let i = 0; i < 200; i++) await push.send(['work', Buffer.alloc(256 * 1024)]);
      await push.send('end');
    })();
    let count = 0;
    while ((await reading.message()).length === 2) count++;
    await finished;
    expect(count).toBeGreaterThan(100);
  });

  it('PIPELINE30-PUSH-4 has a queue from the moment it connects, before the connection is established', async () => {
    const { push, server } = await pushBeforeHandshake();
    await push.send('one');
    await push.send('two');
    const peer = await server.join('PULL');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
  });

  it('PIPELINE30-PUSH-5 keeps the queue of an outgoing connection while it is down', async () => {
    const push = open(new Push({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    const first = await server.join('PULL');
    const down = nextEvent(push, 'disconnect');
    first.close();
    await down;
    await push.send('while down');
    const second = await server.join('PULL');
    expect(await second.text()).toEqual(['while down']);
  });

  it('PIPELINE30-PUSH-6 has a queue for each peer that connects', async () => {
    const push = open(new Push());
    const endpoint = await bound(push);
    const peers = [await RawPeer.join(endpoint, 'PULL'), await RawPeer.join(endpoint, 'PULL')];
    for (const peer of peers) await peer.sync();
    await push.send('x');
    await push.send('x');
    for (const peer of peers) expect(await peer.text()).toEqual(['x']);
  });

  it('PIPELINE30-PUSH-7 discards what was queued for a connected peer that left', async () => {
    const push = open(new Push({ sendHighWaterMark: 1, sendTimeout: 0 }));
    const endpoint = await bound(push);
    const leaving = await RawPeer.join(endpoint, 'PULL');
    leaving.pause();
    await expect(async () => {
      for (;;) await push.send(Buffer.alloc(256 * 1024));
    }).rejects.toMatchObject({ code: 'EAGAIN' });
    const gone = nextEvent(push, 'disconnect');
    leaving.close();
    await gone;
    push.sendTimeout = -1;
    const next = await RawPeer.join(endpoint, 'PULL');
    await push.send('fresh');
    expect(await next.text()).toEqual(['fresh']);
  });

  it('PIPELINE30-PUSH-8 limits its queues to the high-water mark', async () => {
    const { push } = await pushBeforeHandshake();
    await push.send('one');
    await push.send('two');
    await expect(async () => push.send('three')).rejects.toMatchObject({ code: 'EAGAIN' });
  });

  it('PIPELINE30-PUSH-9 passes over a peer whose queue is full', async () => {
    const { push, server } = await pushBeforeHandshake();
    push.sendTimeout = -1;
    const reading = await RawServer.listen();
    push.connect(reading.endpoint);
    const ready = await reading.join('PULL');
    for (let i = 0; i < 8; i++) await push.send(`${i}`);
    const atReady = [];
    for (let i = 0; i < 6; i++) atReady.push(...(await ready.text()));
    const late = await server.join('PULL');
    const atLate = [...(await late.text()), ...(await late.text())];
    expect(new Set([...atLate, ...atReady]).size).toBe(8);
    expect([...(await late.sync()), ...(await ready.sync())]).toEqual([]);
  });

  it('PIPELINE30-PUSH-10 sends to its peers in turn', async () => {
    const [push, ...pulls] = [open(new Push()), open(new Pull()), open(new Pull()), open(new Pull())];
    for (const pull of pulls) {
      const endpoint = inproc();
      await pull.bind(endpoint);
      push.connect(endpoint);
    }
    for (let i = 0; i < 9; i++) await push.send(`${i}`);
    const turns = [];
    for (const pull of pulls) turns.push((await receiveMany(pull, 3)).map(Number));
    for (const [first, second, third] of turns as [number, number, number][]) {
      expect([second - first, third - second]).toEqual([3, 3]);
    }
    expect(turns.map(([first]) => first).sort()).toEqual([0, 1, 2]);
  });

  it('PIPELINE30-PUSH-11 waits without an available peer, or rejects with EAGAIN when it may not wait', async () => {
    const push = open(new Push({ sendTimeout: 0 }));
    await expect(async () => push.send('nobody')).rejects.toMatchObject({ code: 'EAGAIN' });
    push.sendTimeout = -1;
    const sent = push.send('somebody');
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    await sent;
    const peer = await server.join('PULL');
    expect(await peer.text()).toEqual(['somebody']);
  });

  it('PIPELINE30-PUSH-12 accepts no message while every queue is full', async () => {
    const { push, server } = await pushBeforeHandshake();
    await push.send('one');
    await push.send('two');
    await expect(async () => push.send('refused')).rejects.toMatchObject({ code: 'EAGAIN' });
    const peer = await server.join('PULL');
    expect([await peer.text(), await peer.text()]).toEqual([['one'], ['two']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('PIPELINE30-PUSH-13 discards nothing that it could not queue at once', async () => {
    const { push, server } = await pushBeforeHandshake();
    push.sendTimeout = -1;
    await push.send('one');
    await push.send('two');
    const waiting = push.send('three');
    const peer = await server.join('PULL');
    await waiting;
    expect([await peer.text(), await peer.text(), await peer.text()]).toEqual([['one'], ['two'], ['three']]);
  });
});

describe('PULL', () => {
  it('PIPELINE30-PULL-1 receives from any number of PUSH peers, and cannot send', async () => {
    const [pull, ...pushes] = [open(new Pull()), open(new Push()), open(new Push())];
    const endpoint = inproc();
    await pull.bind(endpoint);
    for (const [i, push] of pushes.entries()) {
      push.connect(endpoint);
      await push.send(`${i}`);
    }
    expect((await receiveMany(pull, 2)).sort()).toEqual(['0', '1']);
    await expectNoSend(pull);
  });

  it('PIPELINE30-PULL-2 changes nothing in incoming messages and holds none back', async () => {
    const { pull, endpoint } = await boundPull();
    const peer = await RawPeer.join(endpoint, 'PUSH');
    const parts = [Buffer.alloc(0), Buffer.from([1, 255]), Buffer.alloc(70_000, 7), Buffer.alloc(0)];
    peer.write(message(...parts), message(''));
    expect(await pull.receive()).toEqual(parts);
    expect(await receiveText(pull)).toEqual(['']);
  });

  it('PIPELINE30-PULL-3 keeps a queue for each peer: a full one does not hold up another', async () => {
    const { pull, endpoint } = await boundPull({ receiveHighWaterMark: 2 });
    const [loud, quiet] = [await RawPeer.join(endpoint, 'PUSH'), await RawPeer.join(endpoint, 'PUSH')];
    loud.write(...Array.from({ length: 100 }, () => message('loud')));
    quiet.write(message('quiet'));
    await quiet.sync();
    const arrived: string[] = [];
    while (!arrived.includes('quiet')) arrived.push(...(await receiveText(pull)));
    expect(arrived.length).toBeLessThan(100);
  });

  it('PIPELINE30-PULL-4 has a queue for each connection it makes and keeps it while the connection is down', async () => {
    const pull = open(new Pull({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    pull.connect(server.endpoint);
    const first = await server.join('PUSH');
    const down = nextEvent(pull, 'disconnect');
    first.write(message('queued'));
    first.end();
    await down;
    const second = await server.join('PUSH');
    second.write(message('after'));
    expect(await receiveMany(pull, 2)).toEqual(['queued', 'after']);
  });

  it('PIPELINE30-PULL-5 drops the unfinished message of a peer that left, delivers the finished ones', async () => {
    const { pull, endpoint } = await boundPull({ receiveHighWaterMark: 2 });
    const leaving = await RawPeer.join(endpoint, 'PUSH');
    const gone = nextEvent(pull, 'disconnect');
    const whole = Array.from({ length: 10 }, (_, i) => `whole ${i}`);
    leaving.write(...whole.map((text) => message(text)), message('half', 'gone').subarray(0, 6));
    leaving.end();
    // Another peer's round trips: by their end the first one's leaving has been seen.
    const witness = await RawPeer.join(endpoint, 'PUSH');
    for (let i = 0; i < 5; i++) await witness.sync();
    expect(await receiveMany(pull, whole.length)).toEqual(whole);
    await gone;
    const next = await RawPeer.join(endpoint, 'PUSH');
    next.write(message('fresh'));
    expect(await receiveText(pull)).toEqual(['fresh']);
  });

  it('PIPELINE30-PULL-6 limits its queues to the high-water mark', async () => {
    const { pull, endpoint } = await boundPull({ receiveHighWaterMark: 2 });
    const peer = await RawPeer.join(endpoint, 'PUSH');
    peer.write(...Array.from({ length: 100 }, (_, i) => message(`${i}`)));
    let answered = false;
    const sync = peer.sync().then(() => {
      answered = true;
    });
    // Another peer's round trips: by their end a PONG to the first would have come, were it read at all.
    const witness = await RawPeer.join(endpoint, 'PUSH');
    for (let i = 0; i < 50; i++) {
      await witness.sync();
      expect(answered).toBe(false);
      expect(await receiveText(pull)).toEqual([`${i}`]);
    }
    await receiveMany(pull, 50);
    await sync;
  });

  it('PIPELINE30-PULL-7 receives from its peers in turn', async () => {
    const { pull, endpoint } = await boundPull();
    for (const name of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'PUSH');
      peer.write(message(name), message(name), message(name));
      await peer.sync();
    }
    const order = await receiveMany(pull, 9);
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('PIPELINE30-PULL-8 delivers everything that arrives to the application, in order', async () => {
    const { pull, endpoint } = await boundPull();
    const peer = await RawPeer.join(endpoint, 'PUSH');
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    peer.write(...sent.map((text) => message(text)));
    expect(await receiveMany(pull, sent.length)).toEqual(sent);
  });
});
