// `npm run bench:micro`: the framing path in pieces, without sockets: encode, decode, topics, fair queue. Each round is a fresh
// process; what one task does to the compiler is in the next one's figures, as it is in a program.

import { join } from 'node:path';
import { runSideBench } from './side-bench.js';
import { WorkerProcess } from './worker-process.js';

const PATIENCE = 120_000;

await runSideBench({
  kind: 'micro',
  rounds: 3,
  parts: ['all'],
  libraries: ['zmtp'],
  async round({ library, smoke, workers, table }) {
    const args = [`count=${smoke ? 5 : 300}`, `topics=${smoke ? 10_000 : 1_000_000}`];
    const worker = new WorkerProcess('micro', [process.execPath, join(workers, 'main.js'), 'micro', ...args]);
    try {
      await worker.ready(PATIENCE);
      worker.go();
      const { values } = await worker.result(PATIENCE);
      for (const [name, value] of Object.entries(values))
        table.add(library.name, value, { group: 'pieces', name, unit: 'op/s' });
    } finally {
      await worker.stop(1000);
    }
  },
});
