// Entry of a worker process: `node main.js <role> module=<library> key=value …`. Loads the library under test, plays one
// role of a workload, and stays until the runner closes its stdin, so that nothing is lost at the other end.
// Without a module the role is played over bare `node:net`.

import { inprocPushPull, inprocReqRep } from './inproc.js';
import { micro } from './micro.js';
import { netRoles } from './net.js';
import { emit, type Params, type Role, text } from './parent.js';
import { pub, sub } from './pub-sub.js';
import { pull, push } from './push-pull.js';
import { rep, req } from './req-rep.js';
import { dealer, router } from './router-dealer.js';

const roles: Readonly<Record<string, Role>> = {
  push,
  pull,
  req,
  rep,
  pub,
  sub,
  router,
  dealer,
  'inproc-push-pull': inprocPushPull,
  'inproc-req-rep': inprocReqRep,
};

async function main(name: string, params: Params): Promise<void> {
  if (name === 'micro') return micro(params);
  if (!params.has('module')) return known(netRoles, name)(params);
  return known(roles, name)(await import(text(params, 'module')), params);
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T {
  const role = table[name];
  if (role === undefined) throw new TypeError(`no such role: ${name}`);
  return role;
}

function parse(pairs: readonly string[]): Params {
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

const [name = '', ...pairs] = process.argv.slice(2);
main(name, parse(pairs)).catch((error: unknown) => {
  emit({ event: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
