// The primary of a cluster: two workers bind the same endpoint (binder.ts); it prints what each has told, as lines, and ends
// when both have.

import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';

cluster.setupPrimary({
  exec: fileURLToPath(new URL('binder.ts', import.meta.url)),
  args: [process.argv[2] ?? ''],
  execArgv: ['--import', import.meta.resolve('tsx')],
});
let told = 0;
for (let i = 0; i < 2; i++) {
  cluster.fork().on('message', (what) => {
    process.stdout.write(`${what}\n`, () => {
      if (++told === 2) process.exit(0);
    });
  });
}
