// Sockets as streams: every message once and in order, nothing read ahead, back-pressure from end to end, and what becomes of
// messages and sockets when a stream ends, fails, or is cancelled in the middle.

import { finished, pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { Pull, Push, toNodeReadable, toNodeWritable, toReadableStream, toWritableStream } from '../../src/index.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

async function joined(): Promise<{ world: World; push: Push; pull: Pull }> {
  const world = new World();
  const [push, pull] = [world.open(Push), world.open(Pull)];
  await world.join(push, pull);
  return { world, push, pull };
}

async function sent(push: Push, world: World, ...texts: string[]): Promise<void> {
  for (const text of texts) await push.send(text);
  await world.clock.advance(0);
}

/** A PUSH whose only peer takes nothing more. */
async function full(): Promise<{ world: World; push: Push; arrived: () => string[]; flow: () => Promise<void> }> {
  const world = new World();
  world.network.wire.capacity = 1;
  const push = world.open(Push, { sendHighWaterMark: 1 });
  await push.bind('mem://a');
  const peer = await world.peer('a', 'PULL');
  peer.stream.other.stall();
  await sent(push, world, 'in the stream');
  await push.send('in the queue');
  const flow = async (): Promise<void> => {
    peer.stream.other.flow();
    await world.clock.advance(0);
  };
  return { world, push, arrived: () => peer.messages(), flow };
}

/** What is left in a PULL whose stream is told to stop `steps` promise steps after a message has come over inproc. */
async function leftAfter(steps: number, streamOf: (pull: Pull) => () => void): Promise<string | undefined> {
  const world = new World();
  const [push, pull] = [world.open(Push), world.open(Pull)];
  await pull.bind('inproc://a');
  push.connect('inproc://a');
  const stop = streamOf(pull);
  await world.clock.advance(0);
  void push.send('y');
  for (let step = 0; step < steps; step++) await undefined;
  stop();
  await world.clock.advance(0);
  return pull.tryReceive()?.toString();
}

describe('toReadableStream', () => {
  it('gives each message once, and ends with the socket', async () => {
    const { world, push, pull } = await joined();
    await sent(push, world, '1', '2', '3');
    const seen: string[] = [];
    const reading = (async () => {
      for await (const message of toReadableStream(pull)) seen.push(String(message));
    })();
    await world.clock.advance(0);
    pull.close();
    await reading;
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('reads nothing ahead; a cancelled read takes nothing', async () => {
    const { world, push, pull } = await joined();
    const stream = toReadableStream(pull);
    await sent(push, world, '1', '2');
    const reader = stream.getReader();
    expect(String((await reader.read()).value)).toBe('1');
    await world.clock.advance(0);
    expect(pull.statistics.queuedIn).toBe(1);
    expect(String((await reader.read()).value)).toBe('2');
    const reading = reader.read();
    await reader.cancel();
    expect(await reading).toEqual({ value: undefined, done: true });
    await sent(push, world, '3');
    expect([String(await pull.receive()), pull.closed]).toEqual(['3', false]);
  });

  it('gives back what came in the moment it was cancelled, with its sender', async () => {
    // Over inproc a message is there within the call that sends it, and the stream hears of it later.
    const world = new World();
    const [near, far] = [world.open(Push), world.open(Pull)];
    await far.bind('inproc://a');
    near.connect('inproc://a');
    const reader = toReadableStream(far).getReader();
    const reading = reader.read();
    await world.clock.advance(0);
    void near.send('y');
    await reader.cancel();
    expect(await reading).toEqual({ value: undefined, done: true });
    expect(far.readable).toBe(true);
    const { parts, peer } = await far.receiveMessage();
    expect([String(parts), peer.socketType]).toEqual(['y', 'PUSH']);
  });

  it('gives a message to its reader or back to the socket, whenever it is cancelled', async () => {
    for (let steps = 0; steps < 12; steps++) {
      let read: string | undefined;
      const left = await leftAfter(steps, (pull) => {
        const reader = toReadableStream(pull).getReader();
        void reader.read().then(({ value }) => {
          read = value?.toString();
        });
        return () => void reader.cancel();
      });
      expect([read, left].filter(Boolean), `${steps} steps`).toEqual(['y']);
    }
  });

  it('fails with what receive fails with', async () => {
    const { world, pull } = await joined();
    pull.receiveTimeout = 100;
    const reading = expect(toReadableStream(pull).getReader().read()).rejects.toMatchObject({ code: 'EAGAIN' });
    await world.clock.advance(100);
    await reading;
  });

  it('closes the socket when asked to', async () => {
    const { pull } = await joined();
    await toReadableStream(pull, { close: true }).cancel();
    expect(pull.closed).toBe(true);
    expect(await toReadableStream(pull).getReader().read()).toEqual({ value: undefined, done: true });
  });
});

describe('toWritableStream', () => {
  it('is ready when the socket has taken the message', async () => {
    const { push, arrived, flow } = await full();
    const writer = toWritableStream(push).getWriter();
    let done = false;
    const writing = writer.write('slow').then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([done, writer.desiredSize]).toEqual([false, 0]);
    await flow();
    await writing;
    await writer.close();
    await flow();
    expect([arrived(), push.closed]).toEqual([['in the stream', 'in the queue', 'slow'], false]);
  });

  it('abort gives up the write that waits; nothing of it is sent', async () => {
    const { push, arrived, flow } = await full();
    const writer = toWritableStream(push, { close: true }).getWriter();
    const writing = expect(writer.write('never')).rejects.toBe('enough');
    const closed = expect(writer.closed).rejects.toBe('enough');
    await new Promise((resolve) => setImmediate(resolve));
    await writer.abort('enough');
    await Promise.all([writing, closed]);
    expect(push.closed).toBe(true);
    await flow();
    expect(arrived()).not.toContain('never');
  });

  it('fails when the socket is closed', async () => {
    const { push } = await joined();
    const writer = toWritableStream(push).getWriter();
    push.close();
    const closed = expect(writer.closed).rejects.toMatchObject({ code: 'EBADF' });
    await expect(writer.write('x')).rejects.toMatchObject({ code: 'EBADF' });
    await closed;
  });

  it('takes what another socket gives, through a transform', async () => {
    const { world, push, pull } = await joined();
    const far = world.open(Pull);
    const near = world.open(Push);
    await far.bind('inproc://b');
    near.connect('inproc://b');
    const louder = new TransformStream<Buffer[], string>({
      transform: (message, out) => out.enqueue(String(message).toUpperCase()),
    });
    const piping = toReadableStream(pull)
      .pipeThrough(louder)
      .pipeTo(toWritableStream(near, { close: true }));
    await sent(push, world, 'a', 'b', 'c');
    pull.close();
    await piping;
    expect(near.closed).toBe(true);
    expect((await far.receiveBatch()).map(String)).toEqual(['A', 'B', 'C']);
  });
});

describe('toNodeReadable', () => {
  it('gives each message once, and ends with the socket', async () => {
    const { world, push, pull } = await joined();
    const seen: string[] = [];
    const stream = toNodeReadable(pull).on('data', (message) => seen.push(String(message)));
    await sent(push, world, '1', '2', '3');
    pull.close();
    await finished(stream);
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('leaves the rest in the socket when a loop over it breaks', async () => {
    const { world, push, pull } = await joined();
    await sent(push, world, '1', '2', '3');
    for await (const message of toNodeReadable(pull)) if (String(message) === '2') break;
    expect([String(await pull.receive()), pull.closed]).toEqual(['3', false]);
  });

  it('reads one message ahead at most, and gives it back when destroyed', async () => {
    const { world, push, pull } = await joined();
    const stream = toNodeReadable(pull).on('readable', () => {});
    await sent(push, world, '1', '2', '3');
    expect([stream.readableLength, pull.statistics.queuedIn]).toEqual([1, 2]);
    stream.destroy();
    await finished(stream).catch(() => {});
    const rest = [];
    for (let i = 0; i < 3; i++) rest.push(String(await pull.receive()));
    expect(rest).toEqual(['1', '2', '3']);
  });

  it('gives back a message that nobody has taken, whenever it is destroyed', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const left = await leftAfter(steps, (pull) => {
        const stream = toNodeReadable(pull).on('readable', () => {});
        return () => void stream.destroy();
      });
      expect(left, `${steps} steps`).toBe('y');
    }
  });

  it('fails with what receive fails with, and closes the socket when asked to', async () => {
    const { world, pull } = await joined();
    pull.receiveTimeout = 100;
    const stream = toNodeReadable(pull, { close: true }).resume();
    const ended = expect(finished(stream)).rejects.toMatchObject({ code: 'EAGAIN' });
    await world.clock.advance(100);
    await ended;
    expect(pull.closed).toBe(true);
  });
});

describe('toNodeWritable', () => {
  it('says when it is full, and finishes when the socket has taken everything', async () => {
    const { push, arrived, flow } = await full();
    const stream = toNodeWritable(push);
    expect(stream.write('slow')).toBe(false);
    stream.end('last');
    let done = false;
    const ended = finished(stream).then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    await flow();
    await ended;
    await flow();
    expect([arrived(), push.closed]).toEqual([['in the stream', 'in the queue', 'slow', 'last'], false]);
  });

  it('destroy gives up the write that waits', async () => {
    const { push, arrived, flow } = await full();
    const stream = toNodeWritable(push, { close: true });
    stream.write('never');
    stream.destroy();
    await finished(stream).catch(() => {});
    expect(push.closed).toBe(true);
    await flow();
    expect(arrived()).not.toContain('never');
  });

  it('fails with what send fails with', async () => {
    const { push } = await joined();
    const stream = toNodeWritable(push);
    const ended = expect(finished(stream)).rejects.toMatchObject({ code: 'EBADF' });
    push.close();
    stream.write('x');
    await ended;
  });

  it('takes what another socket gives, in a pipeline', async () => {
    const { world, push, pull } = await joined();
    const [near, far] = [world.open(Push, { linger: -1 }), world.open(Pull)];
    await far.bind('inproc://b');
    near.connect('inproc://b');
    const piping = pipeline(toNodeReadable(pull), toNodeWritable(near));
    await sent(push, world, 'a', 'b', 'c');
    pull.close();
    await piping;
    expect((await far.receiveBatch()).map(String)).toEqual(['a', 'b', 'c']);
  });
});

it('options that are none throw at once', () => {
  const world = new World();
  for (const adapt of [toReadableStream, toNodeReadable] as const) {
    expect(() => adapt(world.open(Pull), 5 as never)).toThrow(new TypeError('Options must be an object'));
    expect(() => adapt(world.open(Pull), { close: 1 } as never)).toThrow(TypeError);
  }
  for (const adapt of [toWritableStream, toNodeWritable] as const) {
    expect(() => adapt(world.open(Push), null as never)).toThrow(new TypeError('Options must be an object'));
  }
});
