// Programs written for zeromq.js type-check with our declarations exactly when they do with zeromq.js's own: test/types/corpus
// is compiled against both. What must be refused is marked there with @ts-expect-error, which is an error where it is not.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { complaints, programs, writeDeclarations } from './compile.js';

const THEIRS = createRequire(import.meta.url)
  .resolve('zeromq')
  .replace(/\.js$/, '.d.ts');
const CORPUS = fileURLToPath(new URL('corpus', import.meta.url));

const text = programs.map((name) => readFileSync(join(CORPUS, name), 'utf8')).join('\n');

/** Every name that the declarations of zeromq.js export. */
const EXPORTS =
  `capability context curveKeyPair version Context Socket Observer Proxy Pair Publisher Subscriber Request Reply
  Dealer Router Pull Push XPublisher XSubscriber Stream Message MessageLike Readable Writable SocketOptions EventSubscriber
  Event EventType EventOfType RouterConnectOptions StreamConnectOptions`.split(/\s+/);

describe('the corpus of programs', () => {
  it('is large, and uses every export of zeromq.js', () => {
    expect(programs.filter((name) => !name.startsWith('refused-')).length).toBeGreaterThanOrEqual(40);
    expect(text.match(/@ts-expect-error/g)?.length).toBeGreaterThanOrEqual(40);
    expect(EXPORTS.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('names every member of the declarations of zeromq.js', () => {
    const declarations = ['index.d.ts', 'native.d.ts'].map((name) => readFileSync(join(THEIRS, '..', name), 'utf8'));
    const members = declarations.join('\n').matchAll(/^ {4,8}(?:readonly |protected |set )?(\w+)[(:<]/gm);
    const names = new Set([...members].map(([, name]) => name as string));
    expect(names.size).toBeGreaterThan(100);
    const internal = ['constructor', 'Expand', 'Function', 'P', 'T', 'E'];
    expect([...names].filter((name) => !internal.includes(name) && !new RegExp(`\\b${name}\\b`).test(text))).toEqual(
      [],
    );
  });

  it('compiles against zeromq.js', () => {
    expect(complaints(THEIRS)).toEqual([]);
  });

  it('compiles against this library', () => {
    const folder = temporaryFolder();
    expect(complaints(writeDeclarations(folder))).toEqual([]);
  });
});
