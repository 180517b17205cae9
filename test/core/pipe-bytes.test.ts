// The byte marks of a pipe: never more than the mark and one message, and nobody who was blocked stays so.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pipe, type PipeOptions } from '../../src/core/pipe.js';
import { Pull, Push } from '../../src/index.js';
import { peerInfo, TestOutlet } from '../support/pipes.js';
import { settle } from '../support/virtual-clock.js';
import { World } from '../support/world.js';

const NO_MARKS: PipeOptions = { sendHighWaterMark: 0, receiveHighWaterMark: 0, conflate: false };

const SIZES = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 3 });
const STEPS = fc.array(fc.oneof(SIZES, fc.constant('take' as const)), { maxLength: 200 });
const MARK = fc.integer({ min: 1, max: 100 });

const message = (sizes: readonly number[]): Buffer[] => sizes.map((size) => Buffer.alloc(size));
const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

function subject(options: Partial<PipeOptions>) {
  const woken = { readers: 0, writers: 0 };
  const owner = { readActivated: () => void woken.readers++, writeActivated: () => void woken.writers++ };
  return { woken, pipe: new Pipe(owner, { ...NO_MARKS, ...options }), outlet: new TestOutlet() };
}

describe('receiveHighWaterBytes', () => {
  it('holds at most the mark and one message, asks for no more at the mark, and always asks again', () => {
    fc.assert(
      fc.property(MARK, STEPS, (receiveHighWaterBytes, steps) => {
        const { pipe, outlet } = subject({ receiveHighWaterBytes });
        pipe.open(outlet, peerInfo());
        const waiting: number[] = [];
        for (const step of steps) {
          if (step === 'take') {
            pipe.read();
            waiting.shift();
          } else if (!pipe.inputHeld) {
            const before = total(waiting);
            expect(before).toBeLessThan(receiveHighWaterBytes);
            const more = pipe.deliver(message(step));
            waiting.push(total(step));
            expect(more).toBe(before + total(step) < receiveHighWaterBytes);
          }
          expect([pipe.queuedIn, pipe.queuedBytes.in]).toEqual([waiting.length, total(waiting)]);
        }
        while (pipe.read() !== undefined);
        expect([pipe.inputHeld, pipe.queuedBytes.in]).toEqual([false, 0]);
      }),
    );
  });

  it('that is set while messages wait counts those too', () => {
    const { pipe, outlet } = subject({});
    pipe.open(outlet, peerInfo());
    for (let count = 0; count < 4; count++) pipe.deliver(message([5]));
    pipe.setMarks({ ...NO_MARKS, receiveHighWaterBytes: 30 });
    expect([pipe.deliver(message([4])), pipe.deliver(message([6]))]).toEqual([true, false]);
    pipe.setMarks({ ...NO_MARKS, receiveHighWaterBytes: 31 });
    expect([pipe.inputHeld, outlet.take()]).toEqual([false, ['resume']]);
  });

  it('is there beside the mark in messages: whichever comes first', () => {
    const { pipe, outlet } = subject({ receiveHighWaterMark: 3, receiveHighWaterBytes: 10 });
    pipe.open(outlet, peerInfo());
    expect([pipe.deliver(message([1])), pipe.deliver(message([1])), pipe.deliver(message([1]))]).toEqual([
      true,
      true,
      false,
    ]);
    while (pipe.read() !== undefined);
    expect([pipe.deliver(message([4, 5])), pipe.deliver(message([1]))]).toEqual([true, false]);
  });

  it('does not stall when the sender of a part has given its memory away meanwhile', () => {
    const { pipe, outlet } = subject({ receiveHighWaterBytes: 10 });
    pipe.open(outlet, peerInfo());
    const part = Buffer.from(new ArrayBuffer(20));
    pipe.deliver([part]);
    structuredClone(part.buffer, { transfer: [part.buffer as ArrayBuffer] });
    expect(pipe.read()![0]!.length).toBe(0);
    expect([pipe.inputHeld, pipe.queuedBytes.in]).toEqual([false, 0]);
  });
});

describe('sendHighWaterBytes', () => {
  it('holds at most the mark and one message, and wakes whoever was refused once half has left', () => {
    fc.assert(
      fc.property(MARK, STEPS, (sendHighWaterBytes, steps) => {
        const { pipe, outlet, woken } = subject({ sendHighWaterBytes });
        pipe.open(outlet, peerInfo());
        const waiting: number[] = [];
        let refused = false;
        for (const step of steps) {
          const before = total(waiting);
          if (step === 'take') {
            outlet.room = 1;
            woken.writers = 0;
            pipe.outletReady();
            // An outlet that took a message and is full; with nothing to take it is open, and closes again here.
            pipe.outletBlocked();
            waiting.shift();
            const awake = total(waiting) <= sendHighWaterBytes / 2;
            expect(woken.writers).toBe(refused && awake ? 1 : 0);
            if (awake) refused = false;
          } else {
            const taken = pipe.write(message(step));
            expect(taken).toBe(before < sendHighWaterBytes);
            if (taken) waiting.push(total(step));
            else refused = true;
          }
          expect([pipe.queuedOut, pipe.queuedBytes.out]).toEqual([waiting.length, total(waiting)]);
        }
        outlet.room = Number.POSITIVE_INFINITY;
        pipe.outletReady();
        expect([pipe.writable, pipe.queuedBytes.out]).toEqual([true, 0]);
      }),
    );
  });

  it('a higher mark wakes at once', () => {
    const { pipe, woken } = subject({ sendHighWaterBytes: 5 });
    pipe.write(message([5]));
    expect([pipe.writable, woken.writers]).toEqual([false, 0]);
    pipe.setMarks({ ...NO_MARKS, sendHighWaterBytes: 6 });
    expect([pipe.writable, woken.writers]).toEqual([true, 1]);
  });

  it('starts anew when what waited is discarded', () => {
    const { pipe } = subject({ sendHighWaterBytes: 5 });
    pipe.write(message([9]));
    pipe.discard();
    expect([pipe.writable, pipe.queuedBytes.out]).toEqual([true, 0]);
  });
});

describe('byte marks of sockets', () => {
  it.each(['mem', 'inproc'])('hold a flood back over %s and deliver all of it', async (scheme) => {
    const world = new World();
    const pull = world.open(Pull, { receiveHighWaterMark: 0, receiveHighWaterBytes: 5000 });
    const push = world.open(Push, { sendHighWaterMark: 0, sendHighWaterBytes: 5000 });
    await pull.bind(`${scheme}://a`);
    push.connect(`${scheme}://a`);
    await world.clock.advance(0);
    let sent = 0;
    const flood = (async () => {
      for (; sent < 3000; sent++) await push.send(Buffer.alloc(1000));
    })();
    // The sender yields by real time, so how many turns it takes until it is held is open.
    while (push.statistics.queuedOut < 5) {
      await settle();
      await world.clock.advance(0);
    }
    expect(sent).toBeLessThan(3000);
    expect(pull.statistics.queuedIn).toBe(5);
    expect(push.statistics.queuedOut).toBe(5);
    for (let received = 0; received < 3000; received++) await pull.receive();
    await flood;
    expect(pull.statistics).toMatchObject({ messagesIn: 3000, bytesIn: 3_000_000, queuedIn: 0 });
  });

  it('take effect on what is connected already', async () => {
    const world = new World();
    const push = world.open(Push, { sendHighWaterMark: 0, sendTimeout: 0, sendHighWaterBytes: 10 });
    push.connect('mem://nobody');
    await push.send('0123456789');
    await expect(push.send('x')).rejects.toMatchObject({ code: 'EAGAIN' });
    push.sendHighWaterBytes = 0;
    await push.send('x');
    expect([push.sendHighWaterBytes, push.statistics.queuedOut]).toEqual([0, 2]);
  });

  it('are whole numbers that are not negative', () => {
    const push = new World().open(Push);
    for (const value of [-1, 0.5])
      expect(() => Object.assign(push, { sendHighWaterBytes: value })).toThrow(
        expect.objectContaining({ code: 'EINVAL' }),
      );
  });
});
