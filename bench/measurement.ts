// One measurement: one contender, one case, one count. Starts a fresh process per role, lets them run, returns the figures.
// Fresh processes keep a round from inheriting the heap, the compiled code or the queues of the one before.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders.js';
import { WorkerProcess } from './worker-process.js';
import type { Case, Transport } from './workloads.js';

/** CURVE keys of both sides, in Z85; see worker/parent.ts for who uses which. */
export type Keys = Readonly<Record<'serverPublic' | 'serverSecret' | 'clientPublic' | 'clientSecret', string>>;

export type Values = Readonly<Record<string, number>>;

export interface Measurement {
  readonly contender: Contender;
  readonly case: Case;
  readonly count: number;
  readonly keys: Keys;
  readonly profileDir: string | undefined;
}

export async function measure(measurement: Measurement): Promise<Values> {
  const workers: WorkerProcess[] = [];
  try {
    return await run(measurement, workers);
  } finally {
    const patience = measurement.profileDir === undefined ? STOP_PATIENCE : PROFILE_PATIENCE;
    await Promise.all(workers.map((worker) => worker.stop(patience)));
  }
}

async function run(measurement: Measurement, workers: WorkerProcess[]): Promise<Values> {
  const { roles, transport } = measurement.case;
  let endpoint = transport === undefined ? undefined : freshEndpoint(transport);
  for (const role of roles) {
    const worker = start(measurement, role, endpoint);
    workers.push(worker);
    const ready = await worker.ready(READY_DEADLINE);
    endpoint = ready.endpoint ?? endpoint;
  }
  for (const worker of workers) worker.go();
  // One role reports; the others owe nothing, but if one of them fails there is no point in waiting.
  const result = await Promise.race(workers.map((worker) => worker.result(RESULT_DEADLINE)));
  return result.values;
}

function start(measurement: Measurement, role: string, endpoint: string | undefined): WorkerProcess {
  const { contender, case: subject, count, keys, profileDir } = measurement;
  // Warm-up as long as the count: a quarter of it left optimising compilers at work well into the counted part.
  const security = subject.curve ? { curve: 1, ...keys } : {};
  const settings = { ...subject.params, ...security, count, warmup: count, ...(endpoint && { endpoint }) };
  const args = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return new WorkerProcess(`${contender.name} ${subject.id} ${role}`, contender.command(role, args, profileDir));
}

function freshEndpoint(transport: Transport): string {
  return transport === 'tcp' ? 'tcp://127.0.0.1:*' : `ipc://${join(socketDirectory(), `${++sockets}`)}`;
}

function socketDirectory(): string {
  if (directory === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'zmtp-bench-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    directory = made;
  }
  return directory;
}

let directory: string | undefined;
let sockets = 0;

const READY_DEADLINE = 20_000;
const RESULT_DEADLINE = 60_000;
const STOP_PATIENCE = 500;
const PROFILE_PATIENCE = 10_000;
