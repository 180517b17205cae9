// Loader hooks. A module of the repository keeps its own address, so that what it finds next to itself is found, but
// its text is the translation of compile.ts. `vitest` is vitest.ts of this folder, and tsx, which has nothing left to
// do, is empty; its command is one that runs its first argument.

import { readFileSync } from 'node:fs';
import type { LoadHook, ResolveHook } from 'node:module';

export interface Places {
  /** The repository and its translation, as URLs that end with a slash. */
  readonly root: string;
  readonly compiled: string;
}

let places: Places;

export function initialize(data: Places): void {
  places = data;
}

export const resolve: ResolveHook = (specifier, context, next) => {
  const ours = OURS[specifier];
  if (ours !== undefined && !(context.parentURL ?? '').includes('/node_modules/'))
    return { url: new URL(ours, import.meta.url).href, shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && isOurs(context.parentURL)) {
    return { url: new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL).href, shortCircuit: true };
  }
  return next(specifier, context);
};

export const load: LoadHook = (url, context, next) => {
  if (isOurs(url)) {
    const translation = new URL(url.slice(places.root.length).replace(ENDING, '.js'), places.compiled);
    return { format: 'module', source: readFileSync(translation), shortCircuit: true };
  }
  const [, part] = /\/node_modules\/tsx\/dist\/(.*)\.mjs$/.exec(url) ?? [];
  if (part !== undefined && part in TSX) return { format: 'module', source: TSX[part] as string, shortCircuit: true };
  return next(url, context);
};

function isOurs(url: string | undefined): boolean {
  return url?.startsWith(places.root) === true && ENDING.test(url);
}

/** Of a module's address, with the query that makes it another module. */
const ENDING = /\.ts(\?.*)?$/;

/** Node 20 gives a thread no loader hooks: who registers tsx in one gets ours. */
const OURS: Readonly<Record<string, string>> = { vitest: 'vitest.js', 'tsx/esm/api': 'register.js' };

const TSX: Readonly<Record<string, string>> = {
  loader: '',
  cli: `
    import { resolve } from 'node:path';
    import { pathToFileURL } from 'node:url';
    process.argv.splice(1, 1);
    process.argv[1] = resolve(process.argv[1]);
    await import(pathToFileURL(process.argv[1]).href);
  `,
};
