// The Workshop: costly steps a few a turn, in order; a library that comes late, or never.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { STEPS_PER_TURN, Workshop } from '../../src/core/workshop.js';
import type { ZmqError } from '../../src/errors.js';
import { Curve } from '../../src/security/curve.js';
import { sodium } from '../support/curve.js';
import { settle } from '../support/virtual-clock.js';

const curve = new Curve(sodium);

/** A loop whose turns a test takes. */
class Turns implements Clock {
  readonly due: (() => void)[] = [];
  now = (): number => 0;
  after = () => ({ cancel: () => {} });

  soon(callback: () => void): void {
    this.due.push(callback);
  }

  next(): void {
    for (const callback of this.due.splice(0)) callback();
  }
}

async function open(): Promise<{ turns: Turns; workshop: Workshop; done: number[] }> {
  const turns = new Turns();
  const workshop = new Workshop(turns, async () => curve);
  workshop.prepare();
  await settle();
  return { turns, workshop, done: [] };
}

function warnings(): string[] {
  const texts: string[] = [];
  const note = (warning: Error): void => {
    texts.push(`${warning.name}: ${warning.message}`);
  };
  process.on('warning', note);
  onTestFinished(() => {
    process.off('warning', note);
  });
  return texts;
}

describe('Workshop', () => {
  it('does a step at once when there is time', async () => {
    const { workshop, done } = await open();
    workshop.add(() => done.push(1));
    expect(done).toEqual([1]);
  });

  it('V18 does a few steps a turn, whoever they are for, in the order they came', async () => {
    const { turns, workshop, done } = await open();
    const all = Array.from({ length: 100 }, (_, i) => i);
    for (const i of all) workshop.add(() => done.push(i));
    for (let turn = 1; done.length < 100; turn++) {
      expect(done).toEqual(all.slice(0, turn * STEPS_PER_TURN));
      expect(workshop.waiting).toBe(100 - done.length);
      turns.next();
    }
    expect(done).toEqual(all);
    turns.next();
    expect(turns.due).toEqual([]);
  });

  it('V18 counts steps that steps ask for, too', async () => {
    const { turns, workshop, done } = await open();
    const again = (): void => {
      done.push(0);
      workshop.add(again);
    };
    workshop.add(again);
    for (let turn = 1; turn < 5; turn++) {
      expect(done).toHaveLength(turn * STEPS_PER_TURN);
      turns.next();
    }
  });

  it('has the library wait for nobody, and whoever needs it wait for the library', async () => {
    let loads = 0;
    const turns = new Turns();
    const workshop = new Workshop(turns, async () => {
      loads++;
      return curve;
    });
    expect(workshop.curve).toBeUndefined();
    const done: unknown[] = [];
    for (let i = 0; i < STEPS_PER_TURN + 1; i++) workshop.add((failure) => done.push(failure ?? workshop.curve));
    workshop.prepare();
    expect([done, loads]).toEqual([[], 1]);
    await settle();
    expect(done).toEqual(new Array(STEPS_PER_TURN).fill(curve));
    turns.next();
    expect(done).toHaveLength(STEPS_PER_TURN + 1);
  });

  it.each([new Error('no such file'), 'a text'])('says once why there is no CURVE: %s', async (reason) => {
    const seen = warnings();
    const workshop = new Workshop(new Turns(), () => Promise.reject(reason));
    const failures: (ZmqError | undefined)[] = [];
    workshop.add((failure) => failures.push(failure));
    workshop.add((failure) => failures.push(failure));
    await settle();
    workshop.add((failure) => failures.push(failure));
    const text = `CURVE, or the package "libsodium-sumo" that it needs, could not be loaded: ${
      reason instanceof Error ? reason.message : reason
    }`;
    expect(failures.map((failure) => [failure?.code, failure?.detail])).toEqual(new Array(3).fill(['ENOTSUP', text]));
    expect(seen).toEqual([`CurveWarning: ${text}`]);
    expect(workshop.curve).toBeUndefined();
  });
});
