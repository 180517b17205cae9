// What the Windows lane runs where.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesBelow } from './files.js';
import { jobsOf, longestFirst } from './jobs.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const files = filesBelow(ROOT, 'test', '.test.ts');

describe('what the Windows lane runs', () => {
  it('is every file in every version', () => {
    const jobs = jobsOf(files, ['20', '22'], false);
    for (const version of ['20', '22']) {
      expect(jobs.filter(({ node }) => node === version).map(({ file }) => file)).toEqual(files);
    }
  });

  it('is in the gate every file in the newest version, and in the other what depends on the system', () => {
    const jobs = jobsOf(files, ['20', '22'], true);
    expect(jobs.filter(({ node }) => node === '22').map(({ file }) => file)).toEqual(files);
    const older = jobs.filter(({ node }) => node === '20').map(({ file }) => file);
    expect(new Set(older.map((file) => file.split('/')[1]))).toEqual(
      new Set(['core', 'examples', 'interop', 'local', 'sockets', 'transport']),
    );
    for (const folder of ['local', 'sockets', 'transport']) {
      const all = filesBelow(ROOT, `test/${folder}`, '.test.ts');
      expect(older.filter((file) => all.includes(file))).toEqual(all);
    }
    expect(older).toEqual(
      expect.arrayContaining(['core/peers-tcp', 'examples/examples', 'interop/endpoints'].map(named)),
    );
  });

  it('is in the gate all of it when there is one version only', () => {
    expect(jobsOf(files, ['20'], true)).toEqual(jobsOf(files, ['20'], false));
  });

  it('begins with what takes longest, and leaves nothing out', () => {
    const sorted = longestFirst(files);
    expect([...sorted].sort()).toEqual([...files].sort());
    expect(sorted.indexOf(named('interop/reconnect'))).toBeLessThan(sorted.indexOf(named('util/queue')));
  });
});

function named(name: string): string {
  return `test/${name}.test.ts`;
}
