// The command line of `npm run bench`. See README.md for what each option is for.

import { parseArgs } from 'node:util';
import { type Transport, transports, type WorkloadName, workloadNames } from './workloads.js';

export interface Options {
  readonly rounds: number;
  readonly smoke: boolean;
  readonly only: readonly WorkloadName[];
  readonly sizes: readonly number[] | undefined;
  readonly transports: readonly Transport[];
  readonly seconds: number;
  readonly build: boolean;
  readonly ours: string | undefined;
  readonly against: readonly string[];
  readonly profile: string | undefined;
  readonly help: boolean;
}

export const usage = `Usage: npm run bench -- [options]

  --rounds N            measured rounds per contender and case (default 5)
  --seconds S           aimed length of the counted part of a round (default 1)
  --only NAME,…         workloads to run: ${workloadNames.join(', ')}
  --sizes BYTES,…       body sizes, for every workload
  --transports NAME,…   ${transports.join(', ')} (default: all that the platform has)
  --smoke               one round of tiny counts: proves that everything runs, measures nothing
  --ours FILE           measure this build of the library instead of dist/index.js
  --against NAME,…      compare with these: zeromq.js (default), or files of other builds of the library
  --no-build            measure dist/ as it is
  --profile DIR         write a CPU profile of every worker process into DIR
  --help                print this
`;

export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', default: workloadNames.join() },
      sizes: { type: 'string' },
      transports: { type: 'string', default: process.platform === 'win32' ? 'tcp' : transports.join() },
      smoke: { type: 'boolean', default: false },
      ours: { type: 'string' },
      against: { type: 'string', default: 'zeromq.js' },
      'no-build': { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    rounds: values.smoke ? 1 : positive('rounds', values.rounds, Number.isSafeInteger),
    seconds: positive('seconds', values.seconds, Number.isFinite),
    smoke: values.smoke,
    only: listOf('only', values.only, workloadNames),
    sizes: values.sizes?.split(',').map((size) => positive('sizes', size, Number.isSafeInteger)),
    transports: listOf('transports', values.transports, transports),
    build: !values['no-build'] && values.ours === undefined,
    ours: values.ours,
    against: values.against.split(','),
    profile: values.profile,
    help: values.help,
  };
}

function positive(option: string, text: string, valid: (value: number) => boolean): number {
  const value = Number(text);
  if (!valid(value) || value <= 0) throw new RangeError(`--${option}: not a positive number: ${text}`);
  return value;
}

function listOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const match = known.find((name) => name === word);
    if (match === undefined) throw new RangeError(`--${option}: ${word} is not one of ${known.join(', ')}`);
    return match;
  });
}
