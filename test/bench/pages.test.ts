// What is generated into the READMEs, and the charts.

import { describe, expect, it } from 'vitest';
import { fanOutChart, latencyChart, memoryChart, throughputChart } from '../../bench/chart-specs.js';
import { draw } from '../../bench/drawing.js';
import { replaceSection, summarySection, throughputSection } from '../../bench/pages.js';
import { machine, run } from './run-of.js';

describe('a section of a page', () => {
  const page = 'before\n<!-- bench summary -->\nold\n<!-- /bench -->\nafter\n';

  it('is replaced between its markers', () => {
    expect(replaceSection(page, 'summary', 'new')).toBe(
      'before\n<!-- bench summary -->\nnew\n<!-- /bench -->\nafter\n',
    );
    expect(replaceSection(page, 'memory', 'new')).toBe(page);
  });

  it('must end', () => {
    expect(() => replaceSection('<!-- bench summary -->', 'summary', '')).toThrow('has no <!-- /bench -->');
  });

  it('says on what, when and with which versions', () => {
    const one = run({ zmtp: [50, 60], 'zeromq.js': [2, 2] });
    for (const text of [summarySection(one), throughputSection(one)]) {
      expect(text).toContain(
        '2026-01-02, 2 × Test, 4 GiB, Linux 6 x64, Node v20.0.0, commit abc, load 0.5; zmtp 1, zeromq.js 1.',
      );
    }
    expect(summarySection(one)).toContain('| PUSH → PULL, tcp, 10 B | 55.0 msg/s | 27.5×');
  });
});

describe('the charts', () => {
  const figures = run({ zmtp: [50, 60], 'zeromq.js': [2, 2] });
  const [result] = figures.cases;
  const bytes = { zmtp: [{ bytes: 5e6, messages: 1, deliveries: 7e6, p50: 1, p90: 2, p99: 3, p999: 4 }] };
  const whole = {
    ...figures,
    cases: [
      { ...result!, rounds: bytes },
      { ...result!, id: 'req-rep/tcp/10B', workload: 'req-rep', rounds: bytes },
      { ...result!, id: 'pub-sub/tcp/10', workload: 'pub-sub', rounds: bytes },
    ],
  };
  const memory = {
    kind: 'memory' as const,
    machine,
    smoke: false,
    contenders: { zmtp: '1' },
    figures: [{ group: 'of an idle connection', name: "ROUTER's end", unit: 'B' as const, values: { zmtp: [9000] } }],
    notes: [],
  };

  it.each([
    ['throughput', () => throughputChart(whole), 'size of a message'],
    ['latency', () => latencyChart(whole), '99.9 %'],
    ['fan-out', () => fanOutChart(whole), 'PUB → SUB, deliveries'],
    ['memory', () => memoryChart(memory), '>ROUTER<'],
  ])('%s is an SVG that says what and where', async (_name, spec, word) => {
    const svg = await draw(spec());
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain(word);
    expect(svg).toContain('2026-01-02, 2 × Test');
  });
});
