// The process that side-by-side.ts starts: cases of a file on zeromq.js, in order, a line of JSON for each. Arguments: the file, how
// many are on at the same time, how many times as long all pauses are, and the names of the cases; none: all.

import * as zeromq from 'zeromq';
import { type Cases, patiently } from './cases.js';
import { within } from './peers/deadline.js';

/** Milliseconds: one case that hangs shall not keep the others from their turn. */
const LIMIT = 5000;

const [file = '', atOnce = '1', times = '1', ...names] = process.argv.slice(2);
const { cases } = (await import(file)) as { cases: Cases };
const waiting = Object.entries(cases).filter(([name]) => names.length === 0 || names.includes(name));
await Promise.all(Array.from({ length: Number(atOnce) }, work));

async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, run] = next;
    const running = patiently(Number(times), () => run(zeromq));
    const result = await within(running, name, LIMIT * Number(times)).catch((error: Error) => `failed: ${error.stack}`);
    process.stdout.write(`${JSON.stringify({ name, result: result ?? null })}\n`);
  }
}

process.exit(0);
