// The process that side-by-side.ts starts: cases of a file on zeromq.js, one after the other, a line of JSON for each. Arguments:
// the file, how many times as long all pauses are, and the names of the cases; none: all.

import * as zeromq from 'zeromq';
import { type Cases, patiently } from './cases.js';
import { within } from './peers/deadline.js';

/** Milliseconds: one case that hangs shall not keep the others from their turn. */
const LIMIT = 5000;

const [file = '', times = '1', ...names] = process.argv.slice(2);
const { cases } = (await import(file)) as { cases: Cases };
for (const [name, run] of Object.entries(cases)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const running = patiently(Number(times), () => run(zeromq));
  const result = await within(running, name, LIMIT * Number(times)).catch((error: Error) => `failed: ${error.stack}`);
  process.stdout.write(`${JSON.stringify({ name, result: result ?? null })}\n`);
}
process.exit(0);
