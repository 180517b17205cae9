// From a specification to an SVG, and from the published results to all of the charts.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { fanOutChart, latencyChart, memoryChart, throughputChart } from './chart-specs.js';
import type { Figures } from './figures.js';
import { publishedFile } from './files.js';
import { type Run, readResults } from './results.js';
import { root } from './root.js';

export function draw(spec: TopLevelSpec): Promise<string> {
  return new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG();
}

/** Writes bench/charts/; returns the names of the charts. */
export async function drawPublished(): Promise<string[]> {
  const specs: [name: string, spec: TopLevelSpec][] = [];
  if (existsSync(publishedFile('throughput'))) {
    const run = readResults<Run>(publishedFile('throughput'), 'throughput');
    specs.push(['throughput', throughputChart(run)], ['latency', latencyChart(run)], ['fan-out', fanOutChart(run)]);
  }
  if (existsSync(publishedFile('memory')))
    specs.push(['memory', memoryChart(readResults<Figures>(publishedFile('memory'), 'memory'))]);
  const folder = join(root, 'bench', 'charts');
  mkdirSync(folder, { recursive: true });
  for (const [name, spec] of specs) writeFileSync(join(folder, `${name}.svg`), `${await draw(spec)}\n`);
  return specs.map(([name]) => name);
}
