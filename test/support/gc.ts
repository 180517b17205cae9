// The garbage collector on demand, for tests of what is retained.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes alive in this process, on the heap and in ArrayBuffers, once the garbage is gone. */
export function aliveBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Which of the objects somebody still holds. A WeakRef lets go between turns of the event loop only. */
export async function alive(refs: readonly WeakRef<object>[]): Promise<boolean[]> {
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return refs.map((ref) => ref.deref() !== undefined);
}
