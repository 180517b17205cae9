// The charts as Vega-Lite specifications, made from published results. What a chart shows is in its title, what it was measured on in
// its subtitle: an SVG travels without the page around it.

import type { TopLevelSpec } from 'vega-lite';
import { samples } from './comparison.js';
import type { Figures } from './figures.js';
import { describeMachine, type Machine, type Run } from './results.js';
import { summarize } from './statistics.js';
import { byteSize } from './workloads.js';

/** One point: `value` with the range of its rounds. */
export interface Row {
  readonly contender: string;
  readonly facet: string;
  readonly x: number | string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

const SIZES = [10, 100, 1024, 65_536, 1_048_576, 16_777_216];
const SIZE_LABELS = `{ ${SIZES.map((size) => `'${size}': '${byteSize(size)}'`).join(', ')} }[format(datum.value, '')]`;

const COLORS = { zmtp: '#d1495b', 'zeromq.js': '#66a182', libzmq: '#2e4057', net: '#c4a35a' };

/** Bytes per second over the size of a message. */
export function throughputChart(run: Run): TopLevelSpec {
  const rows = run.cases
    .filter(({ workload }) => workload === 'push-pull')
    .flatMap((result) =>
      rowsOf(run, result.id, 'bytes', result.id.split('/')[1]!, result.params.size!, (bytes) => bytes / 1e6),
    );
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, base: 2 },
    title: 'size of a message',
    axis: { values: SIZES, labelExpr: SIZE_LABELS, labelOverlap: false },
  };
  const y = { type: 'quantitative', scale: { type: 'log' }, axis: { format: '~s' } } as const;
  return {
    ...frame('PUSH → PULL throughput', run.machine, run.contenders, rows),
    facet: { column: { field: 'facet', title: null, sort: null } },
    spec: {
      width: 330,
      height: 300,
      layer: [
        {
          mark: { type: 'area', opacity: 0.15 },
          encoding: { x, y: { ...y, field: 'min', title: 'MB/s' }, y2: { field: 'max' }, color: colorOf(run) },
        },
        {
          mark: { type: 'line', point: true },
          encoding: { x, y: { ...y, field: 'value', title: 'MB/s' }, color: colorOf(run) },
        },
      ],
    },
  };
}

/** Percentiles of a round trip. */
export function latencyChart(run: Run): TopLevelSpec {
  const percentiles = { p50: '50 %', p90: '90 %', p99: '99 %', p999: '99.9 %' };
  const rows = run.cases
    .filter(({ workload }) => workload === 'req-rep')
    .flatMap(({ id }) =>
      Object.entries(percentiles).flatMap(([key, label]) => rowsOf(run, id, key, id.split('/')[1]!, label)),
    );
  return {
    ...frame('REQ ⇄ REP round trip, 10 B: so many take at most', run.machine, run.contenders, rows),
    facet: { column: { field: 'facet', title: null, sort: null } },
    spec: {
      width: 330,
      height: 260,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'x', type: 'ordinal', sort: Object.values(percentiles), title: null, axis: { labelAngle: 0 } },
        y: { field: 'value', type: 'quantitative', scale: { type: 'log' }, title: 'µs' },
        color: colorOf(run),
      },
    },
  };
}

/** One to many: deliveries and echoes per second. */
export function fanOutChart(run: Run): TopLevelSpec {
  const facets = { 'pub-sub': 'PUB → SUB, deliveries', 'router-dealer': 'DEALER → ROUTER → DEALER, echoes' };
  const rows = run.cases.flatMap(({ id, workload }) => {
    if (workload !== 'pub-sub' && workload !== 'router-dealer') return [];
    const key = workload === 'pub-sub' ? 'deliveries' : 'messages';
    return rowsOf(run, id, key, facets[workload], id.split('/')[2]!, (rate) => rate / 1e6);
  });
  return {
    ...frame('One socket and many peers, 100 B over tcp', run.machine, run.contenders, rows),
    facet: { column: { field: 'facet', title: null, sort: null } },
    spec: grouped(run, 'million messages per second', 'peers'),
    resolve: { scale: { x: 'independent' } },
  };
}

/** Bytes for a connection and for a subscription, with the limit. */
export function memoryChart(run: Figures): TopLevelSpec {
  const wanted = run.figures.filter(({ name }) => /end$|^each, in the XPUB/.test(name));
  const rows = wanted.flatMap(({ group, name, values }) =>
    Object.entries(values).map(([contender, rounds]) => {
      const { median, min, max } = summarize(rounds);
      return {
        contender,
        facet: chartGroup(group),
        x: name.replace(/^each, in the |'s end$/g, ''),
        value: median,
        min,
        max,
      };
    }),
  );
  return {
    ...frame('Memory, bytes of one', run.machine, run.contenders, rows),
    facet: { column: { field: 'facet', title: null, sort: null } },
    spec: grouped(run, 'bytes', null),
    resolve: { scale: { x: 'independent', y: 'independent' } },
  };
}

function chartGroup(group: string): string {
  return group
    .replace(/^of an /, '')
    .replace(/^\d+ subscriptions of one XPUB, (\w+) topics/, 'subscription, $1 topics');
}

function grouped(run: { readonly contenders: Readonly<Record<string, string>> }, y: string, x: string | null) {
  return {
    // By the bar: in facets with scales of their own, offsets within a given width come to nothing.
    width: { step: 22 },
    height: 260,
    mark: { type: 'bar' as const },
    encoding: {
      x: { field: 'x', type: 'ordinal' as const, title: x, axis: { labelAngle: 0 }, sort: null },
      xOffset: { field: 'contender', type: 'nominal' as const, sort: Object.keys(run.contenders) },
      y: { field: 'value', type: 'quantitative' as const, title: y },
      color: colorOf(run),
    },
  };
}

function rowsOf(
  run: Run,
  id: string,
  key: string,
  facet: string,
  x: Row['x'],
  scale: (value: number) => number = (value) => value,
): Row[] {
  const result = run.cases.find((one) => one.id === id)!;
  const metric = { key, label: '', unit: 'B', compared: true } as const;
  return Object.keys(run.contenders).flatMap((contender) => {
    const values = samples(result, metric, contender);
    if (values === undefined) return [];
    const { median, min, max } = summarize(values.map(scale));
    return [{ contender, facet, x, value: median, min, max }];
  });
}

function colorOf({ contenders }: { readonly contenders: Readonly<Record<string, string>> }) {
  const domain = Object.keys(contenders);
  const range = domain.map((name) => COLORS[name as keyof typeof COLORS] ?? '#888888');
  return {
    field: 'contender',
    type: 'nominal' as const,
    title: null,
    scale: { domain, range },
    legend: { symbolOpacity: 1 },
  };
}

function frame(title: string, machine: Machine, contenders: Readonly<Record<string, string>>, rows: readonly Row[]) {
  const versions = Object.entries(contenders).map(([name, version]) => `${name} ${version}`);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: [describeMachine(machine), versions.join(', ')], anchor: 'start' as const },
    background: 'white', // readable on a dark page too
    padding: 12,
    data: { values: rows.map((row) => ({ ...row })) },
  };
}
