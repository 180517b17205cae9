// A process that executes scripts on one library, `zeromq` or this one, several side by side; it gets them as messages and
// answers each with its transcript. Started by processes.ts with the library's name as its argument.

import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Execution, type Library } from './execute.js';
import type { Request } from './processes.js';
import type { Script } from './script.js';

const which = process.argv[2];
const library = (which === 'zeromq'
  ? await import('zeromq')
  : await import('../../src/index.js')) as unknown as Library;
const parent = tmpdir();
let scripts = 0;
/** Below the range that systems give to outgoing connections; each library has every other one. */
let port = 20_000 + 2 * Math.floor(Math.random() * 5000) + (which === 'zeromq' ? 1 : 0);

process.on('message', (request: Request) => {
  void execute(request).then(
    (transcript) => process.send?.({ id: request.id, transcript }),
    (error: Error) => process.send?.({ id: request.id, failure: String(error.stack) }),
  );
});
process.send?.({ id: 0, transcript: [] });

async function execute({ script, patience }: Request): Promise<unknown> {
  const dir = mkdtempSync(join(parent, 'zd-'));
  const ports: number[] = [];
  while (ports.length < portsIn(script)) ports.push(await freePort());
  try {
    return await new Execution(library, { me: `s${scripts++}-`, dir, ports, patience }).run(script);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function portsIn(script: Script): number {
  return Math.max(0, ...[...JSON.stringify(script).matchAll(/\{port(\d)\}/g)].map(([, number]) => Number(number)));
}

async function freePort(): Promise<number> {
  for (;;) {
    port = port > 32_000 ? port - 11_000 : port + 2;
    if (await isFree(port)) return port;
  }
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(candidate, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
