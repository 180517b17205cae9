// Binds the endpoint it is given, in a thread or a cluster's process of its own, and tells its parent how that went: `bound`,
// or the code of the error. A bound one stays until it is ended.

import { parentPort, workerData } from 'node:worker_threads';
import { Pull } from '../../../src/index.js';

const endpoint = (workerData as string | null) ?? process.argv[2] ?? '';
const pull = new Pull();
const tell = (what: string): void => {
  if (parentPort === null) process.send?.(what);
  else parentPort.postMessage(what);
};
setInterval(() => {}, 60_000);
await pull.bind(endpoint).then(
  () => tell('bound'),
  (error: NodeJS.ErrnoException) => tell(String(error.code)),
);
tell(String(await pull.receive()));
