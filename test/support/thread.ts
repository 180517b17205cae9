// Programs in TypeScript as threads of this process.

import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Starts the program; a thread may have to learn TypeScript first. Ended with the test, unless it has ended before. */
export function thread(program: URL, workerData: unknown): Worker {
  const worker = new Worker(
    `const program = ${JSON.stringify(program.href)};
    import(program).catch(async () => {
      (await import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})).register();
      await import(program + '?again');
    });`,
    { eval: true, workerData },
  );
  onTestFinished(() => void worker.terminate());
  return worker;
}
