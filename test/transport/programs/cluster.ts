// The primary of a cluster: two workers bind the same endpoint (binder.ts); it prints what each has told, as lines, and ends
// when both have. At the same time, but on Windows one after the other: Wine lets two processes listen on one name, so that only
// the look before it keeps them apart there.

import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';

cluster.setupPrimary({
  exec: fileURLToPath(new URL('binder.ts', import.meta.url)),
  args: [process.argv[2] ?? ''],
  execArgv: ['--import', import.meta.resolve('tsx')],
});

/** Resolves when a new worker has told, and it is printed. */
function worker(): Promise<void> {
  return new Promise((resolve) => {
    cluster.fork().on('message', (what) => process.stdout.write(`${what}\n`, () => resolve()));
  });
}

if (process.platform === 'win32') {
  await worker();
  await worker();
} else {
  await Promise.all([worker(), worker()]);
}
process.exit(0);
