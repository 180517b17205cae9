// The command line of `npm run fuzz`. See README.md.

import { parseArgs } from 'node:util';

export interface Options {
  readonly inputs: number;
  readonly seconds: number;
  readonly seed: number;
  /** Names; all targets when empty. */
  readonly targets: readonly string[];
  readonly replay: readonly string[];
  readonly library: string | undefined;
  readonly findings: string;
  readonly differential: boolean;
  readonly guided: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm run fuzz -- [options]

  --inputs N         inputs to try (default 1000000; without limit when only --seconds is given)
  --seconds S        end after this time, whatever was tried
  --seed N           where chance begins (default 1)
  --target NAME,…    only these (default: all, by weight)
  --differential     give the same bytes to listeners of libzmq (npm \`zeromq\`) and of this library (default 5000 inputs)
  --replay FILE      judge the input in this file and say what comes of it; may be given several times
  --library FILE     fuzz the module's \`connect(options, events)\` instead of this library: to see that a fault is found
  --findings DIR     write the inputs that broke something here (default fuzz-findings)
  --unguided         without V8's counters: no places, no steps
  --help             print this
`;

const INPUTS = 1_000_000;
const INPUTS_DIFFERENTIAL = 5000;

/** @throws Error that says which option is wrong */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      inputs: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string', default: '' },
      replay: { type: 'string', multiple: true, default: [] },
      library: { type: 'string' },
      findings: { type: 'string', default: 'fuzz-findings' },
      differential: { type: 'boolean', default: false },
      unguided: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unlimited = Number.POSITIVE_INFINITY;
  const { inputs, seconds } = values;
  const usual = values.differential ? INPUTS_DIFFERENTIAL : INPUTS;
  return {
    inputs: inputs !== undefined ? whole('inputs', inputs) : seconds === undefined ? usual : unlimited,
    seconds: seconds === undefined ? unlimited : positive('seconds', seconds),
    seed: whole('seed', values.seed),
    targets: values.target.split(',').filter((name) => name !== ''),
    replay: values.replay,
    library: values.library,
    findings: values.findings,
    differential: values.differential,
    guided: !values.unguided,
    help: values.help,
  };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text === '')
    throw new RangeError(`--${option}: not a whole number: ${text}`);
  return value;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`--${option}: not a positive number: ${text}`);
  return value;
}
