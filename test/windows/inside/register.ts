// Runs first in every Node process of the lane, and in those that tests start on Linux (test/support/translated.ts), by
// NODE_OPTIONS, which children inherit: from then on a file of the repository is loaded as its translation. Node 22 calls the
// hooks where it loads; Node 20 starts a thread for them, which takes its time.

import * as module from 'node:module';
import { initialize, load, type Places, resolve } from './hooks.js';

interface Newer {
  readonly registerHooks?: (hooks: object) => void;
}

const root = process.env.ZMTP_TRANSLATED_ROOT;
if (root !== undefined) {
  const places: Places = { root, compiled: new URL('../../../', import.meta.url).href };
  const { registerHooks } = module as Newer;
  if (registerHooks === undefined) module.register(new URL('hooks.js', import.meta.url), { data: places });
  else {
    initialize(places);
    registerHooks({ resolve, load });
  }
}

/** What `tsx/esm/api` has; loading this file has done it. */
export function register(): void {}
