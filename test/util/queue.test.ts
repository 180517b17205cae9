// The ring behind every pipe: first in, first out, through growth and wrap-around; and it lets go of what it gave away.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/util/queue.js';
import { alive } from '../support/gc.js';

function filled(...items: number[]): Queue<number> {
  const queue = new Queue<number>();
  for (const item of items) queue.push(item);
  return queue;
}

function drained<T>(queue: Queue<T>): T[] {
  const items: T[] = [];
  while (queue.length > 0) items.push(queue.shift() as T);
  return items;
}

describe('Queue', () => {
  it('gives nothing when empty', () => {
    const queue = new Queue<number>();
    expect([queue.length, queue.shift(), queue.peek(), queue.length]).toEqual([0, undefined, undefined, 0]);
  });

  it('gives items in the order they came, however many', () => {
    for (const count of [1, 7, 8, 9, 16, 17, 1000]) {
      const items = Array.from({ length: count }, (_, i) => i);
      const queue = filled(...items);
      expect(queue.length).toBe(count);
      expect(drained(queue)).toEqual(items);
    }
  });

  it('grows from every position of its head', () => {
    for (let head = 0; head < 8; head++) {
      const queue = filled(...Array(head).fill(-1));
      drained(queue);
      const items = Array.from({ length: 20 }, (_, i) => i);
      for (const item of items) queue.push(item);
      expect(drained(queue), `head at ${head}`).toEqual(items);
    }
  });

  it('shows the oldest item without giving it', () => {
    const queue = filled(1, 2);
    expect([queue.peek(), queue.peek(), queue.length]).toEqual([1, 1, 2]);
    queue.shift();
    expect(queue.peek()).toBe(2);
  });

  it('holds undefined as an item', () => {
    const queue = new Queue<undefined>();
    queue.push(undefined);
    expect(queue.length).toBe(1);
    queue.shift();
    expect(queue.length).toBe(0);
  });

  it('removes the first occurrence, wherever it is', () => {
    const queue = filled(1, 2, 3, 2);
    expect([queue.remove(2), queue.remove(9)]).toEqual([true, false]);
    expect(drained(queue)).toEqual([1, 3, 2]);
  });

  it('leaves everything in place when there is nothing to remove', () => {
    const queue = filled(1, 2);
    expect(queue.remove(3)).toBe(false);
    expect(drained(queue)).toEqual([1, 2]);
    expect(new Queue<number>().remove(1)).toBe(false);
  });

  it('is empty after clear, and works on', () => {
    const queue = filled(...Array(20).keys());
    queue.clear();
    expect([queue.length, queue.shift()]).toEqual([0, undefined]);
    queue.push(5);
    expect(drained(queue)).toEqual([5]);
  });

  it('behaves as an array does', () => {
    fc.assert(fc.property(fc.array(operation, { maxLength: 200 }), (operations) => sameAsArray(operations)));
  });
});

type Operation = { push: number } | { remove: number } | 'shift' | 'peek' | 'clear';

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ push: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.constant('shift' as const) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constantFrom('peek' as const, 'clear' as const) },
);

function sameAsArray(operations: readonly Operation[]): void {
  const queue = new Queue<number>();
  let model: number[] = [];
  for (const op of operations) {
    if (op === 'shift') expect(queue.shift()).toBe(model.shift());
    else if (op === 'peek') expect(queue.peek()).toBe(model[0]);
    else if (op === 'clear') [model] = [[], queue.clear()];
    else if ('push' in op) [model] = [[...model, op.push], queue.push(op.push)];
    else expect(queue.remove(op.remove)).toBe(removed(model, op.remove));
    expect(queue.length).toBe(model.length);
  }
  expect(drained(queue)).toEqual(model);
}

function removed(model: number[], item: number): boolean {
  const at = model.indexOf(item);
  if (at >= 0) model.splice(at, 1);
  return at >= 0;
}

describe('what a Queue retains', () => {
  function withObjects(count: number): { queue: Queue<object>; refs: WeakRef<object>[] } {
    const queue = new Queue<object>();
    const refs: WeakRef<object>[] = [];
    for (let i = 0; i < count; i++) {
      const item = { i };
      queue.push(item);
      refs.push(new WeakRef(item));
    }
    return { queue, refs };
  }

  it('is what it has not given away yet', async () => {
    const { queue, refs } = withObjects(20);
    for (let i = 0; i < 12; i++) queue.shift();
    expect(await alive(refs)).toEqual([...Array(12).fill(false), ...Array(8).fill(true)]);
    expect(queue.length).toBe(8);
  });

  it('is nothing of what was removed or cleared', async () => {
    const { queue, refs } = withObjects(3);
    queue.remove(refs[1]!.deref()!);
    expect(await alive(refs)).toEqual([true, false, true]);
    queue.clear();
    expect(await alive(refs)).toEqual([false, false, false]);
    expect(queue.length).toBe(0);
  });
});
