/**
 * The process that a peer is: a child of this one, or, for the Windows lane (test/windows), one of the Linux around it, whose
 * standard input and output a connection to its host is (test/windows/peer-host.ts). Used by peer.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { within } from './deadline.js';

export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The port of the host that knows what to run; the command is not used then. */
  readonly host?: number;
}

export interface PeerProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Absent where the host shows what is said there. */
  readonly errors?: Readable;
  /** Resolves when it has ended. */
  readonly closed: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
}

export async function startProcess({ command, args, host }: PeerCommand): Promise<PeerProcess> {
  return host === undefined ? child(command, args) : far(host);
}

async function child(command: string, args: readonly string[]): Promise<PeerProcess> {
  const process = spawn(command, args, { stdio: 'pipe', env: environment() });
  living.add(process);
  const closed = once(process, 'close').then(() => living.delete(process));
  await within(once(process, 'spawn'), `start of ${command}`);
  const { stdin: input, stdout: output, stderr: errors } = process;
  return { input, output, errors, closed, signal: (name) => void process.kill(name) };
}

/** The host kills the process when this side has ended the connection, and ends the other side when the process is gone. */
async function far(port: number): Promise<PeerProcess> {
  const host = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => host.once('close', resolve));
  await within(once(host, 'connect'), 'connection to the host of the peers');
  return { input: host, output: host, closed, signal: () => void host.end() };
}

/** The test runner's own loader hooks have no business in a child that runs plain Node. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
