/**
 * The flavours of libzmq that this machine has: as the npm package `zeromq`, and as python3-zmq. On Windows under Wine
 * (test/windows) the second is that of the Linux around it. Used by flavours.ts, and by the host of the far ones.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PATIENCE } from './deadline.js';
import type { PeerCommand } from './process.js';

export interface Flavour extends PeerCommand {
  readonly name: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing: string | undefined;
}

export function installed(): Flavour[] {
  const host = process.env.ZMTP_FAR_PEERS;
  // Under Wine it takes a second to see whether zeromq.js loads; where it does not, its peers end with that for last words.
  return host === undefined ? [node(), python()] : [node(true), far(host)];
}

/** python3-zmq, on the system that the host runs on. */
function far(host: string): Flavour {
  return { name: 'python3-zmq', command: '', args: [], host: Number(host), missing: undefined };
}

function node(known = false): Flavour {
  const found = known || runs(process.execPath, ['-e', "require('zeromq')"]);
  return {
    name: 'zeromq.js',
    command: process.execPath,
    args: [script('node-peer.mjs')],
    missing: found ? undefined : 'the npm package "zeromq" does not load: npm install',
  };
}

/** The interpreter on PATH is often one that a version manager built, without the distribution's packages. */
function python(): Flavour {
  const found = ['/usr/bin/python3', 'python3'].find((candidate) => runs(candidate, ['-c', 'import zmq.asyncio']));
  return {
    name: 'python3-zmq',
    command: found ?? 'python3',
    args: ['-u', script('python-peer.py')],
    missing: found ? undefined : 'no python3 with "import zmq": apt-get install python3-zmq, or pip install pyzmq',
  };
}

function runs(command: string, args: string[]): boolean {
  return spawnSync(command, args, { cwd: script('.'), stdio: 'ignore', timeout: 30_000 * PATIENCE }).status === 0;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
