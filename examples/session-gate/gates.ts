/**
 * Lists the gates of a folder that are alive, or cleans up after those that are not.
 *
 *   npx tsx examples/session-gate/gates.ts list --folder /home/me/gates
 */

import { parseArgs } from 'node:util';
import { cleanSessions, listSessions } from '../../src/index.js';
import { COMMON, checkedFolder, noMore, program } from './program.js';

const USAGE = `Usage: npx tsx examples/session-gate/gates.ts list|clean --folder FOLDER

  list   the gates that are alive
  clean  remove the session files of those that are not, and say why; what is alive is never touched`;

interface Options {
  verb: 'list' | 'clean';
  folder: string;
}

function read(args: string[]): Options {
  const { values, positionals } = parseArgs({ args, options: COMMON, allowPositionals: true });
  const [verb, ...more] = positionals;
  noMore(more);
  if (verb !== 'list' && verb !== 'clean') throw new TypeError('say list or clean');
  return { verb, folder: checkedFolder(values.folder) };
}

async function list(folder: string): Promise<string[]> {
  const sessions = await listSessions(folder);
  return sessions.map(({ name, pid, startedAt, endpoints: { commands, events } }) => {
    return `${name}: pid ${pid}, since ${new Date(startedAt).toISOString()}, commands ${commands}, events ${events}`;
  });
}

async function clean(folder: string): Promise<string[]> {
  const removed = await cleanSessions(folder);
  return removed.map(({ name, reason }) => `${name}: removed, ${reason}`);
}

await program(USAGE, read, async ({ verb, folder }) => {
  const lines = await (verb === 'list' ? list : clean)(folder);
  const none = verb === 'list' ? 'no gate is alive here' : 'nothing to clean';
  console.log(lines.length > 0 ? lines.join('\n') : none);
});
