/**
 * The two flavours of libzmq that the interop suite runs against, and whether this machine has them. A flavour that is
 * missing shows up as a skipped suite whose title says what is missing and how to get it; with ZMTP_REQUIRE_PEERS=1,
 * as in CI, it is a failing test instead.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { Peer, type PeerCommand } from './peer.js';

export interface Flavour extends PeerCommand {
  readonly name: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing: string | undefined;
}

/** A peer process for one flavour: started by the first case that asks, shared by the rest of the file. */
export type SharedPeer = () => Promise<Peer>;

/** Registers the same cases once per flavour. */
export function describeFlavours(cases: (flavour: Flavour, peer: SharedPeer) => void): void {
  for (const flavour of flavours()) {
    if (flavour.missing !== undefined && process.env.ZMTP_REQUIRE_PEERS === '1') {
      it(`${flavour.name} is installed, as ZMTP_REQUIRE_PEERS demands`, () => {
        throw new Error(flavour.missing);
      });
    }
    const title = flavour.missing === undefined ? flavour.name : `${flavour.name}: skipped, ${flavour.missing}`;
    describe.skipIf(flavour.missing !== undefined)(title, () => cases(flavour, sharedPeer(flavour)));
  }
}

function sharedPeer(flavour: Flavour): SharedPeer {
  let peer: Promise<Peer> | undefined;
  afterAll(async () => {
    await (await peer)?.stop();
  });
  return () => {
    peer ??= Peer.start(flavour);
    return peer;
  };
}

function flavours(): Flavour[] {
  return [node(), python()];
}

function node(): Flavour {
  const found = runs(process.execPath, ['-e', "require('zeromq')"]);
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
  return spawnSync(command, args, { cwd: script('.'), stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
