// `npm run fuzz` as it is started: what it says, what it leaves, and its exit code.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workplace } from '../examples/run.js';
import { temporaryFolder } from '../support/folder.js';

const run = (...args: string[]) => new Workplace().run('test/fuzz/run.ts', args);
/** Places are counted in each file of the library, which is one file for others that tests start. */
const runSources = (...args: string[]) => new Workplace().run('test/fuzz/run.ts', args, 'command');

describe('npm run fuzz', () => {
  it('ends well when nothing was found, and says how much was tried', async () => {
    const { code, output } = await runSources('--inputs', '300', '--seed', '7');
    expect(output).toMatch(/^inputs +300 in .* from seed 7;/m);
    expect(output).toMatch(/^places +[1-9]\d\d; at most \d+\.\d steps a byte$/m);
    expect([output, code]).toEqual([expect.stringMatching(/^findings +0$/m), 0]);
  });

  it('counts the steps of a connection that takes too many, and keeps the input for a replay', async () => {
    const findings = temporaryFolder();
    const library = ['--library', 'test/fuzz/quadratic.ts'];
    const { code, output } = await run(...library, '--target', 'null', '--inputs', '600', '--findings', findings);
    expect([output, code]).toEqual([expect.stringContaining('work: more steps than the bytes account for'), 1]);
    const [file] = readdirSync(findings);
    expect(file).toBe('work-1.json');
    expect(await run('--replay', join(findings, file!))).toMatchObject({ code: 0 });
  });

  it.each([
    [['--inputs', 'many'], '--inputs: not a whole number: many'],
    [['--target', 'zmtp4'], 'no target zmtp4; there are null'],
    [['--bananas'], "Unknown option '--bananas'"],
  ])('refuses %j', async (args, text) => {
    const { code, output } = await run(...args);
    expect([output, code]).toEqual([expect.stringContaining(text), 2]);
  });
});
