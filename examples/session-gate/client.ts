/**
 * Sends one command to a gate, and prints its reply.
 *
 *   npx tsx examples/session-gate/client.ts alpha set mode dark --folder /home/me/gates
 */

import { parseArgs } from 'node:util';
import { GateClient } from './gate-client.js';
import { checkedCount, checkedFolder, checkedName, program, TALKING } from './program.js';
import { clientSecurity } from './secure.js';

const USAGE = `Usage: npx tsx examples/session-gate/client.ts NAME COMMAND [WORD …] --folder FOLDER [--timeout MS]

  ping, status, stop       every gate
  set KEY VALUE, get KEY   gate.ts
  publish TOPIC TEXT       gate.ts
  --timeout MS             the longest wait for the reply (5000)
  --secure                 for gates that were started with it
After --, words may begin with a dash. Exit codes: 1 refused, 4 no such gate, 5 no reply in time.`;

interface Options {
  name: string;
  folder: string;
  timeout: number;
  secure: boolean;
  command: string;
  words: string[];
}

function read(args: string[]): Options {
  const options = { ...TALKING, timeout: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, command, ...words] = positionals;
  const folder = checkedFolder(values.folder);
  const timeout = checkedCount('timeout', values.timeout ?? '5000');
  const checked = checkedName(name, folder);
  if (command === undefined) throw new TypeError('the command is missing');
  return { name: checked, folder, timeout, secure: values.secure ?? false, command, words };
}

await program(USAGE, read, async ({ name, folder, timeout, secure, command, words }) => {
  const client = new GateClient(name, folder, timeout, await clientSecurity(folder, name, secure));
  try {
    const value = await client.ask(command, ...words);
    console.log(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));
  } finally {
    client.close();
  }
});
