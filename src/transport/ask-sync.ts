// Questions that Node answers only asynchronously, asked synchronously for `bindSync`: a thread asks, and this one sleeps until
// it has the answer. It costs some 50 ms, once for each bind that needs it; most need it not.

import { node } from '../util/node-modules.js';
import type { Answer } from './probe.js';

/** Milliseconds for an answer, the start of the thread included; a probe gives up after 2000. */
const PATIENCE = 10_000;

/** In the thread, where only Node's own modules are: `argument` in, `reply` out. */
const SURROUNDINGS = (question: string): string => `
const { workerData } = require('node:worker_threads');
const { argument, port, signal } = workerData;
const reply = (value) => {
  port.postMessage(value);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
};
${question}`;

const LOOKUP = `
require('node:dns').lookup(argument.host, { family: argument.family }, (error, address) => reply(error ? null : address));`;

/** As probe.ts, whose codes and patience it has. */
const PROBE = `
const socket = require('node:net').connect({ path: argument, timeout: 2000 });
const answers = { ECONNREFUSED: 'refused', ENOENT: 'absent', ENOTDIR: 'absent' };
const answer = (value) => {
  socket.destroy();
  reply(value);
};
socket.once('connect', () => answer('live'));
socket.once('timeout', () => answer('live'));
socket.on('error', (error) => answer(answers[error.code] ?? 'live'));`;

/** The address of a host; undefined when it has none. */
export function lookupSync(host: string, family: 0 | 4): string | undefined {
  return (ask(LOOKUP, { host, family }) as string | null) ?? undefined;
}

/** Whether somebody listens at a path; in doubt, live. */
export function probeSync(path: string): Answer {
  return (ask(PROBE, path) as Answer | undefined) ?? 'live';
}

function ask(question: string, argument: unknown): unknown {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new node.workerThreads.MessageChannel();
  const worker = new node.workerThreads.Worker(SURROUNDINGS(question), {
    eval: true,
    execArgv: [],
    workerData: { argument, port: port2, signal },
    transferList: [port2],
  });
  worker.on('error', () => {});
  worker.unref();
  Atomics.wait(signal, 0, 0, PATIENCE);
  const answer: unknown = node.workerThreads.receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  return answer;
}
