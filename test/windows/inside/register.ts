// Runs first in every Node process of the lane, and in those that tests start on Linux (test/support/translated.ts), by
// NODE_OPTIONS, which children inherit: from then on a file of the repository is loaded as its translation.

import { register as registerHooks } from 'node:module';
import type { Places } from './hooks.js';

const root = process.env.ZMTP_TRANSLATED_ROOT;
if (root !== undefined) {
  const data: Places = { root, compiled: new URL('../../../', import.meta.url).href };
  registerHooks(new URL('hooks.js', import.meta.url), { data });
}

/** What `tsx/esm/api` has; loading this file has done it. */
export function register(): void {}
