/**
 * The demo tells the truth: exit code 0 and a table with all counts when every message came through, another code and
 * a table that names the fault when one did not. However it ends, no process and no file of it stays.
 */

import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { isAlive, Workplace } from './run.js';

const DEMO = 'examples/demo/main.ts';
const SMALL = ['--requests', '60', '--events', '600'];

/** Where libzmq has no ipc://, its client takes tcp://, and the gate binds both. */
const [NATIVE, BOTH] = process.platform === 'win32' ? ['tcp', 'ipc+tcp'] : ['ipc', 'ipc'];

const workplace = new Workplace();
afterAll(() => workplace.remove());
afterEach(() => {
  const left = workplace.leftovers();
  workplace.clear(); // One demo that fails is not to fail the next.
  expect(left).toEqual([]);
});

describe('without a fault', () => {
  test('every message is counted, and the exit code is 0', async () => {
    const { code, output } = await workplace.run(DEMO, SMALL, 'command');
    expect(rows(output).map(({ rate, ...row }) => ({ ...row, fast: rate > 0 }))).toEqual([
      { ...row('gate', 'zmtp', BOTH, 'binds'), requests: 120, replies: 120, events: 1200, fast: true },
      { ...row('client', 'zmtp', 'ipc', 'connects'), fast: true },
      { ...row('libzmq-client', 'libzmq', NATIVE, 'connects'), fast: true },
      { ...row('tcp-gate', 'libzmq', 'tcp', 'binds'), fast: true },
      { ...row('tcp-client', 'zmtp', 'tcp', 'connects'), fast: true },
    ]);
    expect(output).toMatch(/^OK: 2,160 messages, each of them once, unaltered and in order, in \d+\.\d s\.$/m);
    expect(code).toBe(0);
    expect(pids(output)).toHaveLength(5);
    expect(pids(output).filter(isAlive)).toEqual([]);
  });

  test('more requests than events are spread as well', async () => {
    const { code, output } = await workplace.run(DEMO, ['--requests', '40', '--events', '7']);
    expect(rows(output).map(({ requests, events }) => [requests, events])).toEqual([
      [80, 14],
      [40, 7],
      [40, 7],
      [40, 7],
      [40, 7],
    ]);
    expect(code).toBe(0);
  });

  test('a pipe gets plain lines, with the endpoints as they were resolved', async () => {
    const { output } = await workplace.run(DEMO, SMALL);
    // A carriage return alone writes over a line; Windows' own warnings end their lines with both.
    expect(output.replaceAll('\r\n', '\n')).not.toContain('\r');
    expect(output).not.toContain('\x1b');
    expect(output).toMatch(
      /^tcp-gate \(libzmq, pid \d+\) bound tcp:\/\/127\.0\.0\.1:\d+ and tcp:\/\/127\.0\.0\.1:\d+$/m,
    );
    expect(output).toMatch(/^client \(zmtp, pid \d+\) connected to ipc:\/\/\S+ and ipc:\/\/\S+$/m);
  });
});

describe('with a fault', () => {
  const clients = ['client', 'libzmq-client', 'tcp-client'];
  const gates = ['gate', 'tcp-gate'];

  test.each([
    ['drop', clients, '1 lost (event 300)'],
    ['alter', clients, '1 altered (event 300)'],
    ['reorder', clients, '1 out of order (event 300)'],
    ['alter-reply', clients, '1 altered (reply 30)'],
  ])('%s is named for every client, and for nobody else', async (fault, blamed, error) => {
    const { code, output } = await workplace.run(DEMO, [...SMALL, '--inject', fault]);
    expect(errors(output)).toEqual({ ...all('none'), ...Object.fromEntries(blamed.map((name) => [name, error])) });
    expect(output).toMatch(/^FAILED: 3 of 5 participants have errors\.$/m);
    expect(code).toBe(1);
  });

  test('alter-request is named by the gate that received it', async () => {
    const { code, output } = await workplace.run(DEMO, [...SMALL, '--inject', 'alter-request']);
    expect(errors(output)).toMatchObject({
      gate: '1 altered (request of client 30) and 1 more',
      'tcp-gate': '1 altered (request of tcp-client 30)',
    });
    expect(output).toMatch(/^gate: 1 altered \(request of libzmq-client 30\)$/m);
    expect(code).toBe(1);
  });

  test('stall: nobody waits longer than the deadline, and the table says for what', async () => {
    const { code, output } = await workplace.run(DEMO, [...SMALL, '--inject', 'stall', '--deadline', '1000']);
    expect(errors(output)).toMatchObject({
      gate: 'stopped: a client never came to its end',
      'tcp-gate': 'stopped: a client never came to its end',
      'tcp-client': 'waited 1000 ms for the reply to request 30 and 3 more',
    });
    expect(output).toMatch(/^tcp-client: waited 1000 ms for event 291$/m);
    expect(code).toBe(1);
    expect(pids(output).filter(isAlive)).toEqual([]);
  });

  test('crash: a gate that dies is found out, and its clients do not wait for it', async () => {
    const { code, output } = await workplace.run(DEMO, [...SMALL, '--inject', 'crash']);
    const gone = 'ended with code 70 before it had finished';
    expect(errors(output)).toEqual({
      ...Object.fromEntries(gates.map((name) => [name, gone])),
      ...Object.fromEntries(clients.map((name) => [name, 'stopped: its gate is gone'])),
    });
    expect(code).toBe(1);
    expect(pids(output).filter(isAlive)).toEqual([]);
  });
});

describe('ended from outside', () => {
  const LONG = ['--requests', '1000000', '--events', '1000000'];

  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: all processes end, the folder goes, and the exit code tells', async (signal, expected) => {
    const demo = workplace.start(DEMO, LONG);
    const printed = await demo.printed('libzmq-client (libzmq, pid');
    expect(workplace.leftovers()).toHaveLength(1);
    demo.kill(signal);
    const { code, output } = await demo.ended;
    expect(code).toBe(expected);
    expect(output).toContain(`Ended by ${signal}.`);
    expect(pids(printed).filter(isAlive)).toEqual([]);
  });

  test('killed without a chance to clean up: its processes notice, and clean up for it', async () => {
    const demo = workplace.start(DEMO, LONG);
    await demo.printed('libzmq-client (libzmq, pid');
    demo.kill('SIGKILL');
    await demo.ended; // Settles when the last process has let go of the pipe.
    // On Windows Node's children go down with it, and nobody is left to clean up.
    if (process.platform === 'win32') workplace.clear();
  });
});

describe('the command line', () => {
  test('--help explains and starts nothing', async () => {
    const { code, output } = await workplace.run(DEMO, ['--help']);
    expect(output).toMatch(/^Usage: npm run demo/);
    expect(code).toBe(0);
  });

  test.each([
    [['--requests', 'many'], "--requests takes a whole number from 2 to 2147483647, not 'many'"],
    [['--inject', 'chaos'], '--inject takes one of drop, alter, reorder'],
    [['--speed'], "Unknown option '--speed'"],
  ])('%j is refused with exit code 2', async (args, message) => {
    const { code, output } = await workplace.run(DEMO, args);
    expect(output.startsWith(message)).toBe(true);
    expect(code).toBe(2);
  });
});

interface TableRow {
  participant: string;
  library: string;
  transport: string;
  direction: string;
  requests: number;
  replies: number;
  events: number;
  rate: number;
  errors: string;
}

function rows(output: string): TableRow[] {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.startsWith('-----------')) + 1;
  return lines.slice(first, lines.indexOf('', first)).map((line) => {
    const [participant, library, transport, direction, requests, replies, events, rate, errors] = line.split(/ {2,}/);
    const count = (text?: string) => Number(text?.replaceAll(',', ''));
    return {
      participant: participant!,
      library: library!,
      transport: transport!,
      direction: direction!,
      requests: count(requests),
      replies: count(replies),
      events: count(events),
      rate: count(rate),
      errors: errors!,
    };
  });
}

/** A client's row of a small run without a fault. */
function row(participant: string, library: string, transport: string, direction: string): Omit<TableRow, 'rate'> {
  return { participant, library, transport, direction, requests: 60, replies: 60, events: 600, errors: 'none' };
}

function errors(output: string): Record<string, string> {
  return Object.fromEntries(rows(output).map(({ participant, errors }) => [participant, errors]));
}

function all(error: string): Record<string, string> {
  return Object.fromEntries(['gate', 'client', 'libzmq-client', 'tcp-gate', 'tcp-client'].map((name) => [name, error]));
}

function pids(output: string): number[] {
  return [...output.matchAll(/, pid (\d+)\)/g)].map(([, pid]) => Number(pid));
}
