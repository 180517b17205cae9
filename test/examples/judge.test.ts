/**
 * The parts of the demo that judge, one by one: a judge that overlooks something would make every run look fine.
 */

import { describe, expect, test } from 'vitest';
import { alter, published } from '../../examples/demo/fault.js';
import { Ledger } from '../../examples/demo/ledger.js';
import type { Participant } from '../../examples/demo/participant.js';
import { Progress } from '../../examples/demo/progress.js';
import type { Settings } from '../../examples/demo/role.js';
import { errorsOf, table } from '../../examples/demo/table.js';
import { open, payloadOf, seal } from '../../examples/demo/wire.js';

describe('Ledger', () => {
  function judged(numbers: number[], total: number): string[] {
    const ledger = new Ledger('event', total);
    for (const number of numbers) ledger.take(number, true);
    return ledger.errors();
  }

  test.each([
    ['all in order', [1, 2, 3], []],
    ['none at all', [], ['3 lost (event 1, 2, 3)']],
    ['the first missing', [2, 3], ['1 lost (event 1)']],
    ['one in the middle missing', [1, 3], ['1 lost (event 2)']],
    ['the last missing', [1, 2], ['1 lost (event 3)']],
    ['a gap and the end missing', [2], ['2 lost (event 1, 3)']],
    ['two exchanged', [2, 1, 3], ['1 out of order (event 1)']],
    ['one twice', [1, 2, 2, 3], ['1 not expected (event 2)']],
    ['one too many', [1, 2, 3, 4], ['1 not expected (event 4)']],
    ['number 0', [0, 1, 2, 3], ['1 not expected (event 0)']],
    ['a number far away', [1, 2, 3, 4_000_000_000], ['1 not expected (event 4000000000)']],
  ])('%s', (_, numbers, errors) => {
    expect(judged(numbers, 3)).toEqual(errors);
  });

  test('names three and counts all', () => {
    expect(judged([5], 9)).toEqual(['8 lost (event 1, 2, 3, …)']);
  });

  test('an altered message is not a lost one', () => {
    const ledger = new Ledger('reply', 1);
    ledger.take(1, false);
    expect(ledger.errors()).toEqual(['1 altered (reply 1)']);
  });
});

describe('the message format', () => {
  const numbers = [1, 2, 400, 1001];

  test.each(numbers)('message %i is intact after a journey through memory', (number) => {
    const frames = seal('client', 'event', number, payloadOf(number)).map((frame) => Buffer.from(frame));
    expect(open(frames)).toMatchObject({ client: 'client', verb: 'event', number, intact: true });
  });

  test.each(numbers)('any one bit turned over in message %i is noticed', (number) => {
    const message = seal('client', 'event', number, payloadOf(number));
    message.forEach((frame, index) => {
      for (const bit of new Set([0, 8 * frame.length - 1].filter((bit) => bit >= 0 && frame.length > 0))) {
        const spoilt = message.map((part) => Buffer.from(part));
        spoilt[index]![bit >> 3]! ^= 1 << (bit & 7);
        expect(open(spoilt).intact).toBe(false);
      }
    });
    expect(open(alter(message)).intact).toBe(false);
    expect(open(message).intact).toBe(true);
  });

  test.each([0, 1, 2, 4])('%i frames are no message', (count) => {
    expect(() => open(Array.from({ length: count }, () => Buffer.alloc(8)))).toThrow('no message of this demo');
  });
});

test.each([
  ['drop', [1, 3, 4]],
  ['alter', [1, 2, 3, 4]],
  ['reorder', [1, 3, 2, 4]],
  [undefined, [1, 2, 3, 4]],
] as const)('the fault %s publishes %j', (fault, expected) => {
  const make = (number: number) => seal('client', 'event', number, payloadOf(number));
  const out = [1, 2, 3, 4].flatMap((number) => published(fault, number, 4, make)).map((message) => open(message));
  expect(out.map(({ number }) => number)).toEqual(expected);
  expect(out.filter(({ intact }) => !intact).map(({ number }) => number)).toEqual(fault === 'alter' ? [2] : []);
});

describe('the table', () => {
  test('a count that falls short is an error, even if nobody reported one', () => {
    const row = { settings: settings('client'), report: { ...REPORT, events: 39 } };
    expect(errorsOf(row)).toEqual(['39 events instead of 40']);
    expect(table([row])).toContain('39 events instead of 40');
  });

  test("a gate's counts are those of all its clients", () => {
    const gate = { ...settings('gate'), clients: ['client', 'other'] };
    const report = { ...REPORT, requests: 20, replies: 20, events: 80 };
    expect(errorsOf({ settings: gate, report })).toEqual([]);
    expect(errorsOf({ settings: gate, report: REPORT })).toHaveLength(3);
  });
});

test('a terminal gets one line that is redrawn, and cut to its width', () => {
  const written: string[] = [];
  const out = { isTTY: true, columns: 30, write: (text: string) => written.push(text) };
  const progress = new Progress(out as unknown as NodeJS.WriteStream);
  const participant = { settings: settings('client'), pid: 7 } as Participant;
  progress.watcher(participant, { type: 'ready', text: 'connected' });
  progress.watcher(participant, { type: 'progress', counts: { requests: 5, replies: 5, events: 20 } });
  progress.watcher(participant, { type: 'progress', counts: { requests: 9, replies: 9, events: 1_000_036 } });
  progress.end();
  const clear = '\r\x1b[2K';
  expect(written).toEqual([
    `${clear}client (zmtp, pid 7) connected\n`,
    clear,
    `${clear}client 50 % 30 messages`,
    `${clear}client 90 % 1,000,054 message`,
    clear,
  ]);
});

const REPORT = { requests: 10, replies: 10, events: 40, seconds: 1, complete: true, errors: [] };

function settings(name: string): Settings {
  return {
    name,
    library: 'zmtp',
    folder: '',
    gate: 'gate',
    transports: ['ipc'],
    clients: [],
    requests: 10,
    events: 40,
    deadline: 1000,
    fault: undefined,
  };
}
