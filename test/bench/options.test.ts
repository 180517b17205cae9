// The command line of `npm run bench`.

import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.js';

describe('the options of the bench', () => {
  it('run everybody seven times by default', () => {
    expect(parseOptions([])).toMatchObject({
      cases: undefined,
      contenders: ['zmtp', 'zeromq.js', 'libzmq', 'net'],
      rounds: 7,
      smoke: false,
      build: true,
    });
  });

  it('run once in a smoke run', () => {
    expect(parseOptions(['--smoke', '--rounds', '9']).rounds).toBe(1);
  });

  it('take other builds by their files', () => {
    expect(parseOptions(['--contenders', 'zmtp,before/index.js']).contenders).toEqual(['zmtp', 'before/index.js']);
  });

  it.each([
    ['--contenders', 'zmqt', /zmqt is neither a file nor one of zmtp/],
    ['--rounds', '0', /--rounds: not a positive number: 0/],
    ['--seconds', 'long', /--seconds: not a positive number: long/],
    ['--fast', '', /--fast/],
  ])('refuse %s %s', (option, value, reason) => {
    expect(() => parseOptions([option, value])).toThrow(reason);
  });
});
