/**
 * An extension: a gate that lives on another process' events. It counts them by topic, and tells each count in an event
 * of its own, which others may follow in turn. Neither knows how the other was started, and each survives the other.
 *
 *   npx tsx examples/session-gate/extension.ts counter --of alpha --folder /home/me/gates
 */

import { parseArgs } from 'node:util';
import { Follower, type Listener } from './follower.js';
import { checkedFolder, checkedName, interruption, noMore, onAbort, program, TALKING } from './program.js';
import { clientSecurity, gateSecurity } from './secure.js';
import { checkedTransport, openService, Service, type Transport } from './service.js';

const USAGE = `Usage: npx tsx examples/session-gate/extension.ts NAME --of GATE --folder FOLDER [--transport KIND] [--secure]

  --of GATE         whose events it counts; that gate may come and go
  --transport KIND  of its own endpoints: ipc (the default), tcp, ipc-or-tcp
  --secure          of its own endpoints, and of the gate's`;

interface Options {
  name: string;
  of: string;
  folder: string;
  transport: Transport;
  secure: boolean;
}

function read(args: string[]): Options {
  const options = { ...TALKING, of: { type: 'string' }, transport: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, ...more] = positionals;
  noMore(more);
  const folder = checkedFolder(values.folder);
  if (values.of === undefined) throw new TypeError('--of says whose events to count');
  if (values.of === name) throw new TypeError('an extension does not count its own events');
  const of = checkedName(values.of, folder);
  const { secure = false } = values;
  return { name: checkedName(name, folder), of, folder, transport: checkedTransport(values.transport), secure };
}

const COUNT = 'count/';
const TOPICS_MAX = 1000;

await program(USAGE, read, async ({ name, of, folder, transport, secure }) => {
  const interrupted = interruption();
  const counts = new Map<string, number>();
  let pid: number | null = null;
  const describe = () => ({ of, connected: pid, counts: Object.fromEntries(counts) });
  const security = await gateSecurity(folder, name, secure);
  const service = await openService(() => new Service(name, {}, describe, security), folder, transport);

  const listener: Listener = {
    waiting: () => console.log(`${name}: waiting for ${of}`),
    welcome: (status) => {
      pid = status.pid;
      console.log(`${name}: counts the events of ${of}, pid ${pid}`);
    },
    lost: () => {
      pid = null;
      console.log(`${name}: waiting for ${of}`);
    },
    event: ({ topic }) => {
      if (topic.startsWith(COUNT)) return; // Two extensions that counted each other's counts would never end.
      if (!counts.has(topic) && counts.size >= TOPICS_MAX) return;
      const count = (counts.get(topic) ?? 0) + 1;
      counts.set(topic, count);
      service.publish(COUNT + topic, { of, topic, count });
    },
  };
  const follower = new Follower(of, folder, listener, '', await clientSecurity(folder, of, secure));
  onAbort(interrupted, () => service.close());
  const ended = service.run().finally(() => follower.close());
  await Promise.all([ended, follower.run().finally(() => service.close())]);
  console.log(`${name}: ended`);
});
