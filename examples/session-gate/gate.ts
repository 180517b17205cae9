/**
 * A gate: a process that others command over REQ/REP and follow over PUB/SUB. It keeps texts under keys, and publishes
 * each change. One process has a name in a folder; after a crash the next one of that name takes its place.
 *
 *   npx tsx examples/session-gate/gate.ts alpha --folder /home/me/gates
 */

import { parseArgs } from 'node:util';
import { checkedFolder, checkedName, interruption, noMore, onAbort, program, TALKING } from './program.js';
import { type GateSecurity, gateSecurity } from './secure.js';
import { checkedTransport, openService, Service, type Transport } from './service.js';
import { Refusal, WELCOME } from './wire.js';

const USAGE = `Usage: npx tsx examples/session-gate/gate.ts NAME --folder FOLDER [--transport KIND] [--secure]

  NAME              letters, digits, "-", "_", "."
  --folder FOLDER   where its session file is; made when missing
  --transport KIND  ipc (a Unix socket or named pipe; the default), tcp (a loopback port), ipc-or-tcp
  --secure          let in only who has a key that this gate knows; encrypt everything
Exit code 3: the name is taken.`;

interface Options {
  name: string;
  folder: string;
  transport: Transport;
  secure: boolean;
}

function read(args: string[]): Options {
  const options = { ...TALKING, transport: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, ...more] = positionals;
  noMore(more);
  const folder = checkedFolder(values.folder);
  const { secure = false } = values;
  return { name: checkedName(name, folder), folder, transport: checkedTransport(values.transport), secure };
}

function makeGate(name: string, security: GateSecurity): Service {
  const state = new Map<string, string>();
  const set = (key: string, value: string): void => {
    if (!state.has(key) && state.size >= KEYS_MAX) throw new Refusal(`a gate keeps ${KEYS_MAX} keys at most`);
    state.set(key, value);
    service.publish(`state/${key}`, { key, value });
  };
  const get = (key: string): string => {
    const value = state.get(key);
    if (value === undefined) throw new Refusal(`nothing is kept under ${JSON.stringify(key)}`);
    return value;
  };
  const publish = (topic: string, text: string): void => {
    const own = OWN_TOPICS.find((prefix) => topic.startsWith(prefix));
    if (own !== undefined) throw new Refusal(`topics that begin with "${own}" are the gate's own`);
    service.publish(topic, { text });
  };
  const handlers = {
    set: { takes: ['KEY', 'VALUE'], run: set },
    get: { takes: ['KEY'], run: get },
    publish: { takes: ['TOPIC', 'TEXT'], run: publish },
  };
  const service = new Service(name, handlers, () => ({ state: Object.fromEntries(state) }), security);
  return service;
}

const OWN_TOPICS = [WELCOME, 'gate/', 'state/'];
const KEYS_MAX = 1000;

await program(USAGE, read, async ({ name, folder, transport, secure }) => {
  const interrupted = interruption();
  const security = await gateSecurity(folder, name, secure);
  const service = await openService(() => makeGate(name, security), folder, transport);
  onAbort(interrupted, () => service.close());
  await service.run();
  console.log(`${name}: ended`);
});
