/**
 * What the demo can be told on its command line. Called by main.ts before anything else is started, so that a bad
 * value ends the run with one line and exit code 2, and nothing to clean up.
 */

import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './fault.js';

export interface Options {
  /** Requests that each client sends. */
  requests: number;
  /** Events that each client follows. */
  events: number;
  /** The longest wait for one message, in milliseconds. */
  deadline: number;
  inject: Fault | undefined;
}

export const USAGE = `Usage: npm run demo -- [options]

  --requests N    requests sent by each client (${defaults().requests})
  --events N      events published to each client (${defaults().events})
  --deadline MS   the longest wait for one message (${defaults().deadline})
  --inject FAULT  spoil one message for each client, to see the demo fail:
                  ${FAULTS.join(', ')}
  --help          show this`;

/** Throws a TypeError that says what is wrong; returns undefined when only help is wanted. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      requests: { type: 'string' },
      events: { type: 'string' },
      deadline: { type: 'string' },
      inject: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { requests, events, deadline } = defaults();
  return {
    requests: count('requests', values.requests, requests),
    events: count('events', values.events, events),
    deadline: count('deadline', values.deadline, deadline),
    inject: fault(values.inject),
  };
}

function defaults(): { requests: number; events: number; deadline: number } {
  return { requests: 4_000, events: 40_000, deadline: 10_000 };
}

/** At least 2, because a fault is injected between two messages; numbers travel as 32 bits. */
function count(name: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 2 || value > 0x7fffffff) {
    throw new TypeError(`--${name} takes a whole number from 2 to ${0x7fffffff}, not '${given}'`);
  }
  return value;
}

function fault(given: string | undefined): Fault | undefined {
  const known = FAULTS.find((name) => name === given);
  if (given !== undefined && known === undefined) {
    throw new TypeError(`--inject takes one of ${FAULTS.join(', ')}, not '${given}'`);
  }
  return known;
}
