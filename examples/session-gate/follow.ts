/**
 * Prints the events of a gate, and goes on when it crashes and is started again.
 *
 *   npx tsx examples/session-gate/follow.ts alpha --folder /home/me/gates
 */

import { parseArgs } from 'node:util';
import { Follower } from './follower.js';
import {
  checkedCount,
  checkedFolder,
  checkedName,
  interruption,
  noMore,
  onAbort,
  program,
  TALKING,
} from './program.js';
import { clientSecurity } from './secure.js';

const USAGE = `Usage: npx tsx examples/session-gate/follow.ts NAME --folder FOLDER [options]

  --topic PREFIX  only events whose topic begins so
  --events N      end after so many; without it, Ctrl-C ends it
  --secure        for gates that were started with it`;

interface Options {
  name: string;
  folder: string;
  topic: string;
  events: number;
  secure: boolean;
}

function read(args: string[]): Options {
  const options = { ...TALKING, topic: { type: 'string' }, events: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, ...more] = positionals;
  noMore(more);
  const folder = checkedFolder(values.folder);
  const events = values.events === undefined ? Number.POSITIVE_INFINITY : checkedCount('events', values.events);
  return { name: checkedName(name, folder), folder, topic: values.topic ?? '', events, secure: values.secure ?? false };
}

await program(USAGE, read, async ({ name, folder, topic, events, secure }) => {
  let seen = 0;
  const say = (text: string): void => {
    if (seen < events) console.log(`${name}: ${text}`);
  };
  const follower: Follower = new Follower(
    name,
    folder,
    {
      waiting: () => say('is not there yet; waiting'),
      welcome: ({ pid, since, state }, endpoint) =>
        say(`connected to pid ${pid}, since ${since}, at ${endpoint}, state ${JSON.stringify(state ?? {})}`),
      lost: (endpoint) => say(`lost at ${endpoint}; waiting`),
      event: ({ topic, number, data }) => {
        say(`event ${number} ${topic} ${JSON.stringify(data)}`);
        if (++seen === events) follower.close();
      },
    },
    topic,
    await clientSecurity(folder, name, secure),
  );
  onAbort(interruption(), () => follower.close());
  await follower.run();
});
