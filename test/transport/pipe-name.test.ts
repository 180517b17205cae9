// W4: the name of the Windows named pipe behind an ipc:// path. Pure, so it is the same on every system: two paths never share
// a name, whatever Windows does to names, and what is a pipe's name already stays as it is.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pipeName } from '../../src/index.js';

const PREFIX = '\\\\.\\pipe\\';
const MAX = 256;

/** What Windows takes for the same name, and more: it ignores case, takes both slashes, resolves steps, drops ends. */
function asWindowsReads(name: string): string {
  const steps: string[] = [];
  for (const step of name
    .slice(PREFIX.length)
    .toLowerCase()
    .split(/[\\/]+/)) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step.replace(/[. ]+$/, ''));
  }
  return steps.join('\\');
}

/** Paths that differ in little, in the letters that matter, and any others. */
const path = fc
  .oneof(
    fc.string({ unit: fc.constantFrom('a', 'A', 'b', '/', '\\', '.', ' ', ':', '%', '#', '2', 'e', 'é', '€', '~') }),
    fc.string({ unit: fc.constantFrom('x', 'X', '/', '.'), minLength: 230, maxLength: 300 }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
  )
  .filter((text) => text !== '' && text !== '*' && !text.startsWith('@'))
  .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text)
  .filter((text) => !/^\\\\[.?]\\pipe\\/i.test(text));

const named = (text: string): string => pipeName(`ipc://${text}`);

describe('the pipe of a path', () => {
  it('W4 is never that of another path, however Windows reads it', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        fc.pre(one !== other);
        expect(asWindowsReads(named(one))).not.toBe(asWindowsReads(named(other)));
      }),
      { numRuns: 1000 },
    );
  });

  it('W4 is not that of a path in another case, with the other slash, with a step, dot or space more', () => {
    fc.assert(
      fc.property(path, (one) => {
        const changes = [one.toUpperCase(), one.toLowerCase(), one.replaceAll('/', '\\'), one.replaceAll('\\', '/')];
        const longer = [`${one}.`, `${one} `, `${one}/`, `./${one}`, `x/../${one}`, `${one}/.`, one.normalize('NFD')];
        for (const other of [...changes, ...longer]) {
          if (other !== one) expect(asWindowsReads(named(other))).not.toBe(asWindowsReads(named(one)));
        }
      }),
    );
  });

  it('W4 is a name that Windows takes as it is, and always the same', () => {
    fc.assert(
      fc.property(path, (one) => {
        const name = named(one);
        expect(name).toBe(named(one));
        expect(name.length).toBeLessThanOrEqual(MAX);
        expect(name).toMatch(/^\\\\\.\\pipe\\zmtp(\.[a-z0-9._%-]*[a-z0-9_-]|#[0-9a-f]{64})$/);
        expect(`${PREFIX}${asWindowsReads(name)}`).toBe(name);
      }),
    );
  });

  it.each([
    ['/run/x', 'zmtp.%2frun%2fx'],
    ['/run/X', 'zmtp.%2frun%2f%58'],
    ['C:/Users/me/gate.sock', 'zmtp.%43%3a%2f%55sers%2fme%2fgate.sock'],
    ['C:\\Users', 'zmtp.%43%3a%5c%55sers'],
    ['relative', 'zmtp.relative'],
    ['./relative', 'zmtp..%2frelative'],
    ['..', 'zmtp..%2e'],
    ['.', 'zmtp.%2e'],
    ['a.', 'zmtp.a%2e'],
    ['a ', 'zmtp.a%20'],
    ['%2e', 'zmtp.%252e'],
    ['a_b-c.d', 'zmtp.a_b-c.d'],
    ['é', 'zmtp.%c3%a9'],
    ['€/😀', 'zmtp.%e2%82%ac%2f%f0%9f%98%80'],
    ['//./pipe/x', 'zmtp.%2f%2f.%2fpipe%2fx'],
    ['\\\\server\\pipe\\x', 'zmtp.%5c%5cserver%5cpipe%5cx'],
    ['zmtp#', 'zmtp.zmtp%23'],
    ['*x', 'zmtp.%2ax'],
  ])('of %s is literally known: other programs rely on it', (given, name) => {
    expect(named(given)).toBe(PREFIX + name);
  });

  it('W4 fills 256 characters, and is a hash from there on', () => {
    const room = MAX - `${PREFIX}zmtp.`.length;
    expect(named('a'.repeat(room))).toBe(`${PREFIX}zmtp.${'a'.repeat(room)}`);
    expect(named('a'.repeat(room + 1))).toBe(
      `${PREFIX}zmtp#0a4845f78a1b49437332849eaacc0216e95e1d4399f24aac06fb511921dc981b`,
    );
    // The dot at the end takes three characters.
    expect(named(`${'a'.repeat(room - 1)}.`)).toContain('zmtp#');
    expect(named('€'.repeat(28))).toContain('zmtp#');
    expect(named('€'.repeat(26))).toContain('zmtp.');
  });
});

describe('a given pipe name', () => {
  it.each([
    '\\\\.\\pipe\\x',
    '\\\\?\\pipe\\x',
    '\\\\.\\PIPE\\Docker_Engine',
    '\\\\.\\pipe\\with\\steps',
    '\\\\.\\pipe\\with space.and.dots',
    '\\\\.\\pipe\\zmtp.mine',
    '\\\\.\\pipe\\ünï',
  ])('%s stays as it is', (name) => {
    expect(named(name)).toBe(name);
  });

  it.each([
    ['\\\\.\\pipe\\', 'the name of the pipe is missing'],
    ['\\\\.\\pipe\\a/b', 'Windows would change this name'],
    ['\\\\.\\pipe\\.', 'Windows would change this name'],
    ['\\\\?\\pipe\\..', 'Windows would change this name'],
    ['\\\\.\\pipe\\a\\..\\b', 'Windows would change this name'],
    ['\\\\.\\pipe\\a\\\\b', 'Windows would change this name'],
    ['\\\\.\\pipe\\a\\', 'Windows would change this name'],
    ['\\\\.\\pipe\\a.', 'Windows would change this name'],
    ['\\\\.\\pipe\\a ', 'Windows would change this name'],
    ['\\\\.\\pipe\\a.\\b', 'Windows would change this name'],
  ])('%s is EINVAL', (name, fault) => {
    expect(() => named(name)).toThrow(
      expect.objectContaining({ code: 'EINVAL', address: `ipc://${name}`, detail: expect.stringContaining(fault) }),
    );
  });

  it('of 256 characters stays, of 257 is ENAMETOOLONG and says how many may be', () => {
    const longest = `${PREFIX}${'x'.repeat(MAX - PREFIX.length)}`;
    expect(named(longest)).toBe(longest);
    const name = `${longest}x`;
    const error = { code: 'ENAMETOOLONG', message: expect.stringMatching(/has 257 characters, Windows takes 256/) };
    expect(() => named(name)).toThrow(expect.objectContaining(error));
  });
});

describe('what names no pipe', () => {
  it.each([
    'ipc://*',
    'ipc://@name',
    'ipc://@',
    'ipc://',
    'ipc:',
    'tcp://127.0.0.1:1',
    'inproc://x',
    '/run/x',
    '',
    'ipc://a\0b',
  ])('%j is EINVAL', (endpoint) => {
    expect(() => pipeName(endpoint)).toThrow(expect.objectContaining({ code: 'EINVAL', address: endpoint }));
  });

  it('half of a surrogate pair is EINVAL: as bytes all halves are one', () => {
    for (const path of ['\ud800', 'a\udfffb', '\\\\.\\pipe\\\ud800', `${'x'.repeat(300)}\ud801`]) {
      expect(() => named(path)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
  });

  it.each([undefined, null, 7, {}, ['ipc://x'], Symbol('x')])('%s is a TypeError', (endpoint) => {
    expect(() => pipeName(endpoint as string)).toThrow(TypeError);
  });
});
