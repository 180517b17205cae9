// The command line of `npm run bench`. See README.md for what each option is for.

import { parseArgs } from 'node:util';
import { contenderNames } from './contenders.js';

export interface Options {
  readonly cases: readonly string[] | undefined;
  readonly contenders: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly smoke: boolean;
  readonly json: string | undefined;
  readonly ours: string | undefined;
  readonly build: boolean;
  readonly profile: string | undefined;
  readonly help: boolean;
}

export const usage = `Usage: npm run bench -- [options]

  --cases ID,…          cases to run, whole or up to a slash, * for any part: push-pull, */tcp/10B, router-dealer/tcp/1000
  --contenders NAME,…   who runs: ${contenderNames.join(', ')} (default: all), or files of other builds of this library;
                        the first one is compared with each of the others
  --rounds N            measured rounds per contender and case (default 7)
  --seconds S           aimed length of the counted part of a round (default 1)
  --smoke               one round of tiny counts of one case of each kind: proves that everything runs, measures nothing
  --json FILE           where the results go (default: bench/results/throughput-DATE.json; a smoke run keeps none)
  --ours FILE           measure this build of the library instead of dist/index.js
  --no-build            measure dist/ as it is
  --profile DIR         write a CPU profile of every Node worker process into DIR
  --help                print this
`;

export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string' },
      contenders: { type: 'string', default: contenderNames.join() },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '1' },
      smoke: { type: 'boolean', default: false },
      json: { type: 'string' },
      ours: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    cases: values.cases?.split(','),
    contenders: values.contenders.split(',').map(contender),
    rounds: values.smoke ? 1 : positive('rounds', values.rounds, Number.isSafeInteger),
    seconds: positive('seconds', values.seconds, Number.isFinite),
    smoke: values.smoke,
    json: values.json,
    ours: values.ours,
    build: !values['no-build'] && values.ours === undefined,
    profile: values.profile,
    help: values.help,
  };
}

export function positive(option: string, text: string, valid: (value: number) => boolean): number {
  const value = Number(text);
  if (!valid(value) || value <= 0) throw new RangeError(`--${option}: not a positive number: ${text}`);
  return value;
}

function contender(name: string): string {
  if ((contenderNames as readonly string[]).includes(name) || /[./\\]/.test(name)) return name;
  throw new RangeError(`--contenders: ${name} is neither a file nor one of ${contenderNames.join(', ')}`);
}
