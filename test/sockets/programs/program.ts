// What the small programs of lifetime.test.ts share: each is a process of its own, tells its parent things as lines of
// JSON on its standard output, and ends, or does not end, by the rules under test.

import * as zmtp from '../../../src/index.js';

export { zmtp };

/** Which rule, and the endpoints the parent wants used. */
export const [rule = '', ...endpoints] = process.argv.slice(2);

export function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

process.on('exit', () => tell('exit'));
