// A promise and its two ends.

import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/util/deferred.js';

describe('deferred', () => {
  it('resolves with the value', async () => {
    const { promise, resolve } = deferred<number>();
    resolve(5);
    await expect(promise).resolves.toBe(5);
  });

  it('rejects with the error', async () => {
    const { promise, reject } = deferred<number>();
    reject(new Error('no'));
    await expect(promise).rejects.toThrow('no');
  });

  it('is settled once: what comes first stands', async () => {
    const { promise, resolve, reject } = deferred<number>();
    resolve(1);
    resolve(2);
    reject(new Error('late'));
    await expect(promise).resolves.toBe(1);
  });

  it('does nothing until it is told', async () => {
    const { promise, resolve } = deferred<string>();
    await expect(Promise.race([promise, Promise.resolve('pending')])).resolves.toBe('pending');
    resolve('done');
    await expect(promise).resolves.toBe('done');
  });
});
