// Where results lie: runs in bench/results/, which git ignores, and in bench/published/ the ones that README and charts show.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FigureKind } from './figures.js';
import { root } from './root.js';

export type Kind = 'throughput' | FigureKind;

export const kinds: readonly Kind[] = ['throughput', 'memory', 'fairness', 'start', 'micro'];

export function publishedFile(kind: Kind): string {
  return join(root, 'bench', 'published', `${kind}.json`);
}

export function newestResults(kind: Kind): string | undefined {
  const folder = join(root, 'bench', 'results');
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'));
  const newest = names.sort().at(-1); // the date is in the name
  return newest === undefined ? undefined : join(folder, newest);
}
