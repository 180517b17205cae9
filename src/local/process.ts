// Which processes are there, and whether one is still the same: process ids are used again.

import { exists } from '../transport/claim.js';
import { node } from '../util/node-modules.js';
import { bootId } from './place.js';

export type ProcessState = 'same' | 'gone' | 'reused';

interface Sight {
  readonly start?: string | undefined;
  /** It is there only until its parent notices that it has ended. */
  readonly ended?: boolean;
}

/** When a process was started, as only to be compared; undefined where the system does not say, or there is none. */
export async function startOf(pid: number): Promise<string | undefined> {
  return (await look(pid)).start;
}

/** @param start what `startOf` said of the process, when it was surely the one meant */
export async function stateOf(pid: number, start: string | undefined): Promise<ProcessState> {
  if (!exists(pid)) return 'gone';
  const { start: now, ended } = await look(pid);
  if (ended) return 'gone';
  return start === undefined || now === undefined || now === start ? 'same' : 'reused';
}

async function look(pid: number): Promise<Sight> {
  switch (process.platform) {
    case 'linux':
      return linuxStat(pid);
    case 'win32':
      return {};
    default:
      return { start: await startFromPs(pid) };
  }
}

/**
 * From proc(5): the 3rd field says whether the first thread has ended, the 20th how many there are, the 22nd when the process
 * began. It has ended, and only its parent has not noticed, when no other thread is left: until then its sockets are open.
 */
async function linuxStat(pid: number): Promise<Sight> {
  try {
    const text = await node.fs.promises.readFile(`/proc/${pid}/stat`, 'latin1');
    const boot = bootId();
    if (boot === undefined) return {};
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ended = (fields[0] === 'Z' || fields[0] === 'X') && Number(fields[17]) <= 1;
    return { start: `${boot} ${fields[19]}`, ended };
  } catch {
    return {};
  }
}

async function startFromPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    node.childProcess.execFile('ps', ['-o', 'lstart=', '-p', String(pid)], { env }, (error, stdout) => {
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : undefined);
    });
  });
}
