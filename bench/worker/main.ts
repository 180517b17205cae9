// Entry of a worker process: `node main.js <role> module=<library> key=value …`. Loads the library under test, plays one
// role of a workload, and stays until the runner closes its stdin, so that nothing is lost at the other end.

import { codec } from './codec.js';
import { emit, type Params, type Role, text } from './parent.js';
import { pub, sub } from './pub-sub.js';
import { pull, push } from './push-pull.js';
import { rep, req } from './req-rep.js';

const roles: Readonly<Record<string, Role>> = { push, pull, req, rep, pub, sub };

async function main(name: string | undefined, params: Params): Promise<void> {
  if (name === 'codec') return codec(params);
  const role = name === undefined ? undefined : roles[name];
  if (role === undefined) throw new TypeError(`no such role: ${name}`);
  return role(await import(text(params, 'module')), params);
}

function parse(pairs: readonly string[]): Params {
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

const [name, ...pairs] = process.argv.slice(2);
main(name, parse(pairs)).catch((error: unknown) => {
  emit({ event: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
