// The command line of `npm run soak`. See README.md for what each scenario is.

import { parseArgs } from 'node:util';

export const SCENARIOS = ['connections', 'churn', 'hostile', 'brokers'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export const FAULTS = ['lose', 'leak'] as const;

export interface Options {
  readonly only: readonly ScenarioName[];
  readonly connections: number;
  readonly churns: number;
  readonly seconds: number;
  readonly kills: number;
  /** ms until what has not come counts as lost. */
  readonly patience: number;
  readonly inject: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm run soak -- [options]

  --only NAME,…      scenarios to run: ${SCENARIOS.join(', ')} (default: all)
  --connections N    connections of one socket (default 1000; --full 10000)
  --churns N         clients that come, send and go (default 2000; --full 100000)
  --seconds S        length of hostile, and at least of brokers (default 5; --full 60)
  --kills N          how often the broker is killed (default 3; --full 20)
  --full             the big numbers
  --smoke            tiny numbers: proves that everything runs
  --inject FAULT     ${FAULTS.join(' or ')}: put a fault in, to see that it is found
  --json             the report as JSON
  --help             print this
`;

const SIZES = {
  default: { connections: 1000, churns: 2000, seconds: 5, kills: 3 },
  full: { connections: 10_000, churns: 100_000, seconds: 60, kills: 20 },
  smoke: { connections: 20, churns: 40, seconds: 1, kills: 1 },
} as const;

/** @throws RangeError, TypeError */
export function parseOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: text,
      connections: text,
      churns: text,
      seconds: text,
      kills: text,
      full: flag,
      smoke: flag,
      inject: text,
      json: flag,
      help: flag,
    },
  });
  const size = SIZES[values.full ? 'full' : values.smoke ? 'smoke' : 'default'];
  const number = (name: keyof typeof size, min: number) => whole(name, values[name], size[name], min);
  const { inject } = values;
  if (inject !== undefined) oneOf('inject', inject, FAULTS);
  return {
    only: values.only?.split(',').map((name) => oneOf('only', name, SCENARIOS)) ?? SCENARIOS,
    connections: number('connections', 2),
    churns: number('churns', 1),
    seconds: number('seconds', 1),
    kills: number('kills', 0),
    patience: inject === undefined ? 60_000 : 2000,
    inject,
    json: values.json,
    help: values.help,
  };
}

function whole(name: string, text: string | undefined, otherwise: number, min: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new RangeError(`--${name}: not a whole number from ${min}: ${text}`);
}

function oneOf<T extends string>(option: string, name: string, names: readonly T[]): T {
  if ((names as readonly string[]).includes(name)) return name as T;
  throw new RangeError(`--${option}: no ${name}; there are ${names.join(', ')}`);
}
