// The fuzzer itself: that it finds what is wrong with connections that are wrong, that it finds nothing in ours for a while, that it does
// the same for the same seed; and
// the inputs that were kept: what it found once, and what shows the faults of faulty.ts, still do no harm.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { type AnySocket, classes } from '../support/classes.js';
import { Campaign, type Limits, replay } from './campaign.js';
import { FAULTS } from './faulty.js';
import { Finding } from './finding.js';
import { read, written } from './input.js';
import * as ours from './ours.js';
import { besiege } from './sockets.js';
import { TARGETS } from './targets.js';

const LIMITS: Limits = { seed: 1, inputs: 3000, time: Number.POSITIVE_INFINITY, targets: TARGETS, findings: 1 };
const KEPT = fileURLToPath(new URL('./kept', import.meta.url));

describe('the fuzzer', () => {
  it.each(FAULTS)('finds a connection that $name, by an input that shows it again and does ours no harm', (faulty) => {
    const { found } = new Campaign(faulty, { ...LIMITS, inputs: 20_000 }).run();
    expect(found.map(({ finding }) => finding.kind)).toEqual([faulty.kind]);
    const input = read(written(found[0]!.input));
    if (!faulty.remembers) expect(() => replay(faulty, input)).toThrow(Finding);
    expect(() => replay(ours, input)).not.toThrow();
  });

  it('finds nothing in ours, tries every target and lets good peers in after bad ones', () => {
    const { found, byTarget, goodPeers, corpus } = new Campaign(ours, LIMITS).run();
    expect(found).toEqual([]);
    expect([...byTarget.keys()].sort()).toEqual(TARGETS.map(({ name }) => name).sort());
    expect(goodPeers).toBeGreaterThan(50);
    expect(corpus.size).toBeGreaterThan(100);
  });

  it('does the same for the same seed, and something else for another', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => {
      const { bytes, faults, corpus } = new Campaign(ours, { ...LIMITS, seed, inputs: 1000 }).run();
      return [bytes, faults, corpus.size];
    });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('ends in time, with whatever it has tried', () => {
    expect(new Campaign(ours, { ...LIMITS, time: 0 }).run().inputs).toBe(0);
  });
});

describe('a siege of sockets', () => {
  it('finds that nothing a bad peer says keeps a good one from being served', async () => {
    expect(await besiege(300, 1)).toEqual({ inputs: 300, found: undefined });
  });

  it('finds a socket that loses the message of a good peer', async () => {
    const deaf = (socketType: SocketType, options: object): AnySocket => {
      const { create } = classes.find(({ wireName }) => wireName === socketType)!;
      const get = (socket: AnySocket, name: keyof AnySocket): unknown => {
        const value = socket[name];
        if (name === 'tryReceive') return () => undefined;
        return typeof value === 'function' ? value.bind(socket) : value;
      };
      return new Proxy(new create(options), { get: (socket, name) => get(socket, name as keyof AnySocket) });
    };
    const { found } = await besiege(300, 1, Number.POSITIVE_INFINITY, deaf);
    expect(found?.finding.kind).toBe('good peer');
  });
});

describe('an input that was kept', () => {
  it.each(readdirSync(KEPT).filter((name) => name.endsWith('.json')))('%s', (name) => {
    replay(ours, read(readFileSync(join(KEPT, name), 'utf8')));
  });
});
