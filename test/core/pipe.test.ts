// One peer's two queues: marks on both sides, what waits while the peer is away, wake-ups, and re-entrancy.

import { describe, expect, it } from 'vitest';
import { Pipe, type PipeOptions } from '../../src/core/pipe.js';
import { message, peerInfo, TestOutlet, text } from '../support/pipes.js';

const NO_MARKS: PipeOptions = { sendHighWaterMark: 0, receiveHighWaterMark: 0, conflate: false };

function subject(options: Partial<PipeOptions> = {}) {
  const log: string[] = [];
  const owner = { readActivated: () => void log.push('read'), writeActivated: () => void log.push('write') };
  const pipe = new Pipe(owner, { ...NO_MARKS, ...options });
  return { pipe, owner, log, outlet: new TestOutlet() };
}

function connected(options: Partial<PipeOptions> = {}) {
  const made = subject(options);
  made.pipe.open(made.outlet, peerInfo());
  made.pipe.outletReady();
  return made;
}

const write = (pipe: Pipe, ...lines: string[]): boolean[] => lines.map((line) => pipe.write(message(line)));
const deliver = (pipe: Pipe, ...lines: string[]): boolean[] => lines.map((line) => pipe.deliver(message(line)));

function read(pipe: Pipe): string[] {
  const lines: string[] = [];
  for (let next = pipe.read(); next !== undefined; next = pipe.read()) lines.push(text(next));
  return lines;
}

describe('what a pipe sends', () => {
  it('waits in order for the peer, up to the mark', () => {
    const { pipe, outlet } = subject({ sendHighWaterMark: 2 });
    expect(write(pipe, 'a', 'b', 'c')).toEqual([true, true, false]);
    expect(pipe.queuedOut).toBe(2);
    pipe.open(outlet, peerInfo());
    expect(outlet.log).toEqual([]);
    pipe.outletReady();
    expect(outlet.log).toEqual(['a', 'b']);
  });

  it('goes straight to the peer while it takes messages, and waits when it does not', () => {
    const { pipe, outlet } = connected({ sendHighWaterMark: 1 });
    outlet.room = 2;
    expect(write(pipe, 'a', 'b', 'c', 'd')).toEqual([true, true, true, false]);
    expect(outlet.log).toEqual(['a', 'b']);
    outlet.room = 1;
    pipe.outletReady();
    expect(outlet.log).toEqual(['a', 'b', 'c']);
    expect(pipe.queuedOut).toBe(0);
  });

  it('has no limit at a mark of 0', () => {
    const { pipe } = subject();
    for (let i = 0; i < 5000; i++) expect(pipe.write(message('x'))).toBe(true);
  });

  it('stays for the next peer when this one goes, less what it was given', () => {
    const { pipe, outlet } = connected();
    outlet.room = 1;
    write(pipe, 'given', 'kept');
    pipe.shut();
    write(pipe, 'later');
    const next = new TestOutlet();
    pipe.open(next, peerInfo());
    pipe.outletReady();
    expect(next.log).toEqual(['kept', 'later']);
  });

  it('is discarded and counted on request', () => {
    const { pipe } = subject();
    write(pipe, 'a', 'b');
    expect([pipe.discard(), pipe.queuedOut, pipe.dropped]).toEqual([2, 0, 2]);
  });

  it('is not changed by the caller who reuses a small buffer', () => {
    const { pipe, outlet } = subject();
    const small = Buffer.from('before');
    pipe.write([small]);
    small.write('after!');
    pipe.open(outlet, peerInfo());
    pipe.outletReady();
    expect(outlet.log).toEqual(['before']);
  });

  it('comes after what the pattern says first', () => {
    const { pipe, outlet } = subject();
    write(pipe, 'waiting');
    pipe.greet(message('nobody hears this'));
    pipe.subscribe(Buffer.from('nor this'), true);
    pipe.open(outlet, peerInfo());
    pipe.greet(message('hello'));
    pipe.subscribe(Buffer.from('t'), true);
    pipe.outletReady();
    expect(outlet.log).toEqual(['hello', '+t', 'waiting']);
  });
});

describe('who is woken to send', () => {
  it('nobody who was not refused', () => {
    const { pipe, log } = connected({ sendHighWaterMark: 1 });
    pipe.outletBlocked();
    write(pipe, 'a');
    pipe.outletReady();
    expect(log).toEqual([]);
  });

  it('once, when the outlet takes messages again', () => {
    const { pipe, outlet, log } = connected({ sendHighWaterMark: 4 });
    pipe.outletBlocked();
    write(pipe, 'a', 'b', 'c', 'd', 'refused');
    pipe.outletReady();
    pipe.outletReady();
    expect(log).toEqual(['write']);
    expect(outlet.log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('when half the queue has left through an outlet that takes little', () => {
    const { pipe, outlet, log } = connected({ sendHighWaterMark: 4 });
    pipe.outletBlocked();
    write(pipe, 'a', 'b', 'c', 'd');
    expect(pipe.writable).toBe(false);
    for (const expected of [[], ['write']]) {
      outlet.room = 1;
      pipe.outletReady();
      expect(log).toEqual(expected);
    }
  });

  it('nobody, once the pipe has no peer', () => {
    const { pipe, log } = connected({ sendHighWaterMark: 1 });
    pipe.outletBlocked();
    write(pipe, 'a', 'refused');
    pipe.shut();
    pipe.outletReady();
    expect(log).toEqual([]);
  });
});

describe('what a pipe receives', () => {
  it('is read in order, and announced when there was nothing', () => {
    const { pipe, log } = connected();
    expect(deliver(pipe, 'a', 'b')).toEqual([true, true]);
    expect(log).toEqual(['read']);
    expect(read(pipe)).toEqual(['a', 'b']);
    deliver(pipe, 'c');
    expect(log).toEqual(['read', 'read']);
  });

  it('is held back at the mark, and asked for at half of it', () => {
    const { pipe, outlet } = connected({ receiveHighWaterMark: 4 });
    expect(deliver(pipe, 'a', 'b', 'c', 'd')).toEqual([true, true, true, false]);
    expect(pipe.inputHeld).toBe(true);
    pipe.read();
    expect(outlet.log).toEqual([]);
    pipe.read();
    expect(outlet.log).toEqual(['resume']);
    expect(pipe.inputHeld).toBe(false);
    read(pipe);
    expect(outlet.log).toEqual(['resume']);
  });

  it('stays readable when the peer is gone', () => {
    const { pipe } = connected({ receiveHighWaterMark: 1 });
    deliver(pipe, 'a');
    pipe.shut();
    expect([pipe.readable, pipe.inputHeld, pipe.connected]).toEqual([true, false, false]);
    expect(read(pipe)).toEqual(['a']);
  });

  it('may come in again while it is read: at mark 1 reading one brings the next', () => {
    const { pipe, outlet, log } = connected({ receiveHighWaterMark: 1 });
    const waiting = ['b', 'c'];
    outlet.onResume = () => {
      const next = waiting.shift();
      if (next !== undefined) deliver(pipe, next);
    };
    deliver(pipe, 'a');
    expect(read(pipe)).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['read', 'read', 'read']);
  });

  it('takes no more room than the mark when it is read inside the wake-up', () => {
    const { pipe, owner, outlet } = connected({ receiveHighWaterMark: 1 });
    owner.readActivated = () => void pipe.read();
    expect(deliver(pipe, 'a', 'b')).toEqual([true, true]);
    expect(outlet.log).toEqual([]);
  });
});

describe('a conflating pipe', () => {
  it('keeps the last message each way, and is always writable', () => {
    const { pipe, outlet } = subject({ conflate: true, sendHighWaterMark: 1 });
    expect(write(pipe, 'a', 'b', 'c')).toEqual([true, true, true]);
    pipe.open(outlet, peerInfo());
    pipe.outletReady();
    expect(outlet.log).toEqual(['c']);
    deliver(pipe, 'd', 'e');
    expect(read(pipe)).toEqual(['e']);
  });

  it('asks for ever newer messages, whatever the mark', () => {
    const { pipe } = connected({ conflate: true, receiveHighWaterMark: 1 });
    expect(deliver(pipe, 'old', 'new')).toEqual([true, true]);
    expect(read(pipe)).toEqual(['new']);
  });
});

describe('marks changed at run time', () => {
  it('let a refused sender in at once when there is room now', () => {
    const { pipe, log } = subject({ sendHighWaterMark: 10 });
    for (let i = 0; i < 10; i++) pipe.write(message('x'));
    expect(pipe.writable).toBe(false);
    pipe.setMarks({ sendHighWaterMark: 11, receiveHighWaterMark: 0 });
    expect(log).toEqual(['write']);
    expect(pipe.write(message('x'))).toBe(true);
  });

  it('refuse what was allowed before when they are lower', () => {
    const { pipe } = subject({ sendHighWaterMark: 10 });
    write(pipe, 'a', 'b');
    pipe.setMarks({ sendHighWaterMark: 2, receiveHighWaterMark: 0 });
    expect(pipe.write(message('c'))).toBe(false);
  });

  it('of 0 lift the limit', () => {
    const { pipe, log } = subject({ sendHighWaterMark: 1 });
    write(pipe, 'a', 'refused');
    pipe.setMarks({ sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    expect(log).toEqual(['write']);
    expect(pipe.writable).toBe(true);
  });

  it('ask for held input at once when there is room now', () => {
    const { pipe, outlet } = connected({ receiveHighWaterMark: 2 });
    expect(deliver(pipe, 'a', 'b')).toEqual([true, false]);
    pipe.setMarks({ sendHighWaterMark: 0, receiveHighWaterMark: 5 });
    expect(outlet.log).toEqual(['resume']);
    expect(pipe.inputHeld).toBe(false);
  });

  it('hold input back at the next message when they are lower', () => {
    const { pipe } = connected({ receiveHighWaterMark: 10 });
    deliver(pipe, 'a', 'b', 'c');
    pipe.setMarks({ sendHighWaterMark: 0, receiveHighWaterMark: 2 });
    expect(deliver(pipe, 'd')).toEqual([false]);
  });
});
