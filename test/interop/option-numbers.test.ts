// Every option by its libzmq number, through get…Option and set…Option, on every socket type and on a Context, against
// zeromq.js itself: what is read, what may be set, what is read back, and in which words the rest is refused.

import { afterEach, describe, expect, it } from 'vitest';
import * as zeromq from 'zeromq';
import * as zmtp from '../../src/index.js';
import { classes } from '../support/classes.js';
import { inLinuxWords } from '../support/words.js';
import { DIFFERENCES, type Step, TEXTS } from './option-differences.js';
import { warningsOf } from './warnings.js';

type Method = (...args: unknown[]) => unknown;
type Subject = Record<string, Method> & { close?(): void };
type Raw = new (type: number, options?: object) => Subject;

const FAMILIES = ['Bool', 'Int32', 'Uint32', 'Int64', 'Uint64', 'String'] as const;
const NUMBERS = Array.from({ length: 132 }, (_, index) => index - 1);
const INTS = [-100, -2, -1, 0, 1, 2, 3, 4, 99, 100, 250, 1.9, -0.5, 2 ** 31 - 1];
const VALUES: Readonly<Record<(typeof FAMILIES)[number], readonly unknown[]>> = {
  Bool: [true, false],
  Int32: INTS,
  Uint32: [0, 1, 7, 2 ** 31 - 1, 2 ** 32 - 1],
  Int64: [-1, 0, 1, 2 ** 33],
  Uint64: [-1, 0, 1, 2 ** 33],
  String: [
    null,
    '',
    'a',
    'ab\0c',
    'abcd',
    'eight by',
    'x'.repeat(16),
    'x'.repeat(17),
    'x'.repeat(40),
    '%nSc0'.repeat(8),
    '~'.repeat(40),
    'x'.repeat(255),
    'x'.repeat(256),
    Buffer.alloc(32, 1),
    Buffer.alloc(33, 1),
    Buffer.from([0xff, 0xfe]),
    new Uint8Array([65, 66]),
    'X-name:value',
    'X-:',
    '10.0.0.0/8',
    '1.2.3.4',
    '1.2.3.4/33',
    'é',
  ],
};
/** ZMQ_XSUB_VERBOSE_UNSUBSCRIBE with no bytes at all is an access violation in libzmq. */
const FATAL = 115;

const open: Subject[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close?.();
});

function socketOf(library: object, type: number): Subject {
  const Base = (library as { Socket: Raw }).Socket;
  const socket = new (class extends Base {})(type);
  open.push(socket);
  return socket;
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code ?? (error as Error).constructor.name} ${inLinuxWords(message)}`;
  }
}

function show(value: unknown): string {
  return Buffer.isBuffer(value) ? `<${value.toString('hex')}>` : JSON.stringify(value);
}

/** Numbers that only some types have; the others are the same for all. */
const OF_TYPES = [6, 7, 33, 40, 41, 51, 52, 53, 56, 61, 69, 71, 72, 73, 78, 97, 98, 108, 115, 116];
const DEALER = 5;
const excused = (step: Step): boolean => DIFFERENCES.some(({ excuses }) => excuses?.(step));

describe.each(classes)('$wireName', ({ type }) => {
  it('reads every number as zeromq.js does', () => {
    const [ours, theirs] = [socketOf(zmtp, type), socketOf(zeromq, type)];
    for (const id of NUMBERS) {
      for (const family of FAMILIES) {
        const method = `get${family}Option`;
        if (excused({ id, method, reads: true })) continue;
        expect(
          attempt(() => ours[method]!(id)),
          `${method}(${id})`,
        ).toEqual(attempt(() => theirs[method]!(id)));
      }
    }
  });

  it.each(type === DEALER ? NUMBERS : OF_TYPES)('sets %i as zeromq.js does', (id) => {
    for (const family of FAMILIES) {
      if (id === FATAL && family === 'String') continue;
      let [ours, theirs] = [socketOf(zmtp, type), socketOf(zeromq, type)];
      for (const value of VALUES[family]) {
        // What is excused once would show in the next values that are refused.
        if (TEXTS.includes(id)) [ours, theirs] = [socketOf(zmtp, type), socketOf(zeromq, type)];
        compareSet(ours, theirs, id, family, value);
      }
    }
  });
});

/** Sets the same in both, and reads it back, as what it was set as and as text. */
function compareSet(ours: Subject, theirs: Subject, id: number, family: string, value: unknown): void {
  const set = `set${family}Option`;
  const what = `${set}(${id}, ${show(value)})`;
  const [told, expected] = [attempt(() => ours[set]!(id, value)), attempt(() => theirs[set]!(id, value))];
  if (excused({ id, method: set, value, reads: false })) return;
  expect(told, what).toEqual(expected);
  for (const method of [`get${family}Option`, 'getStringOption']) {
    if (excused({ id, method, value, reads: true })) continue;
    expect(
      attempt(() => ours[method]!(id)),
      `${method} after ${what}`,
    ).toEqual(attempt(() => theirs[method]!(id)));
  }
}

describe('a number', () => {
  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** 32,
    -(2 ** 31) - 1,
  ])('%d is refused for an int: numbers are finite and have 32 bits', (value) => {
    const ours = socketOf(zmtp, DEALER);
    for (const method of ['setInt32Option', 'setUint32Option'])
      expect(attempt(() => ours[method]!(17, value))).toBe('EINVAL Invalid argument');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is refused for 64 bits', (value) => {
    expect(attempt(() => socketOf(zmtp, DEALER).setInt64Option!(22, value))).toBe('EINVAL Invalid argument');
  });

  it('too large for JavaScript to have it exactly is warned of', () => {
    const warnings = warningsOf(() => {
      for (const library of [zmtp, zeromq]) socketOf(library, DEALER).setUint64Option!(4, 2 ** 60);
    });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toBe(warnings[1]);
  });
});

describe('topics by number', () => {
  it('are those of SUB, and counted', () => {
    for (const library of [zmtp, zeromq]) {
      const sub = socketOf(library, 2);
      for (const topic of ['a', 'a', 'b', null, Buffer.from([0, 1])]) sub.setStringOption!(6, topic);
      sub.setStringOption!(7, 'b');
      expect(sub.getInt32Option!(116)).toBe(4);
    }
  });

  it('are those of XPUB in manual mode', () => {
    for (const library of [zmtp, zeromq]) {
      const xpub = socketOf(library, 9);
      expect(attempt(() => xpub.setStringOption!(6, 'a'))).toBe('EINVAL Invalid argument');
      xpub.setBoolOption!(98, true);
      expect(attempt(() => xpub.setStringOption!(6, 'a'))).toBeUndefined();
      xpub.setBoolOption!(71, false);
      expect(attempt(() => xpub.setStringOption!(7, 'a'))).toBe('EINVAL Invalid argument');
    }
  });
});

describe('arguments', () => {
  const CALLS: [method: string, ...args: unknown[]][] = [
    ...FAMILIES.flatMap((family): [string, ...unknown[]][] => [
      [`get${family}Option`],
      [`get${family}Option`, '17'],
      [`get${family}Option`, 17, 1],
      [`get${family}Option`, 17, 1, 2],
      [`get${family}Option`, Number.NaN],
      [`set${family}Option`],
      [`set${family}Option`, 17],
      [`set${family}Option`, '17', 1],
      [`set${family}Option`, 17, undefined],
      [`set${family}Option`, 17, {}],
      [`set${family}Option`, 17, Symbol('x')],
      [`set${family}Option`, 17, 1n],
      [`set${family}Option`, 17, 1, 2],
      [`set${family}Option`, 17, 'x', 2],
      [`set${family}Option`, 17, true, 2],
    ]),
    ['connect'],
    ['connect', 5, 1],
    ['connect', 'inproc://a', 1],
    ['disconnect', null],
    ['disconnect', 'inproc://a', 1],
    ['unbind', {}],
    ['unbind', 'inproc://a', 1, 2],
    ['close', 1],
    ['close', undefined],
    ['join', 5],
    ['join'],
    ['join', 'a'],
    ['leave', Buffer.from('a')],
  ];

  it.each(CALLS)('%s', (method, ...args) => {
    const [ours, theirs] = [socketOf(zmtp, DEALER), socketOf(zeromq, DEALER)];
    expect(attempt(() => ours[method]!(...args))).toEqual(attempt(() => theirs[method]!(...args)));
    for (const socket of [ours, theirs]) socket.close?.();
    expect(
      attempt(() => ours[method]!(...args)),
      'closed',
    ).toEqual(attempt(() => theirs[method]!(...args)));
  });
});
