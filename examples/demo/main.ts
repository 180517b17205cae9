/**
 * The demo, `npm run demo`: five processes exchange numbered and checksummed messages, and one table says how many, how
 * fast, and whether any was lost, altered or out of order; the exit code is 0 only if none was. First a gate of this
 * library serves a client of this library and one of libzmq over ipc://; then a gate of libzmq serves a client of this
 * library over tcp://. This process only conducts: it starts the others, shows progress, and cleans up whatever happens.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Options, readOptions, USAGE } from './options.js';
import { Participant } from './participant.js';
import { Progress } from './progress.js';
import type { Settings } from './role.js';
import { errorsOf, grouped, isGate, messages, type Row, table } from './table.js';

class Demo {
  private readonly options: Options;
  private readonly folder = mkdtempSync(join(tmpdir(), 'zmtp-demo-'));
  private readonly progress = new Progress(process.stdout);
  private readonly started: Participant[] = [];
  private stopped = false;

  constructor(options: Options) {
    this.options = options;
    process.once('exit', () => {
      this.endAll(); // The last net, under every way out of this process.
      this.removeFolder();
    });
  }

  async run(): Promise<Row[]> {
    const local = { gate: 'gate', transports: [...new Set(['ipc', NATIVE] as const)] };
    const remote = { gate: 'tcp-gate', transports: ['tcp' as const] };
    const rows = [
      ...(await this.scene({ ...local, library: 'zmtp' }, [
        { name: 'client', library: 'zmtp', transports: ['ipc'] },
        { name: 'libzmq-client', library: 'libzmq', transports: [NATIVE] },
      ])),
      ...(await this.scene({ ...remote, library: 'libzmq' }, [
        { name: 'tcp-client', library: 'zmtp', transports: ['tcp'] },
      ])),
    ];
    this.progress.end();
    return rows;
  }

  /** No process outlives the demo, and no file. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endAll();
    await Promise.all(this.started.map((participant) => participant.done));
    this.removeFolder();
    this.progress.end();
  }

  /** A gate and its clients, from the first to bind to the last to end. */
  private async scene(
    host: Pick<Settings, 'gate' | 'library' | 'transports'>,
    guests: Pick<Settings, 'name' | 'library' | 'transports'>[],
  ): Promise<Row[]> {
    const common = { ...this.options, folder: this.folder, gate: host.gate, fault: this.options.inject };
    const names = guests.map((guest) => guest.name);
    const gate = this.start('gate', { ...common, ...host, name: host.gate, clients: names });
    if (!(await gate.ready)) return rowsOf([gate]);
    const clients = guests.map((guest) => this.start('client', { ...common, ...guest, clients: [] }));
    void gate.done.then(({ complete }) => {
      if (!complete) for (const client of clients) client.stop('stopped: its gate is gone');
    });
    const reports = await Promise.all(clients.map((client) => client.done));
    if (reports.some(({ complete }) => !complete)) gate.stop('stopped: a client never came to its end');
    return rowsOf([gate, ...clients]);
  }

  private start(role: 'gate' | 'client', settings: Settings): Participant {
    if (this.stopped) throw new Error('stopped');
    const participant = new Participant(role, settings, this.progress.watcher);
    this.started.push(participant);
    return participant;
  }

  private endAll(): void {
    for (const participant of this.started) participant.stop('was stopped');
  }

  private removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function rowsOf(participants: Participant[]): Promise<Row[]> {
  const reports = await Promise.all(participants.map((participant) => participant.done));
  return participants.map(({ settings }, index) => ({ settings, report: reports[index]! }));
}

/** Resolves with the signal; from then on, further ones change nothing. */
function interruption(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of INTERRUPTS) process.on(signal, resolve);
  });
}

function judge(rows: Row[], seconds: number): void {
  console.log(`\n${table(rows)}\n`);
  const bad = rows.filter((row) => errorsOf(row).length > 0);
  if (bad.length > 0 || rows.length !== PARTICIPANTS) {
    console.log(`FAILED: ${bad.length} of ${PARTICIPANTS} participants have errors.`);
    process.exitCode = 1;
    return;
  }
  const clients = rows.filter(({ settings }) => !isGate(settings));
  const total = grouped(clients.reduce((sum, { report }) => sum + messages(report), 0));
  console.log(`OK: ${total} messages, each of them once, unaltered and in order, in ${seconds.toFixed(1)} s.`);
}

async function main(): Promise<void> {
  const options = optionsOrUsage();
  if (!options) return;
  process.stdout.on('error', () => process.exit(1)); // The reader of our pipe went away: nobody is left to tell.
  const started = performance.now();
  const demo = new Demo(options);
  const outcome = await Promise.race([demo.run(), interruption()]);
  await demo.stop();
  if (typeof outcome !== 'string') {
    judge(outcome, (performance.now() - started) / 1000);
    return;
  }
  console.error(`Ended by ${outcome}.`);
  process.exitCode = 128 + constants.signals[outcome];
}

function optionsOrUsage(): Options | undefined {
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options) console.log(USAGE);
    return options;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

/** libzmq has no ipc:// on Windows, so that its client takes the gate's other door there. */
const NATIVE = process.platform === 'win32' ? 'tcp' : 'ipc';
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Three of this library, two of libzmq. */
const PARTICIPANTS = 5;

await main();
